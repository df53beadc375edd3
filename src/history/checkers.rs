//! The list of checkers: their names, what each verifies, and how a bound is asked for.

use crate::history::judge::Bounds;
use crate::history::register::Register;
use crate::history::verdict::Findings;
use crate::history::{
    lost_update, monotonic_reads, monotonic_writes, read_your_writes, regular, writes_follow_reads,
    written,
};

/// A checker.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Checker {
    Written,
    Linearizable,
    Regular,
    ReadYourWrites,
    MonotonicReads,
    MonotonicWrites,
    WritesFollowReads,
    Causal,
    LostUpdate,
    KStaleness,
    TStaleness,
}

/// All checkers, in the order in which they speak.
pub const CHECKERS: [Checker; 11] = [
    Checker::Written,
    Checker::Linearizable,
    Checker::Regular,
    Checker::ReadYourWrites,
    Checker::MonotonicReads,
    Checker::MonotonicWrites,
    Checker::WritesFollowReads,
    Checker::Causal,
    Checker::LostUpdate,
    Checker::KStaleness,
    Checker::TStaleness,
];

impl Checker {
    /// As it is called on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Checker::Written => "written",
            Checker::Linearizable => "linearizable",
            Checker::Regular => "regular",
            Checker::ReadYourWrites => "read-your-writes",
            Checker::MonotonicReads => "monotonic-reads",
            Checker::MonotonicWrites => "monotonic-writes",
            Checker::WritesFollowReads => "writes-follow-reads",
            Checker::Causal => "causal",
            Checker::LostUpdate => "lost-update",
            Checker::KStaleness => "k-staleness",
            Checker::TStaleness => "t-staleness",
        }
    }

    /// What it verifies, in a line.
    pub fn verifies(self, bounds: &Bounds) -> String {
        let text = match self {
            Checker::Written => "what was read had been written",
            Checker::Linearizable => "each key behaves as a single copy",
            Checker::Regular => "reads know what was acknowledged before they began",
            Checker::ReadYourWrites => "reads know their own client's writes",
            Checker::MonotonicReads => "reads know what their client read before",
            Checker::MonotonicWrites => "a client's writes are seen in their order",
            Checker::WritesFollowReads => "writes are seen with what their clients had read",
            Checker::Causal => "reads know all that came before them",
            Checker::LostUpdate => "no acknowledged write vanishes unseen",
            Checker::KStaleness => {
                let wanted = format!("reads return one of the {} freshest values", bounds.k);
                return wanted;
            }
            Checker::TStaleness if bounds.t == 0 => "no read is stale",
            Checker::TStaleness => {
                return format!("no read is stale by more than {} ns", bounds.t);
            }
        };
        text.to_string()
    }

    /// What it counts as examined.
    pub fn examines(self) -> &'static str {
        match self {
            Checker::Linearizable => "operations",
            Checker::LostUpdate => "writes",
            Checker::Written
            | Checker::Regular
            | Checker::ReadYourWrites
            | Checker::MonotonicReads
            | Checker::MonotonicWrites
            | Checker::WritesFollowReads
            | Checker::Causal
            | Checker::KStaleness
            | Checker::TStaleness => "reads",
        }
    }

    /// What it says of one key; none if it looks at more than that.
    pub fn of_key(self) -> Option<fn(&Register<'_>) -> Findings> {
        match self {
            Checker::Written => Some(written::check),
            Checker::Regular => Some(regular::check),
            Checker::ReadYourWrites => Some(read_your_writes::check),
            Checker::MonotonicReads => Some(monotonic_reads::check),
            Checker::MonotonicWrites => Some(monotonic_writes::check),
            Checker::WritesFollowReads => Some(writes_follow_reads::check),
            Checker::LostUpdate => Some(lost_update::check),
            Checker::Linearizable | Checker::Causal | Checker::KStaleness | Checker::TStaleness => {
                None
            }
        }
    }
}
