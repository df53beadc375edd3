//! A seed's own trouble: which kinds of fault there are, how often each, when and to whom.

use crate::faults::fault::Fault;
use crate::faults::spec::{DiskAfterCrash, InFlight, Spec};
use crate::hunt::swarm::dice::{between, moment, of_any_size, some, weighted};
use crate::hunt::swarm::kinds::{links, machines};
use crate::hunt::swarm::nodes::all;
use crate::id::NodeId;
use crate::random::source::Source;
use crate::scenario::hunt::Hunt;
use crate::scenario::spec::Scenario;
use crate::time::Duration;

/// Which kinds there are, with weights between 1 and 512; half of those that could be.
pub fn weights(drawable: &[&'static str], source: &mut impl Source) -> Vec<(u32, &'static str)> {
    let mut lots = Vec::new();
    for kind in drawable {
        let (there, power) = (source.chance(0.5), source.below(10));
        if there {
            lots.push((1 << power, *kind));
        }
    }
    if lots.is_empty() {
        lots.extend(drawable.iter().map(|kind| (1, *kind)));
    }
    lots
}

/// The faults of a scenario to be, by the time at which they begin.
pub fn draw(
    scenario: &Scenario,
    hunt: &Hunt,
    weights: &[(u32, &'static str)],
    source: &mut impl Source,
) -> Vec<Fault> {
    let count = between(source, hunt.faults);
    let mut drawn: Vec<(Duration, Spec)> = Vec::new();
    for _ in 0..count {
        let chance = Chance::draw(scenario, hunt, source);
        drawn.push((chance.from, chance.fault(weighted(source, weights), source)));
    }
    drawn.sort_by_key(|(from, _)| *from);
    // That one touches nothing is no news in a world that nobody has thought up.
    drawn.into_iter().map(|(_, what)| Fault { what, optional: true }).collect()
}

/// When a fault comes, to whom, and with what luck.
pub struct Chance {
    pub from: Duration,
    pub to: Duration,
    /// All who run from the start.
    pub nodes: Vec<NodeId>,
    /// Some of them, in an order.
    pub some: Vec<NodeId>,
    pub clients: u32,
    pub in_flight: InFlight,
    pub disk: DiskAfterCrash,
    pub disk_loss: bool,
}

impl Chance {
    fn draw(scenario: &Scenario, hunt: &Hunt, source: &mut impl Source) -> Chance {
        let Duration(length) = scenario.duration;
        let (first, last) = (Duration(length / 50), Duration(length / 10 * 9));
        let from = moment(source, first, last);
        let to = (from + of_any_size(source, Duration(length / 2))).min(scenario.duration);
        let nodes = all(scenario.cluster.nodes);
        let some = some(source, &nodes, nodes.len());
        let in_flight =
            weighted(source, &[(3, InFlight::Drop), (1, InFlight::Hold), (1, InFlight::Pass)]);
        let (loses, loss) = (source.chance(0.2), disk_after(from, source));
        Chance {
            from,
            to,
            nodes,
            some,
            clients: scenario.workload.clients,
            in_flight,
            disk: if loses && hunt.disk_loss { loss } else { DiskAfterCrash::Kept },
            disk_loss: hunt.disk_loss,
        }
    }

    /// The first of them, for faults of one node.
    pub fn node(&self) -> NodeId {
        self.some[0]
    }

    /// How long it lasts.
    pub fn length(&self) -> Duration {
        Duration(self.to.0 - self.from.0)
    }

    fn fault(&self, kind: &str, source: &mut impl Source) -> Spec {
        links::fault(self, kind, source)
            .or_else(|| machines::fault(self, kind, source))
            .unwrap_or_else(|| panic!("`{kind}` is a kind that a hunt can draw"))
    }
}

fn disk_after(at: Duration, source: &mut impl Source) -> DiskAfterCrash {
    let ago = Duration(of_any_size(source, Duration::from_secs(4)).0.min(at.0));
    weighted(
        source,
        &[
            (3, DiskAfterCrash::UnflushedLost),
            (2, DiskAfterCrash::Torn),
            (1, DiskAfterCrash::Restored(ago)),
            (1, DiskAfterCrash::Wiped),
        ],
    )
}
