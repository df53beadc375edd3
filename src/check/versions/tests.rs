//! Each judge lets a good run pass and catches the wrong that is planted for it.

use std::rc::Rc;

use smallvec::SmallVec;

use crate::check::judges::Judges;
use crate::check::verdict::{Outcome, Verdict};
use crate::dynamo::config::Versioning;
use crate::dynamo::config::modes::Tombstones;
use crate::dynamo::fact::{Cause, Fact, Making, Merge, Merger};
use crate::dynamo::storage::store::Change;
use crate::dynamo::versioning::clock::{Actor, Clock, Dot};
use crate::dynamo::versioning::version::{Content, Value, Version, VersionSet};
use crate::ghost::Ghost;
use crate::id::{AttemptId, ClientId, Key, NodeId, OperationId};
use crate::time::Duration;
use crate::trace::layout::Layout;
use crate::trace::record::Account;
use crate::trace::rehearsal::{Stage, account, at, layout, set, set_of, version};

type Scene = fn(&mut Stage<Judges>, &mut Account);

fn plain() -> Layout {
    layout(Vec::new())
}

fn with(versioning: Versioning) -> Layout {
    let mut layout = plain();
    layout.cluster.versioning = versioning;
    layout
}

fn reaping(tombstones: Tombstones) -> Layout {
    let mut layout = plain();
    layout.cluster.tombstones = tombstones;
    layout
}

/// What a judge says after a scene.
fn judged(judge: &str, layout: &Layout, scene: Scene) -> Verdict {
    let mut stage = Stage::new(Judges::new(layout));
    let mut account = account(at(100_000));
    scene(&mut stage, &mut account);
    let verdicts = stage.observer.verdicts(&account);
    verdicts.into_iter().find(|verdict| verdict.judge == judge).expect("the judge speaks")
}

fn outcome(judge: &str, layout: &Layout, scene: Scene) -> (Outcome, u64) {
    let verdict = judged(judge, layout, scene);
    (verdict.outcome, verdict.found)
}

/// A version with a name and a time stamp of its own.
fn named(ghost: &Ghost, node: u32, counter: u64, stamp: u64) -> Version {
    let dot = Dot { actor: Actor::of_node(NodeId(node)), counter };
    let value = Value { bytes: 100, content: Content::Blob };
    Version { dot, stamp: at(stamp), clock: None, value, ghost: ghost.clone() }
}

/// A node makes the only version of this set, of nothing.
fn make(stage: &mut Stage<Judges>, node: u32, target: Option<NodeId>, set: &Rc<VersionSet>) {
    let own = set.versions().last().expect("there is one");
    let (key, ghost, actor) = (own.ghost.event().key, own.ghost.clone(), own.dot.actor);
    let operation = OperationId { client: ClientId(0), number: ghost.event().number };
    let making = Making { key, ghost, actor, target, held: None, context: None, set: set.clone() };
    let attempt = AttemptId { operation, attempt: 0 };
    stage.fact(node, Fact::Made { attempt, making: Box::new(making) });
}

/// Two writes of which neither has seen the other, and one that has seen the first.
fn three(stage: &mut Stage<Judges>) -> [Ghost; 3] {
    let (one, other) = (stage.ghost(0, &[]), stage.ghost(0, &[]));
    let later = stage.ghost(0, &[&one]);
    [one, other, later]
}

#[test]
fn what_was_not_seen_is_not_replaced() {
    let good: Scene = |stage, _| {
        let [one, _, later] = three(stage);
        stage.keep(0, &set(&[&one]), Cause::Put);
        stage.keep(0, &set(&[&later]), Cause::Put);
    };
    let bad: Scene = |stage, _| {
        let [one, other, _] = three(stage);
        stage.keep(0, &set(&[&one]), Cause::Put);
        stage.keep(0, &set(&[&other]), Cause::Put);
    };
    let dropped: Scene = |stage, _| {
        let [one, other, _] = three(stage);
        let (mine, theirs) = (set(&[&one]), set(&[&other]));
        stage.fact(0, Merge::told(Key(0), [&mine, &theirs], &mine, Merger::Coordinator));
    };
    for judge in ["false_dominance", "replica_frontier"] {
        assert_eq!(outcome(judge, &plain(), good), (Outcome::Held, 0));
        assert_eq!(outcome(judge, &plain(), bad), (Outcome::Violated, 1));
        assert_eq!(outcome(judge, &with(Versioning::Literal), bad), (Outcome::Anomaly, 1));
    }
    assert_eq!(outcome("false_dominance", &plain(), dropped), (Outcome::Violated, 1));
}

#[test]
fn a_seen_version_is_no_sibling() {
    let good: Scene = |stage, _| {
        let [one, other, _] = three(stage);
        stage.keep(0, &set(&[&one, &other]), Cause::Put);
    };
    let bad: Scene = |stage, _| {
        let [one, _, later] = three(stage);
        stage.keep(0, &set(&[&one, &later]), Cause::Put);
    };
    let again: Scene = |stage, _| {
        let [one, _, later] = three(stage);
        make(stage, 0, None, &set(&[&one]));
        make(stage, 0, None, &set(&[&one]));
        stage.keep(0, &set(&[&one, &later]), Cause::Put);
    };
    for judge in ["false_concurrency", "bounded_siblings"] {
        assert_eq!(outcome(judge, &plain(), good), (Outcome::Held, 0));
        assert_eq!(outcome(judge, &plain(), bad), (Outcome::Violated, 1));
        assert_eq!(outcome(judge, &plain(), again), (Outcome::Anomaly, 1));
    }
    let returned: Scene = |stage, _| {
        let [one, _, later] = three(stage);
        let get = stage.get(0, 0);
        stage.ok(get, Some(set(&[&one, &later])));
    };
    assert_eq!(outcome("antichain", &plain(), returned), (Outcome::Violated, 1));
    assert_eq!(outcome("antichain", &plain(), good), (Outcome::Held, 0));
    let twice: Scene = |stage, _| {
        let [one, ..] = three(stage);
        stage.keep(0, &set(&[&one, &one]), Cause::Put);
    };
    assert_eq!(outcome("antichain", &plain(), twice), (Outcome::Violated, 1));
}

#[test]
fn a_name_is_given_once_upwards_and_in_one_place() {
    let good: Scene = |stage, _| {
        let [one, other, _] = three(stage);
        make(stage, 0, None, &set_of(vec![named(&one, 0, 1, 1)]));
        make(stage, 0, None, &set_of(vec![named(&other, 0, 2, 1)]));
    };
    let twice: Scene = |stage, _| {
        let [one, other, _] = three(stage);
        make(stage, 0, None, &set_of(vec![named(&one, 0, 1, 1)]));
        make(stage, 0, None, &set_of(vec![named(&other, 0, 1, 1)]));
    };
    for judge in ["dot_uniqueness", "actor_monotony"] {
        assert_eq!(outcome(judge, &plain(), good), (Outcome::Held, 0));
        assert_eq!(outcome(judge, &plain(), twice), (Outcome::Violated, 1));
        assert_eq!(outcome(judge, &with(Versioning::Literal), twice), (Outcome::Anomaly, 1));
    }
    let elsewhere: Scene = |stage, _| {
        let [one, other, _] = three(stage);
        make(stage, 0, None, &set_of(vec![named(&one, 0, 1, 1)]));
        make(stage, 0, Some(NodeId(2)), &set_of(vec![named(&other, 0, 2, 1)]));
    };
    let stolen: Scene = |stage, _| {
        let [one, ..] = three(stage);
        make(stage, 1, None, &set_of(vec![named(&one, 0, 1, 1)]));
    };
    assert_eq!(outcome("actor_monotony", &plain(), elsewhere), (Outcome::Violated, 1));
    assert_eq!(outcome("actor_monotony", &plain(), stolen), (Outcome::Violated, 1));
    let counts: Scene = |stage, _| {
        let [one, ..] = three(stage);
        let made = named(&one, 0, 1, 1);
        make(stage, 0, None, &set_of(vec![made.clone()]));
        let clock: Clock = [Dot { counter: 3, ..made.dot }].into_iter().collect();
        let bumped = VersionSet::new(clock, SmallVec::from_vec(vec![made]));
        stage.keep(1, &Rc::new(bumped), Cause::Put);
    };
    assert_eq!(outcome("dot_uniqueness", &plain(), counts), (Outcome::Violated, 1));
}

#[test]
fn a_put_covers_what_its_client_saw() {
    fn put(stage: &mut Stage<Judges>, made: Vec<Version>, clock: Clock) {
        let ghost = made.last().unwrap().ghost.clone();
        let seen = set(&[&Ghost::new(crate::id::EventId { key: Key(0), number: 1 }, [])]);
        let set = Rc::new(VersionSet::new(clock, SmallVec::from_vec(made)));
        let actor = Actor::of_node(NodeId(1));
        let (key, held, context) = (Key(0), None, Some(seen));
        let making = Making { key, ghost, actor, target: None, held, context, set };
        let operation = OperationId { client: ClientId(0), number: 0 };
        let attempt = AttemptId { operation, attempt: 0 };
        stage.fact(1, Fact::Made { attempt, making: Box::new(making) });
    }
    fn clock(pairs: &[(u32, u64)]) -> Clock {
        let dot = |(node, counter): &(u32, u64)| Dot {
            actor: Actor::of_node(NodeId(*node)),
            counter: *counter,
        };
        pairs.iter().map(dot).collect()
    }
    let good: Scene = |stage, _| {
        let [_, _, later] = three(stage);
        put(stage, vec![named(&later, 1, 1, 5)], clock(&[(0, 1), (1, 1)]));
    };
    let kept: Scene = |stage, _| {
        let [one, _, later] = three(stage);
        let both = vec![named(&one, 0, 1, 1), named(&later, 1, 1, 5)];
        put(stage, both, clock(&[(0, 1), (1, 1)]));
    };
    let uncovered: Scene = |stage, _| {
        let [_, _, later] = three(stage);
        put(stage, vec![named(&later, 1, 1, 5)], clock(&[(1, 1)]));
    };
    assert_eq!(outcome("context_dominance", &plain(), good), (Outcome::Held, 0));
    assert_eq!(outcome("context_dominance", &plain(), kept), (Outcome::Violated, 1));
    assert_eq!(outcome("context_dominance", &plain(), uncovered), (Outcome::Violated, 1));
}

#[test]
fn a_disk_that_nothing_befell_keeps_what_it_holds() {
    let lost: Scene = |stage, _| {
        let (_, written) = stage.write(0, 0, &[]);
        let change = Change { key: Key(0), before: Some(written), after: None };
        stage.fact(1, Fact::Lost { change });
    };
    assert_eq!(outcome("replica_frontier", &plain(), lost), (Outcome::Violated, 1));
    let wiped: Scene = |stage, _| {
        let (_, written) = stage.write(0, 0, &[]);
        let disk = crate::faults::spec::DiskAfterCrash::Wiped;
        stage.see(crate::trace::record::Record::Down { node: NodeId(1), disk });
        let change = Change { key: Key(0), before: Some(written), after: None };
        stage.fact(1, Fact::Lost { change });
    };
    assert_eq!(outcome("replica_frontier", &plain(), wiped), (Outcome::Held, 0));
}

#[test]
fn merging_is_a_function_in_any_order() {
    let good: Scene = |stage, _| {
        let [one, other, _] = three(stage);
        let (mine, theirs) = (set(&[&one]), set(&[&other]));
        let both = set(&[&one, &other]);
        stage.fact(0, Merge::told(Key(0), [&mine, &theirs], &both, Merger::Home));
        stage.fact(1, Merge::told(Key(0), [&theirs, &mine], &both, Merger::Home));
    };
    let bad: Scene = |stage, _| {
        let [one, other, _] = three(stage);
        let (mine, theirs) = (set(&[&one]), set(&[&other]));
        stage.fact(0, Merge::told(Key(0), [&mine, &theirs], &theirs, Merger::Home));
        stage.fact(1, Merge::told(Key(0), [&theirs, &mine], &mine, Merger::Home));
    };
    let invented: Scene = |stage, _| {
        let [one, other, later] = three(stage);
        let (mine, theirs) = (set(&[&one]), set(&[&other]));
        let more = set(&[&other, &later]);
        stage.fact(0, Merge::told(Key(0), [&mine, &theirs], &more, Merger::Home));
    };
    assert_eq!(outcome("merge_laws", &plain(), good), (Outcome::Held, 0));
    assert_eq!(outcome("merge_laws", &plain(), bad), (Outcome::Violated, 1));
    assert_eq!(outcome("merge_laws", &plain(), invented), (Outcome::Violated, 1));
}

/// A write, and a delete of it that is committed on all homes.
fn delete(stage: &mut Stage<Judges>) -> (Rc<VersionSet>, Rc<VersionSet>) {
    let (ghost, written) = stage.write(0, 0, &[]);
    let deleting = stage.ghost(0, &[&ghost]);
    let tombstone = set_of(vec![version(&deleting, Content::Tombstone)]);
    stage.keep_all(&tombstone);
    stage.commit(&deleting, &tombstone);
    (written, tombstone)
}

#[test]
fn the_deleted_stays_deleted() {
    let good: Scene = |stage, account| {
        let (_, tombstone) = delete(stage);
        account.nodes[0].copies.push((Key(0), tombstone));
    };
    let bad: Scene = |stage, account| {
        let (written, _) = delete(stage);
        account.nodes[0].copies.push((Key(0), written));
    };
    assert_eq!(outcome("deleted_stays_deleted", &plain(), good), (Outcome::Held, 0));
    assert_eq!(outcome("deleted_stays_deleted", &plain(), bad), (Outcome::Violated, 1));
    let timed = reaping(Tombstones::Timed(Duration::from_secs(1)));
    assert_eq!(outcome("deleted_stays_deleted", &timed, bad), (Outcome::Anomaly, 1));
    let mut strict = plain();
    strict.cluster.quorum = crate::dynamo::config::Quorum::Strict;
    let read: Scene = |stage, _| {
        let (written, _) = delete(stage);
        let get = stage.get(0, 0);
        stage.ok(get, Some(written));
    };
    assert_eq!(outcome("deleted_stays_deleted", &strict, read), (Outcome::Violated, 1));
    assert_eq!(outcome("deleted_stays_deleted", &plain(), read), (Outcome::NotMet, 0));
}

#[test]
fn tombstones_go_when_nobody_keeps_what_they_deleted() {
    fn reap(stage: &mut Stage<Judges>, node: u32, set: Rc<VersionSet>) {
        let change = Change { key: Key(0), before: Some(set), after: None };
        stage.fact(node, Fact::Reaped { change });
    }
    let all = reaping(Tombstones::WhenAllHomes(Duration::from_secs(1)));
    let timed = reaping(Tombstones::Timed(Duration::from_secs(1)));
    let good: Scene = |stage, _| {
        let (_, tombstone) = delete(stage);
        reap(stage, 0, tombstone);
    };
    let early: Scene = |stage, _| {
        let (written, tombstone) = delete(stage);
        stage.keep(2, &written, Cause::Put);
        reap(stage, 0, tombstone);
    };
    let value: Scene = |stage, _| {
        let (_, written) = stage.write(0, 0, &[]);
        reap(stage, 0, written);
    };
    let left: Scene = |stage, account| {
        let (_, tombstone) = delete(stage);
        account.nodes[0].copies.push((Key(0), tombstone));
    };
    assert_eq!(outcome("reaping", &all, good), (Outcome::Held, 0));
    assert_eq!(outcome("reaping", &all, early), (Outcome::Violated, 1));
    assert_eq!(outcome("reaping", &timed, early), (Outcome::Anomaly, 1));
    assert_eq!(outcome("reaping", &all, left), (Outcome::Violated, 1));
    // The value that goes is held elsewhere too, by the other two homes.
    assert_eq!(judged("reaping", &timed, value).outcome, Outcome::Violated);
}

#[test]
fn the_last_write_is_one_and_keeps_its_stamp() {
    let stamped = with(Versioning::LastWriteWins);
    let good: Scene = |stage, account| {
        let ghost = stage.ghost(0, &[]);
        let written = set_of(vec![named(&ghost, 0, 1, 7)]);
        make(stage, 0, None, &written);
        stage.keep_all(&written);
        account.nodes[0].copies.push((Key(0), written));
    };
    let restamped: Scene = |stage, _| {
        let ghost = stage.ghost(0, &[]);
        make(stage, 0, None, &set_of(vec![named(&ghost, 0, 1, 7)]));
        stage.keep(1, &set_of(vec![named(&ghost, 0, 1, 8)]), Cause::Put);
    };
    let loser: Scene = |stage, account| {
        let [one, other, _] = three(stage);
        stage.keep(0, &set_of(vec![named(&one, 0, 1, 7)]), Cause::Put);
        stage.commit(&one, &set_of(vec![named(&one, 0, 1, 7)]));
        let winner = set_of(vec![named(&other, 0, 2, 9)]);
        stage.keep(0, &winner, Cause::Put);
        account.nodes[0].copies.push((Key(0), winner));
    };
    let unlike: Scene = |stage, account| {
        let [one, other, _] = three(stage);
        stage.keep(0, &set_of(vec![named(&one, 0, 1, 7)]), Cause::Put);
        stage.keep(1, &set_of(vec![named(&other, 0, 2, 9)]), Cause::Put);
        account.nodes[0].copies.push((Key(0), set_of(vec![named(&one, 0, 1, 7)])));
    };
    assert_eq!(outcome("last_write", &stamped, good), (Outcome::Held, 0));
    assert_eq!(outcome("last_write", &stamped, restamped), (Outcome::Violated, 1));
    assert_eq!(outcome("last_write", &stamped, loser), (Outcome::Anomaly, 1));
    assert_eq!(outcome("last_write", &stamped, unlike), (Outcome::Violated, 1));
}

#[test]
fn what_was_read_does_not_vanish() {
    let good: Scene = |stage, _| {
        let [one, _, later] = three(stage);
        stage.keep(0, &set(&[&one]), Cause::Put);
        let get = stage.get(0, 0);
        stage.ok(get, Some(set(&[&one])));
        stage.keep(0, &set(&[&later]), Cause::Put);
    };
    let bad: Scene = |stage, _| {
        let [one, other, _] = three(stage);
        stage.keep(0, &set(&[&one]), Cause::Put);
        let get = stage.get(0, 0);
        stage.ok(get, Some(set(&[&one])));
        stage.keep(0, &set(&[&other]), Cause::Put);
    };
    assert_eq!(outcome("indeterminate_writes", &plain(), good), (Outcome::Held, 0));
    assert_eq!(outcome("indeterminate_writes", &plain(), bad), (Outcome::Violated, 1));
    let literal = with(Versioning::Literal);
    assert_eq!(outcome("indeterminate_writes", &literal, bad), (Outcome::Anomaly, 1));
}

#[test]
fn homes_end_with_the_newest_that_reached_a_disk() {
    let good: Scene = |stage, account| {
        let [one, other, later] = three(stage);
        stage.keep(0, &set(&[&one]), Cause::Put);
        stage.keep(1, &set(&[&other, &later]), Cause::Put);
        for node in 0..3 {
            account.nodes[node].copies.push((Key(0), set(&[&other, &later])));
        }
    };
    let missing: Scene = |stage, account| {
        let [_, other, later] = three(stage);
        stage.keep(1, &set(&[&other, &later]), Cause::Put);
        for node in 0..3 {
            account.nodes[node].copies.push((Key(0), set(&[&later])));
        }
    };
    let old: Scene = |stage, account| {
        let [one, _, later] = three(stage);
        stage.keep(1, &set(&[&later]), Cause::Put);
        for node in 0..3 {
            account.nodes[node].copies.push((Key(0), set(&[&one, &later])));
        }
    };
    assert_eq!(outcome("ghost_frontier", &plain(), good), (Outcome::Held, 0));
    assert_eq!(outcome("ghost_frontier", &plain(), missing), (Outcome::Violated, 3));
    assert_eq!(outcome("ghost_frontier", &plain(), old), (Outcome::Violated, 3));
}
