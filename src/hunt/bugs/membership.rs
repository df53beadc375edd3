//! Membership, gossip and failure detection.

use crate::dynamo::config::plant::Plant;
use crate::hunt::bugs::Bug;

/// The bugs of this part.
pub const BUGS: [Bug; 12] = [
    Bug {
        plant: Plant::GossipAcceptOlder,
        mechanism: "Gossip takes the history that a peer tells, whether or not it is later.",
        symptom: "Views go back to what was replaced, and changes come and go.",
        invariants: &["M5", "M7", "M3"],
        precedent: "CASSANDRA-572, CASSANDRA-3071, CASSANDRA-3259",
        scenario: include_str!("../../../scenarios/bugs/gossip-accept-older.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::GossipResurrectsRemoved,
        mechanism: "A history forgets a removed node at once instead of keeping that it is gone.",
        symptom: "A removed node comes back from a peer that has not heard of its removal.",
        invariants: &["M4", "M7"],
        precedent: "CASSANDRA-2371, CASSANDRA-5216, scylladb#14991",
        scenario: include_str!("../../../scenarios/bugs/gossip-resurrects-removed.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::GossipGenerationFromSkewedClock,
        mechanism: "A change is numbered by the clock of who makes it, not from the one before.",
        symptom: "What is ordered where a clock is behind is older than what it replaces, \
            and lost.",
        invariants: &["M5", "M7", "M3"],
        precedent: "scylladb#2419, scylladb PR5801",
        scenario: include_str!("../../../scenarios/bugs/gossip-generation-from-skewed-clock.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::GenerationGuardVsStored,
        mechanism: "A guard against absurd changes compares with the last change stored, not \
            with the clock: ten seconds stand for the year of the original.",
        symptom: "After a long time without changes, the next one is ignored by everybody.",
        invariants: &["M7", "M3"],
        precedent: "scylladb#5164, CASSANDRA-10969",
        scenario: include_str!("../../../scenarios/bugs/generation-guard-vs-stored.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::RingConcurrentPickOne,
        mechanism: "Of two histories that each know something else, one is kept and the \
            other thrown away.",
        symptom: "A join or a leave that one side was told of is lost.",
        invariants: &["M7", "M3", "M5"],
        precedent: "riak_core PR78",
        scenario: include_str!("../../../scenarios/bugs/ring-concurrent-pick-one.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::RingEditWithoutVersionBump,
        mechanism: "A node that joins enters its tokens without counting the change.",
        symptom: "Two histories that differ have one digest, so that gossip never tells \
            the tokens.",
        invariants: &["M10", "M3"],
        precedent: "riak_core PR345",
        scenario: include_str!("../../../scenarios/bugs/ring-edit-without-version-bump.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::TokenCollisionAccepted,
        mechanism: "A node that joins draws its tokens by the number of members, and takes \
            them though they are in use.",
        symptom: "Two nodes that join at once own the same tokens, and one of them holds \
            nothing.",
        invariants: &["M1"],
        precedent: "CASSANDRA-1561, CASSANDRA-1118",
        scenario: include_str!("../../../scenarios/bugs/token-collision-accepted.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::FdDownChangesRing,
        mechanism: "Who is believed down is taken off the ring.",
        symptom: "An outage of a moment moves ranges, and nobody has ordered it.",
        invariants: &["M6", "T4"],
        precedent: "riak_core PR78",
        scenario: include_str!("../../../scenarios/bugs/fd-down-changes-ring.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::FdNeverRecovers,
        mechanism: "An answer does not clear a peer that is believed down.",
        symptom: "A node that is back is left out for ever.",
        invariants: &["M8"],
        precedent: "riak_core PR98, voldemort@0da292d",
        scenario: include_str!("../../../scenarios/bugs/fd-never-recovers.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::FdSelfPauseConvictsAll,
        mechanism: "After a standstill of its own, a node looks at its timers before it \
            reads the answers that have come meanwhile.",
        symptom: "It believes peers down that have answered.",
        invariants: &["M8"],
        precedent: "CASSANDRA-610",
        scenario: include_str!("../../../scenarios/bugs/fd-self-pause-convicts-all.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::SeedsNotContacted,
        mechanism: "Gossip goes to random members only, and never to a seed.",
        symptom: "A node that knows nobody stays alone, whatever it was told.",
        invariants: &["M9", "M3"],
        precedent: "CASSANDRA-150",
        scenario: include_str!("../../../scenarios/bugs/seeds-not-contacted.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::ReplaceKeepsOldOwner,
        mechanism: "Who takes the place of a dead node gets its tokens, and the dead one \
            keeps them.",
        symptom: "Each token of the two has two owners, one of them dead.",
        invariants: &["M1", "M4"],
        precedent: "CASSANDRA-3259, scylladb#14991",
        scenario: include_str!("../../../scenarios/bugs/replace-keeps-old-owner.json"),
        equivalent: None,
    },
];
