//! Verifies (A3): an exchange during which neither side changes anything overlooks nothing. Where
//! two hashes differ, something below them does; where two leaves differ, some keys do; and each
//! key that differs goes from every side that holds it to the other. A copy that anti-entropy has
//! brought knows all that the one before it knew.
//!
//! Does not verify exchanges during which either side is written to, nor that messages arrive: what
//! is lost comes in a later round (convergence looks at the end). Knobs that legitimately break the
//! last part, and make it an anomaly: `versioning` `literal` and `last_write_wins`, and
//! `clock_truncation`; and the first: `hash_bits` below 64, with which other contents may have
//! equal hashes. Silent without anti-entropy. Examines each step and each copy.

use crate::check::hints::{covers, merges_keep_all};
use crate::check::holdings::Holdings;
use crate::check::judge::Judge;
use crate::check::trees::quiet::Quiet;
use crate::check::verdict::{Finding, Findings, Outcome, Verdict};
use crate::dynamo::fact::exchange::ExchangeFact;
use crate::dynamo::fact::{Cause, Fact};
use crate::dynamo::storage::store::Change;
use crate::id::{Key, NodeId};
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Interest;
use crate::trace::record::{Account, Record};

/// The judge.
#[derive(Debug)]
pub struct Results {
    quiet: Quiet,
    exact: bool,
    may_collide: bool,
    examined: u64,
    findings: Findings,
    /// Differences that equal hashes may hide.
    collisions: Findings,
}

impl Results {
    /// No exchange yet.
    pub fn new(layout: &Layout) -> Results {
        let (quiet, exact) = (Quiet::new(layout), merges_keep_all(layout));
        let [findings, collisions] = [Findings::default(), Findings::default()];
        let may_collide = layout.cluster.may_hashes_collide();
        Results { quiet, exact, may_collide, examined: 0, findings, collisions }
    }
}

impl Judge for Results {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see_with(&mut self, now: Time, record: &Record<'_>, holdings: &Holdings) {
        self.quiet.see(now, record);
        let Record::Node { node, fact } = record else { return };
        match fact {
            Fact::Compared { peer, by, round, step, hashes, differing } => {
                // The first step compares roots, of which nobody has said that they differ.
                let below = *step > 1 && self.quiet.is_quiet((*by, *round), [*node, *peer]);
                self.examined += u64::from(below);
                if below && *hashes > 0 && *differing == 0 {
                    let story = format!(
                        "{peer} has found that a tree of {node} differs from its own, and nothing \
                         below does"
                    );
                    let findings = match self.may_collide {
                        true => &mut self.collisions,
                        false => &mut self.findings,
                    };
                    let mechanism = "a difference lost on the way";
                    tell(findings, now, None, [*node, *peer], mechanism, story);
                }
            }
            Fact::Exchange(told) => {
                if let ExchangeFact::Found { by, round, peer, mine, theirs } = &**told
                    && self.quiet.is_quiet((*by, *round), [*node, *peer])
                {
                    self.on_found(now, [*node, *peer], [mine, theirs], holdings);
                }
            }
            Fact::Kept { change, cause: Cause::AntiEntropy } => self.on_kept(now, *node, change),
            _other => {}
        }
    }

    fn verdict(self: Box<Self>, layout: &Layout, _: &Account) -> Option<Verdict> {
        layout.cluster.anti_entropy.on()?;
        let otherwise = if self.exact { Outcome::Violated } else { Outcome::Anomaly };
        let (findings, otherwise) = self.findings.or_excused(self.collisions, otherwise);
        Some(findings.verdict_if_met("exchange_results", self.examined, otherwise))
    }
}

impl Results {
    fn on_found(
        &mut self,
        now: Time,
        sides: [NodeId; 2],
        [mine, theirs]: [&[Key]; 2],
        holdings: &Holdings,
    ) {
        self.examined += 1;
        if mine.is_empty() && theirs.is_empty() {
            let story = format!("leaves of {} and {} differ, and no key does", sides[0], sides[1]);
            return self.find(now, None, sides, "a leaf without a difference", story);
        }
        for key in mine.iter().chain(theirs).copied() {
            let [ours, other] = sides.map(|node| holdings.copies(key).get(&node));
            if ours.map(|set| set.digest()) == other.map(|set| set.digest()) {
                // That is churn, and for another judge.
                continue;
            }
            let left = [(ours, mine, sides), (other, theirs, [sides[1], sides[0]])];
            for (_, _, [from, to]) in
                left.iter().filter(|(held, goes, _)| held.is_some() && !goes.contains(&key))
            {
                let story =
                    format!("{from} holds {key} otherwise than {to}, which does not get it");
                self.find(now, Some(key), sides, "a copy that does not go over", story);
            }
        }
    }

    fn on_kept(&mut self, now: Time, node: NodeId, change: &Change) {
        self.examined += 1;
        let Some(before) = &change.before else { return };
        if !covers(change.after.as_deref(), before) {
            let story = format!("{node} knows less of {} since it was brought a copy", change.key);
            let mechanism = "an exchange that takes something away";
            self.find(now, Some(change.key), [node, node], mechanism, story);
        }
    }

    fn find(
        &mut self,
        now: Time,
        key: Option<Key>,
        nodes: [NodeId; 2],
        mechanism: &'static str,
        story: String,
    ) {
        tell(&mut self.findings, now, key, nodes, mechanism, story);
    }
}

fn tell(
    findings: &mut Findings,
    now: Time,
    key: Option<Key>,
    nodes: [NodeId; 2],
    mechanism: &'static str,
    story: String,
) {
    let nodes = nodes.to_vec();
    findings.add(|| Finding { time: Some(now), key, nodes, mechanism, ..Finding::story(story) });
}
