//! Writes follow reads (Terry et al. 1994): whoever knows a write knows all that its client had
//! read of the key before it began.

use crate::history::duty::Duty;
use crate::history::needs::{judge, tells};
use crate::history::register::{Register, Step};
use crate::history::verdict::Findings;

const WHY: &str = "it knows a write and not what the writer had read before";

/// Examines reads that know a write whose client had read the key before.
pub fn check(register: &Register<'_>) -> Findings {
    if !tells(register) {
        return Findings::default();
    }
    let mut needs = vec![Duty::default(); register.writes.len()];
    let mut seen = vec![Duty::default(); register.clients as usize];
    for step in &register.steps {
        match *step {
            Step::WriteBegins(at) => {
                needs[at as usize] = seen[register.writes[at as usize].client as usize].clone();
            }
            Step::ReadEnds(at) => {
                let read = &register.reads[at as usize];
                seen[read.client as usize].add_read(register, read);
            }
            Step::ReadBegins(_) | Step::WriteEnds(_) => {}
        }
    }
    judge(register, &needs, WHY)
}
