//! Anti-entropy.

use crate::dynamo::config::plant::Plant;
use crate::hunt::bugs::Bug;

/// The bugs of this part.
pub const BUGS: [Bug; 12] = [
    Bug {
        plant: Plant::MerkleNotUpdatedOnDelete,
        mechanism: "A tombstone that is dropped stays in the tree.",
        symptom: "Trees know keys that no store holds, and compare them for ever.",
        invariants: &["A2"],
        precedent: "riak_core PR830, riak#981",
        scenario: include_str!("../../../scenarios/bugs/merkle-not-updated-on-delete.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::MerkleNotUpdatedOnHandoff,
        mechanism: "What a delivery of hints or a transfer of a range brings is not noted in the \
                     tree.",
        symptom: "A copy that came by handoff is not there as far as trees can tell.",
        invariants: &["A2"],
        precedent: "by construction; close to riak_kv#1659",
        scenario: include_str!("../../../scenarios/bugs/merkle-not-updated-on-handoff.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::MerkleDirtyLostOnRestart,
        mechanism: "Which keys the trees have not been told of yet is forgotten in a restart.",
        symptom: "After a restart trees say what was held before the last writes.",
        invariants: &["A2"],
        precedent: "riak_core PR792, riak_kv PR1242",
        scenario: include_str!("../../../scenarios/bugs/merkle-dirty-lost-on-restart.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::MerkleNondeterministicHash,
        mechanism: "Siblings are hashed in the order of a table that each node fills in its own \
                     way.",
        symptom: "Replicas that hold the same siblings repair each other for ever.",
        invariants: &["A1", "A2", "A5"],
        precedent: "riak_kv#1189, riak_kv PR473",
        scenario: include_str!("../../../scenarios/bugs/merkle-nondeterministic-hash.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::MerkleWrongRange,
        mechanism: "Trees put a key that lies close to the end of a range into the next one.",
        symptom: "Keys near a token are in the tree of a range whose homes are others, and are \
                     compared with nodes that have nothing to do with them.",
        invariants: &["A2", "A4"],
        precedent: "Cassandra C-1674, C-924",
        scenario: include_str!("../../../scenarios/bugs/merkle-wrong-range.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::MerkleSkipLastChild,
        mechanism: "Of the children of a tree node that differs, the last is not compared.",
        symptom: "What differs below it is never found.",
        invariants: &["A3", "C1"],
        precedent: "riak_core PR830",
        scenario: include_str!("../../../scenarios/bugs/merkle-skip-last-child.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::MerkleStopEarly,
        mechanism: "Leaves are compared by how many keys they have.",
        symptom: "Two versions of one key are never found to differ.",
        invariants: &["A3", "C1"],
        precedent: "Cassandra C-2605",
        scenario: include_str!("../../../scenarios/bugs/merkle-stop-early.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::MerkleZeroSentinel,
        mechanism: "Trees keep a short hash of each key, in which 0 stands for a key that is not \
                     held.",
        symptom: "A key in some hundreds is in no tree.",
        invariants: &["A2"],
        precedent: "OpenRiak riak_kv#32",
        scenario: include_str!("../../../scenarios/bugs/merkle-zero-sentinel.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::AeIgnoresSmallDiff,
        mechanism: "Where only one key of the leaves compared differs, nothing is sent.",
        symptom: "A single stale copy stays stale.",
        invariants: &["A3", "C1"],
        precedent: "Cassandra C-924",
        scenario: include_str!("../../../scenarios/bugs/ae-ignores-small-diff.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::AeOneWay,
        mechanism: "Who compares keys sends its copies and asks for none.",
        symptom: "What the other side alone holds does not come over in that exchange.",
        invariants: &["A3"],
        precedent: "by construction",
        scenario: include_str!("../../../scenarios/bugs/ae-one-way.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::AeNoRehashAfterRepair,
        mechanism: "What anti-entropy brings is not noted in the tree.",
        symptom: "The same keys are repaired in each round.",
        invariants: &["A2", "A5"],
        precedent: "riak_kv PR473",
        scenario: include_str!("../../../scenarios/bugs/ae-no-rehash-after-repair.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::AeSnapshotRace,
        mechanism: "Who is asked for a comparison answers from a tree that has not been told of \
                     the latest writes.",
        symptom: "Exchanges under load find differences that are none, and overlook others.",
        invariants: &["A2"],
        precedent: "Cassandra C-2816, riak_kv#1659",
        scenario: include_str!("../../../scenarios/bugs/ae-snapshot-race.json"),
        equivalent: None,
    },
];
