//! WARS where each R is run for itself, and where one of the replicas coordinates: seen from the
//! client, by what it is told.

use crate::id::EventId;
use crate::sim::simulation::Simulation;
use crate::time::Time;
use crate::trace::observer::{Interest, Observer, Observers};
use crate::trace::record::Record;
use crate::validate::wars::{Measured, ReadsAt, World, read};
use crate::workload::words::{ClientFact, Ending, Function, OperationResult};

/// Who coordinates.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// The client, outside the replicas.
    Client,
    /// A random replica, drawn anew for each operation; its own copy costs it nothing.
    Replica,
}

/// The scenario of a world with this coordinator.
pub fn scenario(world: &World, by: By) -> String {
    let text = world.scenario();
    match by {
        By::Client => text,
        By::Replica => text.replace("\"client_driven\"", "\"load_balancer\"").replace(
            "\"quorum\": \"strict\"",
            "\"quorum\": \"strict\", \"read_coordinator\": \"receiver\"",
        ),
    }
}

/// Runs a world until so many writes were read back. Only what its own R and W say is measured.
pub fn measure(world: &World, by: By, seed: u64, trials: u64) -> Measured {
    let mut plan = read(&scenario(world, by)).plan();
    plan.seed = seed;
    let mut watch = Watch::new(world);
    let mut simulation = Simulation::new(&plan);
    simulation.start(&mut Observers::new(vec![&mut watch]));
    while watch.measured.trials < trials {
        assert!(
            simulation.step(&mut Observers::new(vec![&mut watch])),
            "the run ends after its trials"
        );
    }
    let Watch { mut measured, .. } = watch;
    let all = measured.read_latency.iter_mut().chain(&mut measured.write_latency);
    all.for_each(|latencies| latencies.sort_unstable());
    measured
}

struct Watch {
    r: usize,
    w: usize,
    measured: Measured,
    /// The latest write, and the number of its operation.
    write: Option<(EventId, u32)>,
    ended: usize,
}

impl Watch {
    fn new(world: &World) -> Watch {
        let (r, w) = (world.r as usize, world.w as usize);
        let at = vec![ReadsAt { reads: 0, fresh: vec![0; r] }; world.after_ms.len()];
        let (read_latency, write_latency) =
            (vec![Vec::new(); world.n as usize], vec![Vec::new(); w]);
        let measured = Measured { trials: 0, at, read_latency, write_latency };
        Watch { r, w, measured, write: None, ended: 0 }
    }

    fn on_ended(&mut self, now: Time, ending: &Ending) {
        let OperationResult::Ok { set, .. } = &ending.result else {
            panic!("nothing fails in this world: {ending:?}");
        };
        let took = now.since(ending.began).0;
        if ending.function == Function::Put {
            return self.measured.write_latency[self.w - 1].push(took);
        }
        let Some((event, number)) = self.write else { return };
        let place = ((ending.operation.number - number) / 2) as usize - 1;
        let mut versions = set.iter().flat_map(|set| set.versions());
        let fresh = versions.any(|version| version.ghost.event() == event);
        let at = &mut self.measured.at[place];
        at.reads += 1;
        at.fresh[self.r - 1] += u64::from(fresh);
        if place == 0 {
            self.measured.read_latency[self.r - 1].push(took);
        }
        self.ended += 1;
        self.measured.trials += u64::from(self.ended == self.measured.at.len());
    }
}

impl Observer for Watch {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        let Record::Client { fact, .. } = record else { return };
        match fact {
            ClientFact::Invoked(invocation) => {
                if let Some(ghost) = &invocation.ghost {
                    self.write = Some((ghost.event(), invocation.operation.number));
                    self.ended = 0;
                }
            }
            ClientFact::Ended(ending) => self.on_ended(now, ending),
            _other => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::{pbs, table};

    /// The same luck, R for itself and R from the order of answers: the same reads are fresh, and
    /// take as long.
    #[test]
    fn each_r_for_itself_is_what_the_order_of_answers_says() {
        let all = table::read();
        let case = all.iter().find(|case| case.name == "LNKD-DISK").unwrap();
        for w in 1..=3 {
            let all_at_once = pbs::world(case, 3, w, &pbs::AFTER_MS).measure(5, 2_000);
            for r in 1..=3_usize {
                let world = pbs::world(case, r as u32, w, &pbs::AFTER_MS);
                let alone = measure(&world, By::Client, 5, 2_000);
                for (one, other) in alone.at.iter().zip(&all_at_once.at) {
                    assert_eq!(one.fresh[r - 1], other.fresh[r - 1], "R={r} W={w}");
                    assert_eq!(one.reads, other.reads);
                }
                assert_eq!(alone.read_latency[r - 1], all_at_once.read_latency[r - 1]);
                let last = w as usize - 1;
                assert_eq!(alone.write_latency[last], all_at_once.write_latency[last]);
            }
        }
    }
}
