//! Verifies: while a link is cut, nothing arrives over it, be it sent before or meanwhile, wherever
//! the scenario says that what is on its way is lost or waits.
//!
//! Does not verify cuts that let what is on its way pass, nor those whose moments are drawn
//! (`swizzle`), nor that nothing is lost where no link is cut. No knob breaks this: it is a bug of
//! the simulator. Examines each message that arrives while any link is cut; not met without.

use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::faults::cuts::Spell;
use crate::faults::spec::InFlight;
use crate::id::Address;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct Crossings {
    /// Those to come, the next one last.
    coming: Vec<Spell>,
    cut: Vec<Spell>,
    end: Time,
    examined: u64,
    findings: Findings,
}

impl Crossings {
    /// Before anything is cut.
    pub fn new(layout: &Layout) -> Crossings {
        let strict = |spell: &&Spell| spell.rule.in_flight != InFlight::Pass;
        let mut coming: Vec<Spell> = layout.cuts.iter().filter(strict).cloned().collect();
        coming.sort_by_key(|spell| std::cmp::Reverse(spell.from));
        let (cut, end) = (Vec::new(), Time::ZERO + layout.duration);
        Crossings { coming, cut, end, examined: 0, findings: Findings::default() }
    }

    fn arrives(&mut self, now: Time, from: Address, to: Address) {
        while let Some(next) = self.coming.pop_if(|spell| Time::ZERO + spell.from < now) {
            self.cut.push(next);
        }
        let end = self.end;
        self.cut.retain(|spell| now < (Time::ZERO + spell.to).min(end));
        self.examined += u64::from(!self.cut.is_empty());
        if let Some(spell) = self.cut.iter().find(|spell| spell.rule.links.include(from, to)) {
            let (since, until) = (spell.from, spell.to);
            self.findings.add(|| Finding {
                time: Some(now),
                mechanism: "a message crosses a link that is cut",
                ..Finding::story(format!(
                    "a message from {from} arrives at {to}, and that link is cut from {since} to \
                     {until}"
                ))
            });
        }
    }
}

impl Judge for Crossings {
    fn interest(&self) -> Interest {
        Interest { messages: !self.coming.is_empty(), ..Interest::default() }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        if let Record::Delivered { from, to, .. } = record {
            self.arrives(now, *from, *to);
        }
    }

    fn verdict(self: Box<Self>, _: &Layout, _: &Account) -> Option<Verdict> {
        let Crossings { examined, findings, .. } = *self;
        Some(findings.verdict_if_met("crossings", examined, Outcome::Violated))
    }
}
