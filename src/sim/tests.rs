//! Worlds in which something happens that no scenario can ask for.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::dynamo::config::Cluster;
use crate::dynamo::message::{Membership, Message};
use crate::dynamo::ring::history::{Change, History, Status};
use crate::id::{Address, NodeId};
use crate::process::Input;
use crate::quantity::Rate;
use crate::sim::plan::Plan;
use crate::sim::simulation::Simulation;
use crate::time::{Duration, Time};
use crate::trace::observer::{Interest, Observer, Observers};
use crate::trace::record::Record;
use crate::workload::spec::{Arrivals, Keys, Mix, Routing, Spec};
use crate::workload::words::ClientFact;

/// When clients were told that they had aimed at a node that is no home.
#[derive(Default)]
struct Misses(Vec<Time>);

impl Observer for Misses {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        if let Record::Client { fact: ClientFact::Misrouted { .. }, .. } = record {
            self.0.push(now);
        }
    }
}

fn plan() -> Plan {
    Plan {
        seed: 63,
        duration: Duration::from_secs(60),
        settle_limit: Duration::from_secs(60),
        sampling: Duration::from_secs(10),
        cluster: Cluster { nodes: 8, ..Cluster::default() },
        network: Default::default(),
        disk: Default::default(),
        pauses: Default::default(),
        workload: Spec {
            clients: 10,
            arrivals: Arrivals::Poisson(Rate { count: 20.0, per: Duration::from_secs(1) }),
            keys: Keys::Uniform { count: 300 },
            mix: Mix { get: 0.6, put: 0.4, ..Mix::default() },
            routing: Routing::ClientDriven,
            ..Spec::default()
        },
        faults: Vec::new(),
        administration: Vec::new(),
    }
}

/// An administrator tells n0 of the `counter`-th change of n5; gossip does the rest.
fn command(world: &mut Simulation, observers: &mut Observers<'_>, counter: u32, status: Status) {
    let tokens = crate::dynamo::ring::position::choose_tokens(&world.luck, NodeId(5), 32).into();
    let change = Change { counter, issued: world.now(), status, ..Change::founder(tokens) };
    let history = Rc::new(History::new(BTreeMap::from([(NodeId(5), change)])));
    let message = Message::Membership(Membership::History { round: 0, history, answer: false });
    let input = Input::Message { from: Address::Node(NodeId(1)), message };
    world.hand_to_node(observers, NodeId(0), input);
}

/// Runs on until this time; returns when all nodes first believed the same.
fn run_until(world: &mut Simulation, observers: &mut Observers<'_>, end: Time) -> Option<Time> {
    let mut agreed = None;
    while world.now() < end && world.step(observers) {
        let mut beliefs = world.machines.iter().map(|machine| machine.disk().history.digest());
        let first = beliefs.next();
        if agreed.is_none() && beliefs.all(|belief| Some(belief) == first) {
            agreed = Some(world.now());
        }
    }
    agreed
}

// Checklist item 63: after a membership change, clients that coordinate misroute a share of their
// requests, which is measured; none any more 10 s after all nodes have heard of it.
#[test]
fn clients_misroute_until_they_have_heard_of_a_change() {
    let mut misses = Misses::default();
    let mut observers = Observers::new(vec![&mut misses]);
    let mut world = Simulation::new(&plan());
    let at = |seconds| Time::ZERO + Duration::from_secs(seconds);
    world.start(&mut observers);
    run_until(&mut world, &mut observers, at(15));
    let mut windows = vec![(Time::ZERO, at(15))];
    for (counter, status, end) in [(2, Status::Removed, 37), (3, Status::Member, 60)] {
        let changed = world.now();
        command(&mut world, &mut observers, counter, status);
        let agreed = run_until(&mut world, &mut observers, at(end)).expect("gossip spreads it");
        assert!(agreed.since(changed) < Duration::from_secs(8));
        // An answer that is on its way as the interval ends is no new request.
        let quiet = agreed + Duration::from_millis(10_100);
        windows.extend([(changed, quiet), (quiet, at(end))]);
    }
    world.finish(&mut observers);
    let count = |&(from, to): &(Time, Time)| {
        misses.0.iter().filter(|time| (from..to).contains(time)).count()
    };
    let counts: Vec<usize> = windows.iter().map(count).collect();
    assert_eq!([counts[0], counts[2], counts[4]], [0; 3], "{counts:?}");
    // A client that is told asks for the membership at once, and few are told twice: those whom a
    // node answers that has not heard of the change itself.
    assert!(counts[1] >= 5 && counts[1] < 200, "{counts:?}");
    assert!(counts[3] >= 5 && counts[3] < 200, "{counts:?}");
}
