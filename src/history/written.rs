//! Each value that was read had been written: by a write that had begun and did not surely fail.
//!
//! The one promise that every store makes, and the default of what must hold.

use crate::history::register::Register;
use crate::history::verdict::{Findings, Story};

/// Examines all successful reads that returned something.
pub fn check(register: &Register<'_>) -> Findings {
    let mut findings = Findings::default();
    for read in &register.reads {
        findings.examined += 1;
        if let Some(strange) = read.strange {
            findings.broken(read.start, || Story::of_strange(register, read, strange));
        }
    }
    findings
}
