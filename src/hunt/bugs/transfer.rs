//! Transfer of ranges.

use crate::dynamo::config::plant::Plant;
use crate::hunt::bugs::Bug;

/// The bugs of this part.
pub const BUGS: [Bug; 10] = [
    Bug {
        plant: Plant::HandoffDeleteBeforeAck,
        mechanism: "A batch counts as arrived as soon as it is sent.",
        symptom: "Keys of a batch that is lost are nowhere once the giver has dropped them.",
        invariants: &["T1", "T2", "D2"],
        precedent: "riak_core PR96",
        scenario: include_str!("../../../scenarios/bugs/handoff-delete-before-ack.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::HandoffMissesConcurrentWrites,
        mechanism: "What changes in a range after it was sent is not sent again.",
        symptom: "Writes during a transfer are at the former home only, which drops them.",
        invariants: &["T1", "T5", "D2"],
        precedent: "riak_kv PR223",
        scenario: include_str!("../../../scenarios/bugs/handoff-misses-concurrent-writes.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::LeaveBeforeOthersKnow,
        mechanism: "A node that has left passes on nothing of what is still asked of it.",
        symptom: "It answers that there is nothing, and takes writes for ranges that it \
            has given away.",
        invariants: &["T5", "Q3"],
        precedent: "riak_core PR97",
        scenario: include_str!("../../../scenarios/bugs/leave-before-others-know.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::HandoffServeBeforeComplete,
        mechanism: "A new home answers reads of a range that is not filled yet.",
        symptom: "Its not-found counts as an answer, and acknowledged writes cannot be read.",
        invariants: &["T5", "Q3"],
        precedent: "riak_kv PR223, scylladb#7312, CASSANDRA-833",
        scenario: include_str!("../../../scenarios/bugs/handoff-serve-before-complete.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::HandoffBoundaryOffByOne,
        mechanism: "The last key of what goes to a new home is left out, as if its end did \
            not belong to a range. Hashed keys never lie on a token, so it is the \
            end of the keys and not of the range.",
        symptom: "One key is missing at its new home.",
        invariants: &["T1"],
        precedent: "CASSANDRA-902, CASSANDRA-924",
        scenario: include_str!("../../../scenarios/bugs/handoff-boundary-off-by-one.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::HandoffResumeSkipsBatch,
        mechanism: "A batch that was not confirmed in time is not sent again.",
        symptom: "Keys of a batch that was lost are missing at their new home.",
        invariants: &["T1"],
        precedent: "voldemort@990b707",
        scenario: include_str!("../../../scenarios/bugs/handoff-resume-skips-batch.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::HandoffOverwritesNewer,
        mechanism: "A new home puts what is in a batch in the place of what it holds.",
        symptom: "A write that came ahead of an old batch is gone from its new home.",
        invariants: &["T1", "D9", "D2"],
        precedent: "riak_kv do_diffobj_put, which exists for this",
        scenario: include_str!("../../../scenarios/bugs/handoff-overwrites-newer.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::CleanupBeforeTransferDone,
        mechanism: "A home drops what will not be its own by the ring that is planned.",
        symptom: "A range goes before it was sent.",
        invariants: &["T2", "D2"],
        precedent: "voldemort@8256518",
        scenario: include_str!("../../../scenarios/bugs/cleanup-before-transfer-done.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::WriteOnlyToOldOwners,
        mechanism: "A home that has given a range away takes writes for it itself.",
        symptom: "Writes acknowledged just before the switch are missing at the new home.",
        invariants: &["T5", "T1"],
        precedent: "CASSANDRA-833; Garage before layout versions",
        scenario: include_str!("../../../scenarios/bugs/write-only-to-old-owners.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::PassedBackAndForth,
        mechanism: "Who gave a range away passes on what the new home has just passed on to it.",
        symptom: "Of two nodes each takes the other for the home, and a request goes to and fro.",
        invariants: &["T3"],
        precedent: "riak_kv#1754; this simulator's own protocol had it",
        scenario: include_str!("../../../scenarios/bugs/passed-back-and-forth.json"),
        equivalent: None,
    },
];
