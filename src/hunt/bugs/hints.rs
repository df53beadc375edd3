//! Hints.

use crate::dynamo::config::plant::Plant;
use crate::hunt::bugs::Bug;

/// The bugs of this part.
pub const BUGS: [Bug; 15] = [
    Bug {
        plant: Plant::HintDeleteBeforeAck,
        mechanism: "A hint is removed as soon as it is sent, and not when its home has confirmed \
                     it.",
        symptom: "A delivery that is lost, or finds its home down again, takes the last sign \
                     of a write that the home has missed.",
        invariants: &["H1"],
        precedent: "Voldemort, slops deleted within the stream; Cassandra C-3466",
        scenario: include_str!("../../../scenarios/bugs/hint-delete-before-ack.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::HintMemoryOnly,
        mechanism: "Hints are kept in memory and never reach the disk.",
        symptom: "A stand-in that restarts has forgotten the writes that it had confirmed in \
                     the place of absent homes.",
        invariants: &["H1"],
        precedent: "Cassandra, hints buffered for ten seconds",
        scenario: include_str!("../../../scenarios/bugs/hint-memory-only.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::HintToOrigin,
        mechanism: "A stand-in notes itself as the home that its hint is for.",
        symptom: "Hints come back to the node that made them and count as delivered, and the \
                     absent home never gets them.",
        invariants: &["H2", "H3"],
        precedent: "Voldemort issue 330, hints routed back to their creator",
        scenario: include_str!("../../../scenarios/bugs/hint-to-origin.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::HintSelf,
        mechanism: "The coordinator itself stands in for a home that has fallen silent, although \
                     it is a home of the key.",
        symptom: "One machine holds two of the copies, and counts as two.",
        invariants: &["H2"],
        precedent: "Cassandra C-3440, a coordinator that hints itself",
        scenario: include_str!("../../../scenarios/bugs/hint-self.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::HintSkipsTimeouts,
        mechanism: "A stand-in is asked only in the place of a home that is believed down, and \
                     not of one that has just let a put wait too long.",
        symptom: "The puts by which a failure is noticed never reach the home that has failed, \
                     until anti-entropy looks.",
        invariants: &["H1"],
        precedent: "Cassandra C-2034",
        scenario: include_str!("../../../scenarios/bugs/hint-skips-timeouts.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::HintSkipsDeletes,
        mechanism: "A stand-in confirms a delete and keeps no hint of it.",
        symptom: "What was deleted lives on at a home that was away.",
        invariants: &["H1"],
        precedent: "Voldemort, slops not registered for deletes",
        scenario: include_str!("../../../scenarios/bugs/hint-skips-deletes.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::HintNotRescheduledAfterRestart,
        mechanism: "A node that starts with hints on its disk does not look through them again.",
        symptom: "Hints stay where they are long after all is well again.",
        invariants: &["H6", "C1"],
        precedent: "riak_core#154, riak_kv#847",
        scenario: include_str!("../../../scenarios/bugs/hint-not-rescheduled-after-restart.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::HintOnlyOnUpEvent,
        mechanism: "Hints are looked through when a home is seen to be back, and at no other \
                     time.",
        symptom: "Who keeps hints for a home that it never believed down, or that has come \
                     back before the last of them, keeps them for ever.",
        invariants: &["H6", "C1"],
        precedent: "Cassandra C-1141, C-3554",
        scenario: include_str!("../../../scenarios/bugs/hint-only-on-up-event.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::HintOverwritesNewer,
        mechanism: "A delivered hint replaces what its home holds instead of being merged with \
                     it.",
        symptom: "What a home has got since its return is gone.",
        invariants: &["H4"],
        precedent: "riak_kv#847 with riak_kv#679",
        scenario: include_str!("../../../scenarios/bugs/hint-overwrites-newer.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::HintPurgedWhenTargetRemoved,
        mechanism: "Hints for a node that is removed are thrown away instead of being turned to \
                     the homes that there are now.",
        symptom: "Copies of writes that a dead node has missed are fewer than the \
                     administrator believes.",
        invariants: &["H1"],
        precedent: "Voldemort, slops purged for nodes that are gone",
        scenario: include_str!("../../../scenarios/bugs/hint-purged-when-target-removed.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::HintHeadOfLineBlock,
        mechanism: "A scan ends at the first home that is down instead of going on with the \
                     next.",
        symptom: "Hints for homes that are back wait for one that is not.",
        invariants: &["H6"],
        precedent: "Voldemort, an endless loop in the pusher",
        scenario: include_str!("../../../scenarios/bugs/hint-head-of-line-block.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::HintPusherStaleView,
        mechanism: "Hints are turned to new homes by the membership that the node knew when it \
                     started.",
        symptom: "Hints for a node that was replaced wait for it for ever.",
        invariants: &["H3"],
        precedent: "Voldemort, a pusher that keeps the cluster definition it has read at its \
                     start",
        scenario: include_str!("../../../scenarios/bugs/hint-pusher-stale-view.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::IdleTimerResetByBackground,
        mechanism: "Anti-entropy counts as use of hints, and begins the time of idleness anew.",
        symptom: "With anti-entropy on, hints are never delivered.",
        invariants: &["H6", "C1"],
        precedent: "riak_kv#1706, OpenRiak riak_kv#48",
        scenario: include_str!("../../../scenarios/bugs/idle-timer-reset-by-background.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::HintDropUncounted,
        mechanism: "Hints whose time is over are dropped without being counted.",
        symptom: "Homes are behind, and no figure says why.",
        invariants: &["H7"],
        precedent: "Cassandra, hints dropped after their window without a record by key",
        scenario: include_str!("../../../scenarios/bugs/hint-drop-uncounted.json"),
        equivalent: None,
    },
    Bug {
        plant: Plant::HintServedAsHome,
        mechanism: "A stand-in keeps a hinted copy also as if it were a home of the key.",
        symptom: "Reads are answered from a copy that nobody brings up to date.",
        invariants: &["H5", "C1"],
        precedent: "riak_kv#388",
        scenario: include_str!("../../../scenarios/bugs/hint-served-as-home.json"),
        equivalent: None,
    },
];
