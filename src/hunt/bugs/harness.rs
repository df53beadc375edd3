//! The simulator itself.

use crate::dynamo::config::plant::Plant;
use crate::hunt::bugs::Bug;

/// The bugs of this part.
pub const BUGS: [Bug; 7] = [
    Bug {
        plant: Plant::MapIterationOrder,
        mechanism: "What a node wishes is fulfilled in the order of a map with a random state: \
             messages and disk jobs leave in another order each time.",
        symptom: "The same seed gives another run, so that nothing that was found can be had \
             again.",
        invariants: &["Z1"],
        precedent: "hashbrown#724",
        scenario: include_str!("../../../scenarios/bugs/map-iteration-order.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::SharedRngStream,
        mechanism: "How long a message travels depends on how many facts were told so far, as if \
             all drew from one stream.",
        symptom: "A run that is watched is another than the same run with nobody watching.",
        invariants: &["Z1"],
        precedent: "by construction; ns-3 has AssignStreams against it",
        scenario: include_str!("../../../scenarios/bugs/shared-rng-stream.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::TimerSurvivesCrash,
        mechanism: "A timer or job that a node began before it crashed reaches the node in its \
             next life.",
        symptom: "A restarted node acts on what its former self had in mind: it flushes, scans \
             and retries twice.",
        invariants: &["Z4", "M11"],
        precedent: "riak_core#349",
        scenario: include_str!("../../../scenarios/bugs/timer-survives-crash.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::DelayedMessageDeliveredTwice,
        mechanism: "A message that a clogged link has held is copied as it is let go, and not \
             moved.",
        symptom: "Messages arrive twice though nothing makes copies.",
        invariants: &["Z2"],
        precedent: "by construction",
        scenario: include_str!("../../../scenarios/bugs/delayed-message-delivered-twice.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::RealClockInBackoff,
        mechanism: "The pause before a client tries again is lengthened by a number from outside \
             the simulation, as by a look at the host's clock.",
        symptom: "A run differs each time from the first retry on.",
        invariants: &["Z1"],
        precedent: "turmoil#19",
        scenario: include_str!("../../../scenarios/bugs/real-clock-in-backoff.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::PartitionLeaks,
        mechanism: "Whether a link is cut is asked when a message is sent, and not when it \
             arrives.",
        symptom: "What was on its way when a partition began crosses it.",
        invariants: &["Z3"],
        precedent: "by construction",
        scenario: include_str!("../../../scenarios/bugs/partition-leaks.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::DiskNotTorn,
        mechanism: "A crash that is to take what was not flushed leaves it on the disk.",
        symptom: "Nodes that acknowledge before their disks have it lose nothing: the simulator \
             hides the bugs that such crashes are there to find.",
        invariants: &["Z6"],
        precedent: "by construction",
        scenario: include_str!("../../../scenarios/bugs/disk-not-torn.json"),
        equivalent: None,
    },
];
