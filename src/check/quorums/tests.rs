//! Each judge of quorums lets what is right pass and finds the wrong that is planted for it.

use std::rc::Rc;

use crate::check::judges::Judges;
use crate::check::verdict::{Outcome, Verdict};
use crate::dynamo::config::conditions::Conditions;
use crate::dynamo::config::{Flush, Quorum, Versioning};
use crate::dynamo::fact::request::{Asked, Counted, Heard, Mended, Unanswered};
use crate::dynamo::fact::{Cause, Fact, Making};
use crate::dynamo::message::Ticket;
use crate::dynamo::ring::placement::Ring;
use crate::dynamo::ring::position::{KeySpace, Position};
use crate::dynamo::ring::strategy::Placement;
use crate::dynamo::storage::store::Change;
use crate::dynamo::versioning::clock::Actor;
use crate::dynamo::versioning::version::VersionSet;
use crate::ghost::Ghost;
use crate::id::{AttemptId, Key, NodeId, OperationId};
use crate::time::Duration;
use crate::trace::layout::Layout;
use crate::trace::rehearsal::{Stage, account, at, layout, set};

/// Four nodes with a token each, three copies.
fn ring() -> Rc<Ring> {
    let placement = Placement::by_tokens(3, Rc::new(KeySpace::new(3)));
    let tokens: Vec<[Position; 1]> = (0..4).map(|node| [node << 126 | 7]).collect();
    let members = tokens.iter().enumerate().map(|(node, own)| (NodeId(node as u32), &own[..]));
    Rc::new(Ring::new(members, &placement))
}

/// The node that is no home of key 0, and those that are.
fn beyond_and_homes() -> (NodeId, Vec<NodeId>) {
    let ring = ring();
    let list: Vec<NodeId> = ring.walk(ring.range_of(Key(0))).collect();
    (list[3], list[..3].to_vec())
}

fn asked(node: NodeId, home: NodeId, heard: Heard) -> Asked {
    Asked { node, home, heard }
}

/// A request for key 0 that two homes have answered.
fn request(operation: OperationId, ghost: Option<&Ghost>) -> Unanswered {
    let homes = beyond_and_homes().1;
    let heard = [Heard::Answer, Heard::Answer, Heard::Nothing];
    Unanswered {
        attempt: AttemptId { operation, attempt: 0 },
        key: Key(0),
        ticket: Ticket { life: 0, slot: operation.number, serial: 0 },
        ghost: ghost.cloned(),
        asked: homes.iter().zip(heard).map(|(home, heard)| asked(*home, *home, heard)).collect(),
        began_in: ring(),
        ring: ring(),
        took: Duration::from_millis(5),
    }
}

fn counted(
    operation: OperationId,
    ghost: Option<&Ghost>,
    answers: Vec<Option<Rc<VersionSet>>>,
    reply: Option<Rc<VersionSet>>,
) -> Counted {
    Counted { request: request(operation, ghost), count: 2, answers, reply }
}

fn tell(stage: &mut Stage<Judges>, counted: Counted) {
    stage.fact(1, Fact::Counted(Box::new(counted)));
}

/// A put of key 0 that these nodes keep, and that succeeds.
fn put(stage: &mut Stage<Judges>, seen: &[&Ghost], nodes: &[u32]) -> (Ghost, Rc<VersionSet>) {
    let ghost = stage.ghost(0, seen);
    let operation = stage.put(0, &ghost);
    let stored = set(&[&ghost]);
    nodes.iter().for_each(|node| stage.keep(*node, &stored, Cause::Put));
    tell(stage, counted(operation, Some(&ghost), Vec::new(), Some(Rc::clone(&stored))));
    stage.ok(operation, Some(Rc::clone(&stored)));
    (ghost, stored)
}

/// A get of key 0 that returns this.
fn get(stage: &mut Stage<Judges>, client: u32, reply: Option<&Rc<VersionSet>>) {
    let operation = stage.get(client, 0);
    let reply = reply.map(Rc::clone);
    tell(stage, counted(operation, None, vec![reply.clone(), reply.clone()], reply.clone()));
    stage.ok(operation, reply);
}

fn strict() -> Layout {
    let mut layout = layout(Vec::new());
    layout.cluster.quorum = Quorum::Strict;
    layout
}

/// What a judge says of a run.
fn judged(judge: &str, layout: &Layout, play: impl FnOnce(&mut Stage<Judges>)) -> Verdict {
    let mut stage = Stage::new(Judges::new(layout));
    play(&mut stage);
    let all = stage.observer.verdicts(&account(at(10_000)));
    all.into_iter().find(|verdict| verdict.judge == judge).expect("the judge speaks")
}

/// What it finds wrong.
fn broken(judge: &str, layout: &Layout, play: impl FnOnce(&mut Stage<Judges>)) -> &'static str {
    let verdict = judged(judge, layout, play);
    assert_eq!(verdict.outcome, Outcome::Violated, "{verdict:?}");
    verdict.findings[0].mechanism
}

#[test]
fn what_is_right_is_held_by_all() {
    let mut stage = Stage::new(Judges::new(&strict()));
    let (first, old) = put(&mut stage, &[], &[0, 1]);
    get(&mut stage, 0, Some(&old));
    let (_, new) = put(&mut stage, &[&first], &[0, 2]);
    get(&mut stage, 0, Some(&new));
    let all = stage.observer.verdicts(&account(at(10_000)));
    for judge in ["honest_ack", "counted_once", "freshness", "frontier", "operations"] {
        let verdict = all.iter().find(|verdict| verdict.judge == judge).expect("it speaks");
        assert_eq!(verdict.outcome, Outcome::Held, "{verdict:?}");
    }
    for judge in ["preference_lists", "read_your_writes", "monotonic_reads"] {
        let verdict = all.iter().find(|verdict| verdict.judge == judge).expect("it speaks");
        assert_eq!(verdict.outcome, Outcome::Held, "{verdict:?}");
    }
}

#[test]
fn an_acknowledged_write_is_held_by_w_nodes() {
    let few =
        |layout: &Layout| judged("honest_ack", layout, |stage| drop(put(stage, &[], &[2]))).outcome;
    assert_eq!(few(&strict()), Outcome::Violated);
    let mut buffered = strict();
    buffered.cluster.flush = Flush::Every(Duration::from_secs(1));
    assert_eq!(few(&buffered), Outcome::Anomaly);
    let mut stamped = strict();
    stamped.cluster.versioning = Versioning::LastWriteWins;
    assert_eq!(few(&stamped), Outcome::Anomaly);
}

/// W = 2: a home and the stand-in for it are counted, and the home alone holds the write. Without
/// any other, or where that stood in for another home, too few had it.
#[test]
fn a_stand_in_that_has_handed_its_copy_to_a_home_that_counts_is_excused() {
    let verdict = |other: Option<usize>| {
        judged("honest_ack", &layout(Vec::new()), |stage| {
            let (beyond, homes) = beyond_and_homes();
            let ghost = stage.ghost(0, &[]);
            let operation = stage.put(0, &ghost);
            let stored = set(&[&ghost]);
            stage.keep(homes[0].0, &stored, Cause::Put);
            let mut told = counted(operation, Some(&ghost), Vec::new(), None);
            told.request.asked[1].heard = Heard::Silence;
            let other = other.map(|other| asked(beyond, homes[other], Heard::Answer));
            told.request.asked.extend(other);
            tell(stage, told);
        })
    };
    assert_eq!((verdict(Some(0)).outcome, verdict(Some(0)).found), (Outcome::Anomaly, 1));
    assert_eq!(verdict(Some(1)).outcome, Outcome::Violated);
    assert_eq!(verdict(None).outcome, Outcome::Violated);
}

#[test]
fn each_node_counts_once() {
    type Change = fn(&mut Counted);
    let rows: [(Change, &str); 3] = [
        (|counted| counted.count = 3, "counted more answers than nodes have given"),
        (|counted| counted.count = 1, "counted too few answers"),
        (|counted| counted.request.asked[2] = counted.request.asked[1], "asked a node twice"),
    ];
    for (change, mechanism) in rows {
        let found = broken("counted_once", &strict(), |stage| {
            let operation = stage.get(0, 0);
            let mut counted = counted(operation, None, vec![None, None], None);
            change(&mut counted);
            tell(stage, counted);
        });
        assert_eq!(found, mechanism);
    }
}

#[test]
fn a_read_is_as_fresh_as_quorums_that_meet_make_it() {
    let stale = |layout: &Layout| {
        let verdict = judged("freshness", layout, |stage| {
            let (_, old) = put(stage, &[], &[0, 1]);
            put(stage, &[], &[0, 2]);
            get(stage, 1, Some(&old));
        });
        (verdict.outcome, verdict.found)
    };
    assert_eq!(stale(&strict()), (Outcome::Violated, 1));
    assert_eq!(stale(&layout(Vec::new())), (Outcome::Anomaly, 1));
    let mut homes = layout(Vec::new());
    homes.cluster.conditions = Conditions { pr: 2, pw: 2, ..Conditions::default() };
    assert_eq!(stale(&homes), (Outcome::Violated, 1));
}

#[test]
fn a_get_returns_the_newest_of_its_answers_and_nothing_else() {
    let returned = |shown: &[usize]| {
        judged("frontier", &strict(), |stage| {
            let old = stage.ghost(0, &[]);
            let new = stage.ghost(0, &[&old]);
            let other = stage.ghost(0, &[]);
            let strange = stage.ghost(0, &[]);
            let all = [&old, &new, &other, &strange];
            let answers = vec![Some(set(&[&old])), Some(set(&[&new, &other])), None];
            let reply: Vec<&Ghost> = shown.iter().map(|place| all[*place]).collect();
            let reply = Some(set(&reply)).filter(|_| !shown.is_empty());
            let operation = stage.get(0, 0);
            tell(stage, counted(operation, None, answers, reply));
        })
    };
    assert_eq!(returned(&[1, 2]).outcome, Outcome::Held);
    let wrong: [(&[usize], &str); 4] = [
        (&[], "left out a version that nothing returned supersedes"),
        (&[1], "left out a version that nothing returned supersedes"),
        (&[0, 1, 2], "returned a version beside the one that supersedes it"),
        (&[1, 2, 3], "returned a version that was in no answer"),
    ];
    for (shown, mechanism) in wrong {
        let verdict = returned(shown);
        assert_eq!(verdict.outcome, Outcome::Violated);
        assert_eq!(verdict.findings[0].mechanism, mechanism);
    }
}

#[test]
fn homes_and_sites_that_are_asked_for_have_answered() {
    let mut asking = strict();
    asking.cluster.conditions = Conditions { pw: 2, ..Conditions::default() };
    let (beyond, homes) = beyond_and_homes();
    let found = broken("conditions", &asking, |stage| {
        let ghost = stage.ghost(0, &[]);
        let operation = stage.put(0, &ghost);
        let mut counted = counted(operation, Some(&ghost), Vec::new(), None);
        counted.request.asked[1] = asked(beyond, homes[1], Heard::Answer);
        tell(stage, counted);
    });
    assert_eq!(found, "too few homes among those who answered");
    asking.cluster.conditions = Conditions { write_sites: 2, ..Conditions::default() };
    let found = broken("conditions", &asking, |stage| drop(put(stage, &[], &[0, 1])));
    assert_eq!(found, "too few sites among those who answered");
}

#[test]
fn a_repair_takes_nothing_and_goes_to_those_behind() {
    let found = broken("read_repair", &strict(), |stage| {
        let (old, new) = (stage.ghost(0, &[]), stage.ghost(0, &[]));
        stage.keep(1, &set(&[&new]), Cause::Put);
        stage.keep(1, &set(&[&old]), Cause::ReadRepair);
    });
    assert_eq!(found, "a repair took away what a home had covered");
    let homes = beyond_and_homes().1;
    let mended = |sent: usize, to: &[usize]| {
        judged("read_repair", &strict(), |stage| {
            let old = stage.ghost(0, &[]);
            let new = stage.ghost(0, &[&old]);
            let strange = stage.ghost(0, &[&new]);
            let sets = [set(&[&old]), set(&[&new]), set(&[&strange])];
            let answers = vec![
                (homes[0], Some(Rc::clone(&sets[0]))),
                (homes[1], Some(Rc::clone(&sets[1]))),
                (homes[2], None),
            ];
            let (newest, sent) = (Rc::clone(&sets[1]), Rc::clone(&sets[sent]));
            let to = to.iter().map(|place| homes[*place]).collect();
            let mended = Mended { key: Key(0), ring: ring(), answers, newest, sent, to };
            stage.fact(1, Fact::Mended(Box::new(mended)));
        })
    };
    assert_eq!(mended(1, &[0, 2]).outcome, Outcome::Held);
    let wrong: [(usize, &[usize], &str); 4] = [
        (0, &[2], "what is to be sent does not cover an answer"),
        (1, &[0, 1, 2], "a repair was sent to one who held it"),
        (1, &[0], "a home that was behind was sent nothing"),
        (2, &[0, 2], "a version to be sent was in no answer"),
    ];
    for (sent, to, mechanism) in wrong {
        let verdict = mended(sent, to);
        assert_eq!(verdict.outcome, Outcome::Violated, "{mechanism}");
        assert_eq!(verdict.findings[0].mechanism, mechanism);
    }
}

#[test]
fn only_homes_and_their_stand_ins_are_asked() {
    let (beyond, homes) = beyond_and_homes();
    let outcome = |second: Asked| {
        let verdict = judged("preference_lists", &strict(), |stage| {
            let operation = stage.get(0, 0);
            let mut counted = counted(operation, None, vec![None, None], None);
            counted.request.asked[1] = second;
            tell(stage, counted);
        });
        verdict.outcome
    };
    assert_eq!(outcome(asked(beyond, homes[1], Heard::Answer)), Outcome::Held);
    assert_eq!(outcome(asked(beyond, beyond, Heard::Answer)), Outcome::Violated);
    assert_eq!(outcome(asked(homes[0], homes[1], Heard::Answer)), Outcome::Violated);
}

#[test]
fn whoever_is_silent_is_replaced() {
    let (beyond, homes) = beyond_and_homes();
    let outcome = |replaced: bool, believed_down: bool| {
        let verdict = judged("availability", &layout(Vec::new()), |stage| {
            if believed_down {
                stage.at(100).fact(1, Fact::Suspected { peer: beyond });
            }
            let operation = stage.at(200).get(0, 0);
            let mut request = request(operation, None);
            request.asked[1].heard = Heard::Silence;
            if replaced {
                request.asked.push(asked(beyond, homes[1], Heard::Nothing));
            }
            stage.at(500).fact(1, Fact::GivenUp(Box::new(request)));
        });
        verdict.outcome
    };
    assert_eq!(outcome(true, false), Outcome::Held);
    assert_eq!(outcome(false, true), Outcome::Held);
    assert_eq!(outcome(false, false), Outcome::Violated);
}

#[test]
fn a_request_is_answered_once_in_time_with_its_own_answer() {
    let found = |play: fn(&mut Stage<Judges>, OperationId)| {
        broken("operations", &strict(), |stage| {
            let operation = stage.get(0, 0);
            tell(stage, counted(operation, None, vec![None, None], None));
            play(stage, operation);
            stage.ok(operation, None);
        })
    };
    let twice = found(|stage, operation| {
        tell(stage, counted(operation, None, vec![None, None], None));
    });
    assert_eq!(twice, "was answered twice by one coordinator");
    let late = found(|stage, _| {
        let other = stage.get(1, 0);
        let mut late = request(other, None);
        late.took = Duration::from_secs(1);
        stage.fact(2, Fact::GivenUp(Box::new(late)));
    });
    assert_eq!(late, "was answered after its time was up");
    let again = found(|stage, operation| {
        let attempt = AttemptId { operation, attempt: 0 };
        stage.fact(1, Fact::Forwarded { attempt, again: true });
    });
    assert_eq!(again, "was handed on more than once");
    let anothers = found(|stage, _| {
        let other = stage.get(1, 0);
        stage.ok(other, Some(set(&[&stage_ghost()])));
    });
    assert_eq!(anothers, "succeeded with an answer that was given to another");
}

/// A version that a home makes of this.
fn making(ghost: &Ghost) -> Making {
    let (actor, set) = (Actor::of_node(NodeId(1)), set(&[ghost]));
    let (target, held, context) = (None, None, None);
    Making { key: Key(0), ghost: ghost.clone(), actor, target, held, context, set }
}

fn stage_ghost() -> Ghost {
    let mut numbering = crate::ghost::Numbering::new(1);
    Ghost::new(numbering.next(Key(0)), [])
}

#[test]
fn a_named_write_is_done_once_by_the_node_that_holds_it() {
    let mut named = strict();
    named.writes_named = true;
    let twice = |reaped: bool| {
        move |stage: &mut Stage<Judges>| {
            let ghost = stage.ghost(0, &[]);
            let operation = stage.put(0, &ghost);
            for attempt in 0..2 {
                let attempt = AttemptId { operation, attempt };
                stage.fact(1, Fact::Made { attempt, making: Box::new(making(&ghost)) });
                stage.keep(1, &set(&[&ghost]), Cause::Put);
                if reaped {
                    let (before, after) = (Some(set(&[&ghost])), None);
                    stage.fact(1, Fact::Reaped { change: Change { key: Key(0), before, after } });
                    stage.keep(1, &set(&[&ghost]), Cause::Put);
                }
            }
            stage.ok(operation, None);
        }
    };
    let found = broken("operations", &named, twice(false));
    assert_eq!(found, "was done anew by the node that held it");
    // Reaped, and known again by what another node made of the same write.
    assert_ne!(judged("operations", &named, twice(true)).outcome, Outcome::Violated);
}

#[test]
fn sessions_keep_what_they_know() {
    let found = |judge, play: fn(&mut Stage<Judges>)| broken(judge, &strict(), play);
    let own = found("read_your_writes", |stage| {
        put(stage, &[], &[0, 1]);
        get(stage, 0, None);
    });
    assert_eq!(own, "a read missed a write of its own client");
    let back = found("monotonic_reads", |stage| {
        let (_, stored) = put(stage, &[], &[0, 1]);
        get(stage, 1, Some(&stored));
        get(stage, 1, None);
    });
    assert_eq!(back, "a read missed what its client had read");
    let order = found("monotonic_writes", |stage| {
        put(stage, &[], &[0, 1]);
        let (_, second) = put(stage, &[], &[0, 1]);
        get(stage, 1, Some(&second));
    });
    assert_eq!(order, "a write was read without an earlier one of its client");
    let beside = found("writes_follow_reads", |stage| {
        let (first, _) = put(stage, &[], &[0, 1]);
        let (second, _) = put(stage, &[&first], &[0, 1]);
        get(stage, 1, Some(&set(&[&first, &second])));
    });
    assert_eq!(beside, "a write was shown beside one that it was made from");
    // The writer had read what another wrote, and did not say so.
    let follows = found("writes_follow_reads", |stage| {
        let ghost = stage.ghost(0, &[]);
        let operation = stage.put(1, &ghost);
        let stored = set(&[&ghost]);
        tell(stage, counted(operation, Some(&ghost), Vec::new(), Some(Rc::clone(&stored))));
        stage.ok(operation, Some(Rc::clone(&stored)));
        get(stage, 0, Some(&stored));
        let (_, blind) = put(stage, &[], &[0, 1]);
        get(stage, 1, Some(&blind));
    });
    assert_eq!(follows, "a write was read without what its client had read before");
}

#[test]
fn a_write_under_way_obliges_nobody() {
    let verdict = judged("monotonic_reads", &strict(), |stage| {
        let (ghost, other) = (stage.ghost(0, &[]), stage.ghost(0, &[]));
        get(stage, 1, Some(&set(&[&ghost, &other])));
        get(stage, 1, Some(&set(&[&other])));
    });
    assert_eq!(verdict.outcome, Outcome::NotMet);
}
