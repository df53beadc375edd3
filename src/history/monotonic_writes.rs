//! Monotonic writes (Terry et al. 1994): whoever knows a write knows each write to the key that
//! its client had had acknowledged before it began.

use crate::history::duty::Duty;
use crate::history::needs::{judge, tells};
use crate::history::register::{Register, Step};
use crate::history::verdict::Findings;

const WHY: &str = "it knows the later of two writes of one client and not the earlier";

/// Examines reads that know a write which was not its client's first to the key.
pub fn check(register: &Register<'_>) -> Findings {
    if !tells(register) {
        return Findings::default();
    }
    let mut needs = vec![Duty::default(); register.writes.len()];
    let mut own = vec![Duty::default(); register.clients as usize];
    for step in &register.steps {
        match *step {
            Step::WriteBegins(at) => {
                needs[at as usize] = own[register.writes[at as usize].client as usize].clone();
            }
            Step::WriteEnds(at) => {
                let client = register.writes[at as usize].client;
                own[client as usize].add_write(register, at);
            }
            Step::ReadBegins(_) | Step::ReadEnds(_) => {}
        }
    }
    judge(register, &needs, WHY)
}
