//! Each judge lets a good run pass and catches the wrong that is planted for it.

use std::rc::Rc;

use crate::check::judges::Judges;
use crate::check::verdict::{Outcome, Verdict};
use crate::dynamo::config::{Quorum, Versioning};
use crate::dynamo::fact::{Cause, Fact};
use crate::dynamo::message::Kind;
use crate::dynamo::storage::hint_store::Hint;
use crate::dynamo::storage::store::Change;
use crate::dynamo::versioning::version::VersionSet;
use crate::faults::spec::DiskAfterCrash;
use crate::ghost::{Ghost, Numbering};
use crate::id::{Key, NodeId};
use crate::switch::Switch;
use crate::trace::layout::Layout;
use crate::trace::record::{Account, Drop, Record, Touched};
use crate::trace::rehearsal::{Stage, account, at, hint, layout, partition, set};
use crate::workload::words::OperationResult;

/// A run in which all is well: a write that all homes hold, a hint that was delivered, a read.
fn good_run(layout: &Layout) -> (Stage<Judges>, Account, Rc<VersionSet>) {
    let mut stage = Stage::new(Judges::new(layout));
    let (_, written) = stage.at(100).write(0, 0, &[]);
    stage.fact(3, Fact::HintCreated { hint: hint(0, &written) });
    stage.fact(3, Fact::HintDelivered { hint: hint(0, &written) });
    let get = stage.at(200).get(1, 0);
    stage.ok(get, Some(Rc::clone(&written)));
    let mut account = account(at(10_000));
    for node in 0..3 {
        account.nodes[node].copies.push((Key(0), Rc::clone(&written)));
    }
    account.touched = vec![Touched { messages: 1, ..Touched::default() }; layout.faults.len()];
    let fetches = &mut account.totals.kinds[Kind::Fetch as usize];
    (fetches.sent, fetches.copies, fetches.delivered) = (9, 1, 7);
    fetches.dropped[Drop::Cut as usize] = 2;
    account.in_flight[Kind::Fetch as usize] = 1;
    (stage, account, written)
}

fn verdicts(stage: Stage<Judges>, account: &Account) -> Vec<Verdict> {
    stage.observer.verdicts(account)
}

/// What a judge says of a good run into which something was planted.
pub(in crate::check) fn judged(
    judge: &str,
    layout: &Layout,
    plant: impl FnOnce(&mut Stage<Judges>, &mut Account, &Rc<VersionSet>),
) -> Verdict {
    let (mut stage, mut account, written) = good_run(layout);
    plant(&mut stage, &mut account, &written);
    let all = verdicts(stage, &account);
    let only = |verdict: &Verdict| verdict.judge == judge;
    let found = all.into_iter().find(only).expect("the judge speaks");
    let clean = matches!(found.outcome, Outcome::Held | Outcome::NotMet);
    assert_eq!(clean, found.findings.is_empty());
    found
}

pub(in crate::check) fn with_fault() -> Layout {
    layout(vec![partition(1, 2)])
}

#[test]
fn a_good_run_holds_before_all_judges() {
    let (stage, account, _) = good_run(&with_fault());
    let all = verdicts(stage, &account);
    let met = all.iter().filter(|verdict| verdict.outcome != Outcome::NotMet).count();
    assert!(met >= 10);
    for verdict in all {
        let met = verdict.outcome != Outcome::NotMet;
        assert!(!met || verdict.outcome == Outcome::Held, "{verdict:?}");
        assert_eq!(verdict.examined > 0, met, "{verdict:?}");
    }
}

#[test]
fn an_empty_run_is_no_pass() {
    let stage = Stage::new(Judges::new(&layout(Vec::new())));
    let all = verdicts(stage, &account(at(0)));
    let empty = all.iter().filter(|verdict| verdict.outcome == Outcome::NothingExamined);
    let empty: Vec<&str> = empty.map(|verdict| verdict.judge).collect();
    assert_eq!(empty, ["operations", "no_invention", "durability"]);
    assert!(all.iter().all(|verdict| verdict.judge != "vacuity"));
}

#[test]
fn the_message_ledger_notices_one_message() {
    type Plant = fn(&mut Account);
    let plants: [Plant; 5] = [
        |account| account.totals.kinds[Kind::Fetch as usize].sent += 1,
        |account| account.totals.kinds[Kind::Fetch as usize].copies += 1,
        |account| account.totals.kinds[Kind::Fetch as usize].delivered -= 1,
        |account| account.totals.kinds[Kind::Pong as usize].dropped[0] += 1,
        |account| account.in_flight[Kind::Fetch as usize] += 1,
    ];
    for plant in plants {
        let verdict = judged("message_ledger", &with_fault(), |_, account, _| plant(account));
        assert_eq!((verdict.outcome, verdict.found), (Outcome::Violated, 1));
    }
}

#[test]
fn the_hint_ledger_notices_one_hint_and_one_byte() {
    type Make = fn(Hint) -> Fact;
    let makes: [Make; 5] = [
        |hint| Fact::HintCreated { hint },
        |hint| Fact::HintRevived { hint },
        |hint| Fact::HintDelivered { hint },
        |hint| Fact::HintSuperseded { hint },
        |hint| Fact::HintLost { hint },
    ];
    for make in makes {
        let verdict = judged("hint_ledger", &with_fault(), |stage, _, written| {
            stage.fact(3, make(hint(1, written)));
        });
        assert_eq!((verdict.outcome, verdict.found), (Outcome::Violated, 2));
    }
    let pending = judged("hint_ledger", &with_fault(), |_, account, written| {
        account.nodes[3].hints.push(hint(1, written));
    });
    assert_eq!(pending.outcome, Outcome::Violated);
    // One created, another delivered: the count is right and the bytes are not.
    let swapped = judged("hint_ledger", &with_fault(), |stage, _, written| {
        let ghost = &written.versions()[0].ghost;
        stage.fact(3, Fact::HintCreated { hint: hint(1, written) });
        stage.fact(3, Fact::HintDelivered { hint: hint(1, &set(&[ghost, ghost])) });
    });
    assert_eq!((swapped.outcome, swapped.found), (Outcome::Violated, 1));
}

#[test]
fn operations_must_end_once() {
    let open = judged("operations", &with_fault(), |stage, _, _| {
        stage.get(0, 0);
    });
    assert!(open.findings[0].story.contains("never ended"), "{open:?}");
    let twice = judged("operations", &with_fault(), |stage, _, _| {
        let get = stage.get(0, 0);
        stage.ok(get, None);
        stage.end(get, OperationResult::Failed);
    });
    assert_eq!((twice.outcome, twice.found), (Outcome::Violated, 1));
}

/// A write that no client began, of a key that is written otherwise.
fn invented() -> Rc<VersionSet> {
    let mut numbering = Numbering::new(1);
    for _ in 0..41 {
        numbering.next(Key(0));
    }
    set(&[&Ghost::new(numbering.next(Key(0)), [])])
}

#[test]
fn nothing_is_invented() {
    let read = judged("no_invention", &with_fault(), |stage, _, _| {
        let get = stage.get(0, 0);
        stage.ok(get, Some(invented()));
    });
    assert_eq!((read.outcome, read.findings[0].event.unwrap().number), (Outcome::Violated, 42));
    let held = judged("no_invention", &with_fault(), |_, account, _| {
        account.nodes[2].copies.push((Key(1), invented()));
    });
    assert_eq!(held.findings[0].nodes, [NodeId(2)]);
    let hinted = judged("no_invention", &with_fault(), |_, account, _| {
        account.nodes[3].hints.push(hint(0, &invented()));
    });
    assert_eq!(hinted.found, 1);
}

#[test]
fn a_committed_write_that_nobody_covers_is_lost() {
    let lose = |versioning, crash: bool| {
        let mut layout = with_fault();
        layout.cluster.versioning = versioning;
        judged("durability", &layout, |stage, _, written| {
            let (_, lost) = stage.write(0, 0, &[&written.versions()[0].ghost]);
            for node in 0..3 {
                if crash {
                    let (before, after) = (Some(Rc::clone(&lost)), Some(Rc::clone(written)));
                    let change = Change { key: Key(0), before, after };
                    stage.fact(node, Fact::Lost { change });
                } else {
                    stage.keep(node, written, Cause::Put);
                }
            }
        })
    };
    let plain = lose(Versioning::Dotted, false);
    assert_eq!((plain.outcome, plain.examined, plain.found), (Outcome::Violated, 2, 1));
    assert_eq!(plain.findings[0].event.unwrap().number, 2);
    assert_eq!(lose(Versioning::Dotted, true).outcome, Outcome::Anomaly);
    assert_eq!(lose(Versioning::Literal, false).outcome, Outcome::Anomaly);
    assert_eq!(lose(Versioning::LastWriteWins, false).outcome, Outcome::Anomaly);
}

#[test]
fn a_hint_and_a_past_cover_a_committed_write() {
    let covered = judged("durability", &with_fault(), |stage, account, written| {
        let first = written.versions()[0].ghost.clone();
        let (second, _) = stage.write(0, 0, &[&first]);
        let third = stage.ghost(0, &[&second]);
        account.nodes[3].hints.push(hint(0, &set(&[&third])));
    });
    assert_eq!(covered.outcome, Outcome::Held);
}

#[test]
fn all_homes_hold_the_same_in_the_end() {
    type Plant = fn(&mut Account, &Rc<VersionSet>);
    let plants: [Plant; 5] = [
        |account, _| drop(account.nodes[1].copies.pop()),
        |account, written| account.nodes[3].copies.push((Key(0), Rc::clone(written))),
        |account, written| account.nodes[3].hints.push(hint(0, written)),
        |account, _| account.nodes[2].membership = 8,
        |account, _| account.quiescent = false,
    ];
    for plant in plants {
        let verdict = judged("convergence", &with_fault(), |_, account, written| {
            plant(account, written);
        });
        assert_eq!((verdict.outcome, verdict.found), (Outcome::Violated, 1), "{verdict:?}");
    }
}

#[test]
fn convergence_is_promised_by_anti_entropy_or_by_hints_without_crashes() {
    let outcome = |anti_entropy: bool, handoff: bool, quorum, crash: bool| {
        let mut layout = with_fault();
        if !anti_entropy {
            layout.cluster.anti_entropy = Switch::Off;
        }
        if !handoff {
            layout.cluster.hinted_handoff = Switch::Off;
        }
        layout.cluster.quorum = quorum;
        let verdict = judged("convergence", &layout, |stage, account, _| {
            if crash {
                stage.see(Record::Down { node: NodeId(1), disk: DiskAfterCrash::Kept });
            }
            account.nodes[1].copies.clear();
        });
        verdict.outcome
    };
    let rows = [
        (true, true, Quorum::Strict, true, Outcome::Violated),
        (false, true, Quorum::Sloppy, false, Outcome::Violated),
        (false, true, Quorum::Sloppy, true, Outcome::Anomaly),
        (false, true, Quorum::Strict, false, Outcome::Anomaly),
        (false, false, Quorum::Sloppy, false, Outcome::Anomaly),
    ];
    for (anti_entropy, handoff, quorum, crash, wanted) in rows {
        assert_eq!(outcome(anti_entropy, handoff, quorum, crash), wanted);
    }
}

#[test]
fn a_fault_that_touched_nothing_is_vacuous() {
    let verdict = judged("vacuity", &with_fault(), |_, account, _| {
        account.touched[0] = Touched::default();
    });
    assert_eq!((verdict.outcome, verdict.examined), (Outcome::Vacuous, 1));
}

#[test]
fn only_the_first_findings_are_told() {
    let verdict = judged("operations", &with_fault(), |stage, _, written| {
        for _ in 0..50 {
            stage.get(0, 0);
        }
        stage.keep(0, written, Cause::Put);
    });
    assert_eq!((verdict.found, verdict.findings.len()), (50, 20));
}
