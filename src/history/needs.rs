//! Writes that must not be seen without what came before them.
//!
//! Of each write a duty was gathered when it began. Whoever knows the write must fulfil it: whoever
//! returned it, or whose context covers it. Without contexts nothing can be seen of that on one
//! key.

use crate::history::clock::covers;
use crate::history::duty::{Duty, Missed};
use crate::history::model::Shape;
use crate::history::register::{Read, Register};
use crate::history::verdict::{Findings, Story};

/// Can anything be seen on this key? One value of one key is newer than all that its writer knew of
/// the key.
pub fn tells(register: &Register<'_>) -> bool {
    register.history.shape == Shape::Contexts
}

/// Examines reads that know a write with such a duty.
pub fn judge(register: &Register<'_>, needs: &[Duty], why: &str) -> Findings {
    let mut findings = Findings::default();
    let covered = covered(register, needs);
    for read in register.reads.iter().filter(|read| read.strange.is_none()) {
        let (mut examined, mut broken) = (false, None);
        let shown = register.shown_by(read).iter().map(|at| &needs[*at as usize]);
        for duty in shown.filter(|_| !read.one_of).chain(known(register, read, &covered)) {
            if !duty.is_empty() {
                examined = true;
                broken = broken.or_else(|| duty.missed_by(register, read));
            }
        }
        findings.examined += u64::from(examined);
        if let Some(missed) = broken {
            findings.broken(read.start, || {
                let (missed, by) = culprit(register, read, needs).unwrap_or((missed, None));
                let by: Vec<u32> = by.into_iter().collect();
                Story::of_missed(register, read, missed, &by, why)
            });
        }
    }
    findings
}

/// For each named write the duties of all that its actor had taken up to it.
fn covered(register: &Register<'_>, needs: &[Duty]) -> Vec<Duty> {
    let mut covered: Vec<Duty> = Vec::with_capacity(register.dots.len());
    for (place, (dot, write)) in register.dots.iter().enumerate() {
        let mut duty = needs[*write as usize].clone();
        if place > 0 && register.dots[place - 1].0.0 == dot.0 {
            duty.join(&covered[place - 1]);
        }
        covered.push(duty);
    }
    covered
}

/// The duties that come with a read's context.
fn known<'d>(
    register: &'d Register<'_>,
    read: &Read,
    covered: &'d [Duty],
) -> impl Iterator<Item = &'d Duty> {
    register.context(read).iter().filter_map(|entry| {
        let last = register.dots.partition_point(|(dot, _)| dot <= entry).checked_sub(1)?;
        (register.dots[last].0.0 == entry.0).then(|| &covered[last])
    })
}

/// The first write with a duty that a read knows and does not fulfil.
fn culprit(register: &Register<'_>, read: &Read, needs: &[Duty]) -> Option<(Missed, Option<u32>)> {
    let context = register.context(read);
    let covered = register.dots.iter().filter(|(dot, _)| covers(context, *dot));
    let mut known = register.shown_by(read).iter().copied().chain(covered.map(|(_, write)| *write));
    known.find_map(|write| {
        let missed = needs[write as usize].missed_by(register, read)?;
        Some((missed, Some(register.writes[write as usize].operation)))
    })
}
