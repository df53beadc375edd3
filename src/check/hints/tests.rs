//! Each judge of hints lets a good run pass and catches the wrong that is planted for it.

use std::rc::Rc;

use crate::check::judges::Judges;
use crate::check::tests::{judged, with_fault};
use crate::check::verdict::{Outcome, Verdict};
use crate::dynamo::config::Versioning;
use crate::dynamo::config::handoff::HintedHandoff;
use crate::dynamo::fact::stand_in::StandInFact;
use crate::dynamo::fact::{Cause, Fact};
use crate::dynamo::storage::store::Change;
use crate::dynamo::versioning::version::VersionSet;
use crate::faults::spec::DiskAfterCrash;
use crate::ghost::{Ghost, Numbering};
use crate::id::{Key, NodeId};
use crate::switch::Switch;
use crate::time::Duration;
use crate::trace::record::Record;
use crate::trace::rehearsal::{Stage, at, hint, set};

fn told(judge: &str, plant: impl FnOnce(&mut Stage<Judges>, &Rc<VersionSet>)) -> Verdict {
    judged(judge, &with_fault(), |stage, _, written| plant(stage, written))
}

/// A set that no node holds.
fn unknown(stage: &mut Stage<Judges>) -> Rc<VersionSet> {
    let ghost = stage.ghost(0, &[]);
    set(&[&ghost])
}

fn given_up(others: &[(u32, u32)]) -> Fact {
    let ghost = Ghost::new(Numbering::new(1).next(Key(0)), []);
    let asked = [(0, 0), (1, 1), (2, 2)].iter().chain(others);
    let asked = asked.map(|(node, home)| (NodeId(*node), NodeId(*home))).collect();
    let (key, silent) = (Key(0), NodeId(1));
    Fact::StandIn(Box::new(StandInFact::GivenUp { key, ghost, silent, asked }))
}

#[test]
fn a_silent_home_has_a_stand_in_if_there_is_one() {
    let nobody = told("hint_conservation", |stage, _| stage.fact(0, given_up(&[])));
    assert_eq!((nobody.outcome, nobody.found), (Outcome::Violated, 1));
    assert_eq!(nobody.findings[0].nodes, [NodeId(0), NodeId(1)]);
    let somebody = told("hint_conservation", |stage, _| stage.fact(0, given_up(&[(3, 1)])));
    assert_eq!(somebody.outcome, Outcome::Held);
    let none_left = told("hint_conservation", |stage, _| {
        stage.fact(0, Fact::Suspected { peer: NodeId(3) });
        stage.fact(0, given_up(&[]));
    });
    assert_eq!(none_left.outcome, Outcome::Held);
    let back_again = told("hint_conservation", |stage, _| {
        stage.fact(0, Fact::Suspected { peer: NodeId(3) });
        stage.fact(0, Fact::Cleared { peer: NodeId(3) });
        stage.fact(0, given_up(&[]));
    });
    assert_eq!(back_again.outcome, Outcome::Violated);
}

#[test]
fn what_a_stand_in_has_confirmed_is_kept() {
    let confirmed = |kept: bool| {
        told("hint_conservation", |stage, _| {
            let set = unknown(stage);
            let ghost = set.versions()[0].ghost.clone();
            if kept {
                stage.fact(3, Fact::HintCreated { hint: hint(1, &set) });
            }
            let (key, holder, home) = (Key(0), NodeId(3), NodeId(1));
            let fact = StandInFact::Confirmed { key, ghost, holder, home };
            stage.fact(0, Fact::StandIn(Box::new(fact)));
        })
    };
    assert_eq!(confirmed(true).outcome, Outcome::Held);
    assert_eq!(confirmed(false).findings[0].mechanism, "confirmed but not kept");
}

#[test]
fn a_hint_goes_when_its_home_has_it() {
    let early = told("hint_conservation", |stage, _| {
        let hint = hint(1, &unknown(stage));
        stage.fact(3, Fact::HintCreated { hint: hint.clone() });
        stage.fact(3, Fact::HintDelivered { hint });
    });
    assert_eq!((early.outcome, early.found), (Outcome::Violated, 1));
    let mut layout = with_fault();
    layout.cluster.versioning = Versioning::LastWriteWins;
    let allowed = judged("hint_conservation", &layout, |stage, _, _| {
        let hint = hint(1, &unknown(stage));
        stage.fact(3, Fact::HintDelivered { hint });
    });
    assert_eq!(allowed.outcome, Outcome::Anomaly);
}

#[test]
fn a_hint_melts_into_others() {
    let melts = |into: bool, lost: bool| {
        told("hint_conservation", |stage, _| {
            let hint = hint(1, &unknown(stage));
            stage.fact(3, Fact::HintCreated { hint: hint.clone() });
            stage.fact(3, Fact::HintSuperseded { hint: hint.clone() });
            if into {
                stage.fact(3, Fact::HintCreated { hint: hint.clone() });
            }
            if lost {
                stage.fact(3, Fact::HintLost { hint });
            }
            stage.fact(0, Fact::Passed);
        })
    };
    assert_eq!(melts(true, false).outcome, Outcome::Held);
    assert_eq!(melts(true, true).outcome, Outcome::Held, "a disk has lost it at once");
    assert_eq!(melts(false, false).findings[0].mechanism, "a hint that went into nothing");
}

#[test]
fn a_crash_that_keeps_the_disk_keeps_hints() {
    for (disk, wanted) in
        [(DiskAfterCrash::Kept, Outcome::Violated), (DiskAfterCrash::Wiped, Outcome::Held)]
    {
        let verdict = told("hint_conservation", |stage, written| {
            stage.see(Record::Down { node: NodeId(3), disk });
            stage.fact(3, Fact::HintLost { hint: hint(1, written) });
        });
        assert_eq!(verdict.outcome, wanted);
    }
}

#[test]
fn holders_are_no_homes_and_targets_are() {
    let created = |judge, node, target| {
        told(judge, |stage, written| {
            stage.fact(node, Fact::HintCreated { hint: hint(target, written) });
        })
    };
    assert_eq!(created("hint_holders", 3, 1).outcome, Outcome::Held);
    assert_eq!(created("hint_holders", 2, 1).outcome, Outcome::Violated);
    assert_eq!(created("hint_holders", 3, 3).findings[0].mechanism, "a hint for oneself");
    assert_eq!(created("hint_targets", 3, 1).outcome, Outcome::Held);
    assert_eq!(created("hint_targets", 2, 3).outcome, Outcome::Violated);
}

#[test]
fn no_hint_waits_for_one_that_is_gone() {
    let mut layout = with_fault();
    layout.administered = true;
    for (belongs, wanted) in [(true, Outcome::Held), (false, Outcome::Violated)] {
        let verdict = judged("hint_targets", &layout, |stage, account, written| {
            stage.at(10_000).see(Record::Settling);
            account.now = at(500_000);
            account.nodes[1].belongs = belongs;
            account.nodes[3].hints.push(hint(1, written));
        });
        assert_eq!(verdict.outcome, wanted);
    }
}

#[test]
fn a_delivery_takes_nothing_away() {
    let delivered = |merges: bool| {
        told("hint_delivery", |stage, written| {
            let ghost = written.versions()[0].ghost.clone();
            let seen = [&ghost];
            let newer = stage.ghost(0, if merges { &seen } else { &[] });
            let (before, after) = (Some(Rc::clone(written)), Some(set(&[&newer])));
            let change = Change { key: Key(0), before, after };
            stage.fact(1, Fact::Kept { change, cause: Cause::Handoff });
        })
    };
    assert_eq!(delivered(true).outcome, Outcome::Held);
    assert_eq!(delivered(false).outcome, Outcome::Violated);
}

#[test]
fn what_is_kept_for_others_is_no_copy_of_a_home() {
    for (node, wanted) in [(1, Outcome::Held), (3, Outcome::Violated)] {
        let verdict = told("hint_home_copies", |stage, written| {
            stage.fact(0, given_up(&[(3, 1)]));
            stage.keep(node, written, Cause::Put);
        });
        assert_eq!(verdict.outcome, wanted);
    }
}

#[test]
fn hints_go_home() {
    let waits = |milliseconds, suspected: bool| {
        told("hint_drain", |stage, written| {
            stage.fact(3, Fact::HintCreated { hint: hint(1, written) });
            if suspected {
                stage.fact(3, Fact::Suspected { peer: NodeId(1) });
            }
            stage.at(milliseconds).fact(3, Fact::HintDelivered { hint: hint(1, written) });
        })
    };
    assert_eq!(waits(20_000, false).outcome, Outcome::Held);
    assert_eq!(waits(60_000, true).outcome, Outcome::Held);
    assert_eq!(waits(60_000, false).findings[0].mechanism, "hints that wait for nothing");
    for (up, wanted) in [(false, Outcome::Held), (true, Outcome::Violated)] {
        let left = judged("hint_drain", &with_fault(), |stage, account, written| {
            stage.fact(3, Fact::Suspected { peer: NodeId(1) });
            stage.fact(3, Fact::HintCreated { hint: hint(1, written) });
            stage.at(10_000).see(Record::Settling);
            account.now = at(500_000);
            account.nodes[1].up = up;
            account.nodes[3].hints.push(hint(1, written));
        });
        assert_eq!(left.outcome, wanted);
    }
}

#[test]
fn each_hint_that_is_dropped_is_counted() {
    let mut layout = with_fault();
    let window = Some(Duration::from_secs(60));
    layout.cluster.hinted_handoff =
        Switch::On(HintedHandoff { window, ..HintedHandoff::default() });
    for (counted, wanted) in [(true, Outcome::Held), (false, Outcome::Violated)] {
        let verdict = judged("hint_drops", &layout, |stage, _, written| {
            stage.fact(3, Fact::HintCreated { hint: hint(1, written) });
            if counted {
                stage.fact(3, Fact::HintDropped { hint: hint(1, written) });
            }
        });
        assert_eq!(verdict.outcome, wanted);
    }
}
