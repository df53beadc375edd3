//! Rules of the faults of links that still carry something.

use crate::dynamo::message::Kind;
use crate::faults::spec::Degrade;
use crate::faults::traffic::Bandwidth;
use crate::quantity::Bytes;
use crate::time::Duration;

use crate::scenario::check::faults::Rules;
use crate::scenario::check::{check_distribution, check_share};
use crate::scenario::diagnosis::did_you_mean;
use crate::scenario::path::shortened;
use crate::scenario::problem::Problem;

impl Rules<'_> {
    pub fn check_degrade(&mut self, degrade: &Degrade) {
        self.check_window(degrade.from, degrade.to);
        self.check_ends(&degrade.senders, &degrade.receivers);
        let shares = [
            ("loss", degrade.loss),
            ("duplicate", degrade.duplicate),
            ("corrupt", degrade.corrupt),
        ];
        for (name, share) in shares {
            check_share(share, self.path.name(name), self.findings);
        }
        if let Some(latency) = &degrade.latency {
            check_distribution(latency, &self.path.name("latency"), self.findings);
        }
        self.check_kinds(&degrade.kinds);
        let message = "messages are counted from 1";
        self.findings.require(degrade.nth != Some(0), self.path.name("nth"), message);
        let changes = degrade.latency.is_some()
            || degrade.jitter > Duration::ZERO
            || shares.iter().any(|(_, share)| *share != 0.0);
        let message = "it changes nothing: give latency, jitter, loss, duplicate or corrupt, or \
                       several of them";
        self.findings.require(changes, self.path.clone(), message);
    }

    fn check_kinds(&mut self, kinds: &[String]) {
        let known = Kind::ALL.map(Kind::name);
        for (i, kind) in kinds.iter().enumerate() {
            if known.contains(&kind.as_str()) {
                continue;
            }
            let message = format!("no message is called `{}`", shortened(kind));
            let all = || format!("messages are {}", known.join(", "));
            self.findings.add(Problem {
                help: did_you_mean(kind, known).or_else(|| Some(all())),
                ..Problem::new(self.path.name("kinds").index(i), message)
            });
        }
    }

    pub fn check_bandwidth(&mut self, bandwidth: &Bandwidth) {
        self.check_window(bandwidth.from, bandwidth.to);
        self.check_ends(&bandwidth.senders, &bandwidth.receivers);
        let message = "a link that carries nothing is a cut: give more than 0B";
        let some = bandwidth.per_second > Bytes(0);
        self.findings.require(some, self.path.name("per_second"), message);
    }
}
