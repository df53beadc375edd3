//! A regular register (Lamport 1986, with several writers as Shao et al. 2011): a read returns the
//! last write that was acknowledged before it began, or one that overlaps it. Two reads during one
//! slow write may see it come and go, which is all that R + W > N promises.
//!
//! With siblings: a read knows each write that was acknowledged before it began.

use crate::history::duty::Missed;
use crate::history::missing::{Since, missing};
use crate::history::register::Register;
use crate::history::verdict::{Findings, Story};

const WHY: &str = "this was acknowledged before it began";

/// Examines all successful reads.
pub fn check(register: &Register<'_>) -> Findings {
    let mut findings = Findings::default();
    for (read, missing) in register.reads.iter().zip(missing(register, Since::Acknowledged)) {
        findings.examined += 1;
        if let Some(strange) = read.strange {
            findings.broken(read.start, || Story::of_strange(register, read, strange));
        } else if let Some(write) = missing.oldest {
            let missed = Missed::Write(write);
            findings.broken(read.start, || Story::of_missed(register, read, missed, &[], WHY));
        }
    }
    findings
}
