//! Small worlds of the other groups, and what is counted in them.

use std::collections::BTreeMap;

use crate::id::{ClientId, Key};
use crate::sim::plan::Plan;
use crate::sim::simulation::Simulation;
use crate::time::Time;
use crate::trace::observer::{Interest, Observer, Observers};
use crate::trace::record::{Account, Record};
use crate::workload::words::{ClientFact, OperationResult};

/// What all these worlds have in common: nothing repairs, nothing takes time at a disk.
pub const QUIET: &str = r#""anti_entropy": false, "read_repair": false"#;
/// Nobody talks of membership.
pub const MUTE: &str = r#""gossip": { "interval": "20000h", "seeds": 0 }"#;
/// A disk that takes no time.
pub const NO_DISK: &str =
    r#""disk": { "read": { "constant": "0s" }, "write": { "constant": "0s" } }"#;
/// A client that coordinates, and is asked nothing of the membership.
pub const OUTSIDE: &str = r#""routing": "client_driven", "membership_refresh": "20000h""#;

/// Runs a world for as long as something holds; the account as it stands then.
pub fn drive<O: Observer>(plan: &Plan, watch: &mut O, holds: impl Fn(Time, &O) -> bool) -> Account {
    let mut simulation = Simulation::new(plan);
    simulation.start(&mut Observers::new(vec![watch]));
    while holds(simulation.now(), watch) && simulation.step(&mut Observers::new(vec![watch])) {}
    simulation.finish(&mut Observers::new(vec![watch]))
}

/// Whether the first operation of each client succeeded.
#[derive(Default)]
pub struct Firsts {
    pub succeeded: BTreeMap<ClientId, bool>,
}

impl Observer for Firsts {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, _: Time, record: &Record<'_>) {
        if let Record::Client { client, fact: ClientFact::Ended(ending) } = record {
            let ok = matches!(ending.result, OperationResult::Ok { .. });
            self.succeeded.entry(*client).or_insert(ok);
        }
    }
}

/// Watches nothing: only the account at the end is wanted.
pub struct Nobody;

impl Observer for Nobody {
    fn interest(&self) -> Interest {
        Interest::default()
    }

    fn see(&mut self, _: Time, _: &Record<'_>) {}
}

/// By key, what the first two nodes hold.
pub fn held_by_two(
    account: &Account,
) -> impl Iterator<Item = (Key, [Option<&std::rc::Rc<crate::dynamo::versioning::version::VersionSet>>; 2])>
{
    let held = |node: usize| account.nodes[node].copies.iter().map(|(key, set)| (*key, set));
    let [one, other]: [BTreeMap<Key, _>; 2] = [held(0).collect(), held(1).collect()];
    let keys: std::collections::BTreeSet<Key> = one.keys().chain(other.keys()).copied().collect();
    keys.into_iter().map(move |key| (key, [one.get(&key).copied(), other.get(&key).copied()]))
}
