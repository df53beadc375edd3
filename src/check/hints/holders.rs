//! Verifies (H2): whoever keeps a hint is not the one that it is for, and not one of the homes of
//! its key when the hint comes to be.
//!
//! Does not verify that it is the next of the preference list. While nodes join and leave, a node
//! may keep hints of what was its own, and believe in other homes than there are: then only the
//! first half is verified. No knob breaks this. Examines each hint that comes to be.

use crate::check::holdings::Holdings;
use crate::check::judge::Judge;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::Fact;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct Holders {
    administered: bool,
    examined: u64,
    findings: Findings,
}

impl Holders {
    /// No hint yet.
    pub fn new(layout: &Layout) -> Holders {
        let findings = Findings::default();
        Holders { administered: layout.administered, examined: 0, findings }
    }
}

impl Judge for Holders {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see_with(&mut self, now: Time, record: &Record<'_>, holdings: &Holdings) {
        let Record::Node { node, fact: Fact::HintCreated { hint } } = record else { return };
        self.examined += 1;
        let is_home = !self.administered && holdings.homes(hint.key).contains(node);
        let (mechanism, what) = match (*node == hint.target, is_home) {
            (true, _) => ("a hint for oneself", "itself"),
            (false, true) => ("a hint at a home", "another home of its key, being one too"),
            (false, false) => return,
        };
        self.findings.add(|| Finding {
            time: Some(now),
            key: Some(hint.key),
            nodes: vec![*node, hint.target],
            mechanism,
            ..Finding::story(format!("{node} keeps a hint of {} for {what}", hint.key))
        });
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        layout.cluster.hinted_handoff.on()?;
        Some(self.findings.verdict_if_met("hint_holders", self.examined, Outcome::Violated))
    }
}
