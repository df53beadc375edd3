//! Clients that move from site to site: what they send then travels from there, and a load balancer
//! at their own site is the one there.

use crate::id::{Address, ClientId, Span};
use crate::random::purpose::Purpose;
use crate::random::sampler::Sampler;
use crate::random::source::Source;
use crate::time::Duration;
use crate::workload::client::Client;
use crate::workload::routing::Router;
use crate::workload::spec::{MovedSession, Moves};
use crate::workload::words::{ClientCtx, ClientFact, ClientTimer};

/// Stays at a site are at least this long, so that time passes.
const SHORTEST: Duration = Duration::from_millis(1);

/// Moves of a spec, ready to be made.
#[derive(Debug)]
pub struct Itinerary {
    every: Option<Sampler>,
    planned: Vec<Planned>,
    forgets: bool,
}

#[derive(Debug)]
struct Planned {
    clients: Vec<Span>,
    at: Duration,
    to: usize,
}

impl Itinerary {
    /// The itinerary of a checked spec, between the sites that the router knows.
    pub fn new(moves: &Moves, router: &Router) -> Itinerary {
        let planned = moves.planned.iter().map(|planned| Planned {
            clients: planned.clients.clone(),
            at: planned.at,
            to: router.site_named(&planned.to).expect("a checked move goes to a known site"),
        });
        Itinerary {
            every: moves.every.as_ref().map(Sampler::new),
            planned: planned.collect(),
            forgets: moves.session == MovedSession::Lost,
        }
    }

    /// How long a client stays for the `number`-th time, if it moves on by itself.
    fn stay(&self, ctx: &ClientCtx<'_>, client: ClientId, number: u64) -> Option<Duration> {
        let mut draw = ctx.luck.draw(Purpose::Move, u64::from(client.0), 2 * number);
        self.every.as_ref().map(|every| every.sample(&mut draw).max(SHORTEST))
    }
}

impl Client {
    pub(super) fn start_moving(&self, ctx: &mut ClientCtx<'_>) {
        let Some(itinerary) = &self.habits.itinerary else { return };
        let me = Address::Client(self.name());
        for (number, planned) in itinerary.planned.iter().enumerate() {
            if planned.clients.iter().any(|span| span.contains(me)) {
                ctx.arm(planned.at, ClientTimer::Move(number as u32));
            }
        }
        self.stay(ctx, itinerary);
    }

    fn stay(&self, ctx: &mut ClientCtx<'_>, itinerary: &Itinerary) {
        let stay = itinerary.stay(ctx, self.name(), self.roamed);
        stay.into_iter().for_each(|stay| ctx.arm(stay, ClientTimer::Roam));
    }

    /// The `number`-th move that was planned.
    pub(super) fn on_move(&mut self, ctx: &mut ClientCtx<'_>, number: u32) {
        let itinerary = self.habits.itinerary.as_ref();
        let planned = itinerary.map(|itinerary| itinerary.planned[number as usize].to);
        planned.into_iter().for_each(|to| self.move_to(ctx, to));
    }

    /// A client moves on, to any other site with nodes.
    pub(super) fn on_roam(&mut self, ctx: &mut ClientCtx<'_>) {
        let habits = std::rc::Rc::clone(&self.habits);
        let Some(itinerary) = habits.itinerary.as_ref().filter(|_| ctx.now < habits.until()) else {
            return;
        };
        let others = habits.router.sites_with_nodes().filter(|site| Some(*site) != self.site);
        let others: smallvec::SmallVec<[usize; 8]> = others.collect();
        let who = u64::from(self.name().0);
        let mut draw = ctx.luck.draw(Purpose::Move, who, 2 * self.roamed + 1);
        self.roamed += 1;
        if !others.is_empty() {
            let to = others[draw.below(others.len() as u64) as usize];
            self.move_to(ctx, to);
        }
        self.stay(ctx, itinerary);
    }

    pub(super) fn move_to(&mut self, ctx: &mut ClientCtx<'_>, to: usize) {
        if self.site.replace(to) == Some(to) {
            return;
        }
        let habits = &self.habits;
        if habits.itinerary.as_ref().is_some_and(|itinerary| itinerary.forgets) {
            self.memory.forget();
        }
        let name = &habits.router.sites[to].name;
        ctx.tell(|| ClientFact::Moved { to: name.clone() });
    }
}
