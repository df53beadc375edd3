//! Read your writes (Terry et al. 1994): a read knows each write of its own client to the key that
//! was acknowledged before the read began.

use crate::history::duty::Duty;
use crate::history::register::{Register, Step};
use crate::history::verdict::{Findings, Story};

const WHY: &str = "its own client's write was acknowledged before it began";

/// Examines reads whose client had written the key before.
pub fn check(register: &Register<'_>) -> Findings {
    let mut findings = Findings::default();
    let mut own = vec![Duty::default(); register.clients as usize];
    for step in &register.steps {
        match *step {
            Step::WriteEnds(at) => {
                let client = register.writes[at as usize].client;
                own[client as usize].add_write(register, at);
            }
            Step::ReadBegins(at) => {
                let read = &register.reads[at as usize];
                let duty = &own[read.client as usize];
                if duty.is_empty() || read.strange.is_some() {
                    continue;
                }
                findings.examined += 1;
                if let Some(missed) = duty.missed_by(register, read) {
                    let story = || Story::of_missed(register, read, missed, &[], WHY);
                    findings.broken(read.start, story);
                }
            }
            Step::ReadEnds(_) | Step::WriteBegins(_) => {}
        }
    }
    findings
}
