//! Deletes.

use crate::dynamo::config::plant::Plant;
use crate::hunt::bugs::Bug;

/// The bugs of this part.
pub const BUGS: [Bug; 7] = [
    Bug {
        plant: Plant::DeleteNoTombstone,
        mechanism: "A delete removes the copy and leaves nothing.",
        symptom: "Deleted values come back from whoever was away.",
        invariants: &["D11", "D9", "D2"],
        precedent: "Voldemort, dynomite",
        scenario: include_str!("../../../scenarios/bugs/delete-no-tombstone.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::TombstoneReapWithoutAllAcks,
        mechanism: "A tombstone is dropped when W homes hold it.",
        symptom: "Deleted values come back from the home that was away.",
        invariants: &["D12"],
        precedent: "riak_kv#226",
        scenario: include_str!("../../../scenarios/bugs/tombstone-reap-without-all-acks.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::TombstoneNeverRetried,
        mechanism: "Homes that do not all hold a tombstone when asked are not asked again.",
        symptom: "Tombstones stay for ever.",
        invariants: &["D12"],
        precedent: "riak_kv#1777",
        scenario: include_str!("../../../scenarios/bugs/tombstone-never-retried.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::TombstoneResetsClock,
        mechanism: "After a tombstone was dropped, its node counts from one under its old name.",
        symptom: "A key that is written again loses against an old copy.",
        invariants: &["D5", "D6"],
        precedent: "riak_kv#1643",
        scenario: include_str!("../../../scenarios/bugs/tombstone-resets-clock.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::ReapWithoutRecheck,
        mechanism: "The timer of a tombstone drops whatever is held by then.",
        symptom: "A value that was written again is gone.",
        invariants: &["D12", "D2"],
        precedent: "riak_kv#226",
        scenario: include_str!("../../../scenarios/bugs/reap-without-recheck.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::CompactionDropsTombstoneEarly,
        mechanism: "A tombstone is merged away though an older file holds what it deleted.",
        symptom: "A restart brings the value back.",
        invariants: &["D9", "D11"],
        precedent: "bitcask#82",
        scenario: include_str!("../../../scenarios/bugs/compaction-drops-tombstone-early.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::TombstoneNotHandedOff,
        mechanism: "A range is given to a new home without its tombstones.",
        symptom: "The new home knows of no delete.",
        invariants: &["C1", "D11", "D2", "T1"],
        precedent: "cassandra C-3394",
        scenario: include_str!("../../../scenarios/bugs/tombstone-not-handed-off.json"),
        equivalent: None,
    },
];
