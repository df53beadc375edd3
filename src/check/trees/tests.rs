//! Each judge of anti-entropy lets a good run pass and catches the wrong that is planted for it.

use crate::check::judges::Judges;
use crate::check::tests::{judged, with_fault};
use crate::check::verdict::{Outcome, Verdict};
use crate::dynamo::config::AntiEntropy;
use crate::dynamo::fact::exchange::ExchangeFact;
use crate::dynamo::fact::{Cause, Fact};
use crate::dynamo::storage::inspection::{Inspection, TreeLook, Wrong};
use crate::id::{Key, NodeId};
use crate::switch::Switch;
use crate::trace::rehearsal::{Stage, set};

fn told(judge: &str, plant: impl FnOnce(&mut Stage<Judges>)) -> Verdict {
    judged(judge, &with_fault(), |stage, _, _| plant(stage))
}

fn exchange(fact: ExchangeFact) -> Fact {
    Fact::Exchange(Box::new(fact))
}

fn began(peer: u32, inspection: Inspection) -> Fact {
    exchange(ExchangeFact::Began { peer: NodeId(peer), round: 7, inspection })
}

fn found(mine: &[u32], theirs: &[u32]) -> Fact {
    let keys = |keys: &[u32]| keys.iter().copied().map(Key).collect();
    let (by, peer) = (NodeId(0), NodeId(0));
    let (mine, theirs) = (keys(mine), keys(theirs));
    exchange(ExchangeFact::Found { by, round: 7, peer, mine, theirs })
}

#[test]
fn roots_are_equal_exactly_if_contents_are() {
    let look = |root, contents| {
        let tree = Some(TreeLook { bounds: (1, 2), root, contents });
        Inspection { keys: 1, tree, ..Inspection::default() }
    };
    let rows = [
        (10, 20, Outcome::Held),
        (11, 21, Outcome::Held),
        (11, 20, Outcome::Violated),
        (10, 21, Outcome::Violated),
    ];
    for (root, contents, wanted) in rows {
        let verdict = told("tree_roots", |stage| {
            stage.fact(0, began(1, look(10, 20)));
            stage.fact(1, began(0, look(root, contents)));
        });
        assert_eq!((verdict.outcome, verdict.examined), (wanted, 1));
    }
}

#[test]
fn short_hashes_excuse_equal_roots_and_nothing_else() {
    let mut layout = with_fault();
    let settings = AntiEntropy { hash_bits: 8, ..AntiEntropy::default() };
    layout.cluster.anti_entropy = Switch::On(settings);
    let look = |root, contents| {
        let tree = Some(TreeLook { bounds: (1, 2), root, contents });
        Inspection { keys: 1, tree, ..Inspection::default() }
    };
    let rows = [(10, 20, Outcome::Held), (10, 21, Outcome::Anomaly), (11, 20, Outcome::Violated)];
    for (root, contents, wanted) in rows {
        let verdict = judged("tree_roots", &layout, |stage, _, _| {
            stage.fact(0, began(1, look(10, 20)));
            stage.fact(1, began(0, look(root, contents)));
        });
        assert_eq!(verdict.outcome, wanted);
    }
}

#[test]
fn trees_say_what_stores_hold() {
    let wrong = |tree, store| Inspection {
        keys: 9,
        wrong: vec![Wrong { key: Key(0), tree, store }],
        ..Inspection::default()
    };
    for inspection in [
        wrong(None, Some(1)),
        wrong(Some(1), None),
        wrong(Some(1), Some(2)),
        Inspection { keys: 9, untrue: vec![Key(1)], ..Inspection::default() },
    ] {
        let verdict = told("tree_contents", |stage| stage.fact(0, began(1, inspection)));
        assert_eq!((verdict.outcome, verdict.found), (Outcome::Violated, 1));
    }
    let right = Inspection { keys: 9, ..Inspection::default() };
    let right = told("tree_contents", |stage| stage.fact(0, began(1, right)));
    assert_eq!((right.outcome, right.examined), (Outcome::Held, 9));
}

/// An exchange that n0 begins at two seconds and n1 answers, with two keys that differ: n1 alone
/// holds the one, and both the other. Something else may be written meanwhile.
fn answered(judge: &str, written: bool, fact: Fact) -> Verdict {
    told(judge, |stage| {
        let ghosts = [1, 2].map(|key| stage.ghost(key, &[]));
        let [alone, newer] = &ghosts;
        let older = stage.ghost(2, &[]);
        stage.keep(1, &set(&[alone]), Cause::Put);
        stage.keep(1, &set(&[newer]), Cause::Put);
        stage.keep(0, &set(&[&older]), Cause::Put);
        stage.at(2_000).fact(0, began(1, Inspection::default()));
        if written {
            let more = stage.ghost(0, &[]);
            stage.at(2_001).keep(1, &set(&[&more]), Cause::Put);
        }
        stage.at(2_002).fact(1, fact);
    })
}

#[test]
fn an_exchange_overlooks_nothing() {
    let rows: [(&[u32], &[u32], Outcome); 4] = [
        (&[1, 2], &[2], Outcome::Held),
        (&[1, 2], &[], Outcome::Violated),
        (&[1], &[2], Outcome::Violated),
        (&[], &[], Outcome::Violated),
    ];
    for (mine, theirs, wanted) in rows {
        let verdict = answered("exchange_results", false, found(mine, theirs));
        assert_eq!(verdict.outcome, wanted, "{mine:?} {theirs:?}");
    }
    let busy = answered("exchange_results", true, found(&[], &[]));
    assert_eq!(busy.outcome, Outcome::NotMet);
    let (peer, by, round, hashes) = (NodeId(0), NodeId(0), 7, 2);
    for (step, differing, wanted) in
        [(1, 0, Outcome::NotMet), (2, 1, Outcome::Held), (2, 0, Outcome::Violated)]
    {
        let compared = Fact::Compared { peer, by, round, step, hashes, differing };
        assert_eq!(answered("exchange_results", false, compared).outcome, wanted);
    }
}

#[test]
fn an_exchange_is_about_keys_of_both_homes() {
    let by_home = answered("exchange_ranges", false, found(&[1], &[]));
    assert_eq!(by_home.outcome, Outcome::Held);
    let by_stranger = told("exchange_ranges", |stage| stage.fact(3, found(&[1], &[])));
    assert_eq!((by_stranger.outcome, by_stranger.found), (Outcome::Violated, 1));
}

#[test]
fn an_exchange_finds_nothing_where_nothing_differs() {
    assert_eq!(answered("exchange_churn", false, found(&[1, 2], &[2])).outcome, Outcome::Held);
    // All homes hold the same of the first key.
    let vain = answered("exchange_churn", false, found(&[0], &[0]));
    assert_eq!((vain.outcome, vain.found), (Outcome::Violated, 2));
    assert_eq!(answered("exchange_churn", true, found(&[0], &[0])).outcome, Outcome::NotMet);
}
