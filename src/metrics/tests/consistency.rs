//! Staleness, sessions and versions, by true histories.

use std::rc::Rc;

use crate::dynamo::config::Versioning;
use crate::dynamo::fact::{Cause, Fact};
use crate::dynamo::versioning::version::{Content, VersionSet};
use crate::metrics::figures::Figures;
use crate::metrics::observer::Metrics;
use crate::trace::rehearsal::{Stage, account, at, hint, layout, set, set_of, version};

fn stage() -> Stage<Metrics> {
    Stage::new(Metrics::new(&layout(Vec::new())))
}

fn finish(stage: Stage<Metrics>) -> Figures {
    stage.observer.finish(&account(at(10_000)))
}

/// A read of the first key that returns this at once.
fn read(stage: &mut Stage<Metrics>, milliseconds: u64, set: Option<&Rc<VersionSet>>) {
    let get = stage.at(milliseconds).get(1, 0);
    stage.ok(get, set.cloned());
}

#[test]
fn a_read_is_stale_if_it_misses_a_write_committed_before_it_began() {
    let mut stage = stage();
    let early = stage.at(50).get(1, 0);
    let a = stage.at(100).ghost(0, &[]);
    let of_a = set(&[&a]);
    stage.keep(0, &of_a, Cause::Put);
    stage.commit(&a, &of_a);
    stage.ok(early, None);
    read(&mut stage, 150, None);
    let b = stage.at(200).ghost(0, &[&a]);
    let of_b = set(&[&b]);
    stage.keep(0, &of_b, Cause::Put);
    stage.commit(&b, &of_b);
    // Misses b, then nothing: b covers a by its past.
    read(&mut stage, 260, Some(&of_a));
    read(&mut stage, 300, Some(&of_b));
    // Misses both, of which a was committed 300 ms before.
    read(&mut stage, 400, None);
    let stale = finish(stage).staleness;
    assert_eq!((stale.overall.reads, stale.overall.stale_reads), (5, 3));
    assert_eq!(stale.overall.share, Some(0.6));
    assert_eq!(stale.absent_reads, 2);
    assert_eq!((stale.version_lag.mean, stale.version_lag.max), (Some(4.0 / 3.0), 2));
    assert_eq!((stale.time_lag.max_ms, stale.time_lag.lower_bounds), (Some(300.0), 0));
    let median = stale.time_lag.p50_ms.unwrap();
    assert!((60.0..60.1).contains(&median), "{median}");
}

#[test]
fn siblings_are_fresh_together_and_stale_alone() {
    let mut stage = stage();
    let (a, b) = (stage.ghost(0, &[]), stage.ghost(0, &[]));
    let (of_a, of_b, both) = (set(&[&a]), set(&[&b]), set(&[&a, &b]));
    stage.keep(0, &of_a, Cause::Put);
    stage.keep(1, &of_b, Cause::Put);
    stage.at(10).commit(&a, &of_a);
    stage.at(20).commit(&b, &of_b);
    read(&mut stage, 30, Some(&of_a));
    read(&mut stage, 40, Some(&of_b));
    read(&mut stage, 50, Some(&both));
    let figures = finish(stage);
    assert_eq!(figures.staleness.overall.stale_reads, 2);
    assert_eq!((figures.versions.one, figures.versions.two), (2, 1));
    assert_eq!((figures.versions.mean, figures.versions.max), (Some(4.0 / 3.0), 2));
}

#[test]
fn settled_commits_are_missed_with_a_lower_bound() {
    let mut stage = stage();
    let (a, of_a) = stage.at(100).write(0, 0, &[]);
    let (_, of_b) = stage.at(200).write(0, 0, &[&a]);
    // The homes agree after the second commit: both settle, the latest at 200 ms.
    stage.at(210).keep(2, &of_a, Cause::AntiEntropy);
    stage.at(220).keep(2, &of_b, Cause::AntiEntropy);
    read(&mut stage, 500, Some(&of_b));
    read(&mut stage, 600, Some(&of_a));
    read(&mut stage, 700, None);
    let stale = finish(stage).staleness;
    assert_eq!(stale.overall.stale_reads, 2);
    assert_eq!((stale.version_lag.max, stale.overwritten), (2, 0));
    assert_eq!((stale.time_lag.max_ms, stale.time_lag.lower_bounds), (Some(500.0), 2));
}

#[test]
fn a_read_under_way_keeps_the_moments_of_commits() {
    let mut stage = stage();
    let (_, of_a) = stage.at(100).write(0, 0, &[]);
    let slow = stage.at(150).get(1, 0);
    let (b, _) = stage.at(200).write(0, 0, &[]);
    let both = set(&[&b]);
    stage.at(210).keep_all(&both);
    // Began before the second commit, and so owes only the first.
    stage.at(300).ok(slow, Some(of_a));
    let stale = finish(stage).staleness;
    assert_eq!(stale.overall.stale_reads, 0);
}

#[test]
fn what_no_home_holds_when_all_agree_was_overwritten() {
    let run = |hinted: bool| {
        let mut stage = stage();
        let (a, b) = (stage.ghost(0, &[]), stage.ghost(0, &[]));
        let (of_a, of_b) = (set(&[&a]), set(&[&b]));
        if hinted {
            stage.fact(3, Fact::HintCreated { hint: hint(0, &of_a) });
        }
        stage.at(10).commit(&a, &of_a);
        stage.at(20).keep_all(&of_b);
        read(&mut stage, 30, Some(&of_b));
        if hinted {
            stage.fact(3, Fact::HintDelivered { hint: hint(0, &of_a) });
        }
        read(&mut stage, 40, Some(&of_b));
        let figures = finish(stage);
        let stale = figures.staleness;
        (stale.overall.stale_reads, stale.overwritten, figures.durability.lost_writes)
    };
    assert_eq!(run(false), (0, 1, 1));
    // While a hint may still bring it, readers do miss it.
    assert_eq!(run(true), (1, 1, 1));
}

#[test]
fn where_the_last_write_wins_a_larger_stamp_is_fresh() {
    let mut layout = layout(Vec::new());
    layout.cluster.versioning = Versioning::LastWriteWins;
    let mut stage = Stage::new(Metrics::new(&layout));
    let (a, b) = (stage.ghost(0, &[]), stage.ghost(0, &[]));
    let (of_a, of_b) = (set(&[&a]), set(&[&b]));
    stage.keep(0, &of_a, Cause::Put);
    stage.at(10).commit(&a, &of_a);
    stage.at(10).commit(&b, &of_b);
    read(&mut stage, 20, Some(&of_b));
    read(&mut stage, 20, Some(&of_a));
    assert_eq!(finish(stage).staleness.overall.stale_reads, 1);
}

#[test]
fn the_commits_of_a_key_stay_bounded_when_it_never_agrees() {
    let mut stage = stage();
    let first = stage.ghost(0, &[]);
    stage.keep(0, &set(&[&first]), Cause::Put);
    for moment in 0..5000 {
        let ghost = stage.ghost(0, &[]);
        stage.at(moment).commit(&ghost, &set(&[&ghost]));
    }
    read(&mut stage, 6000, None);
    let stale = finish(stage).staleness;
    assert_eq!((stale.version_lag.max, stale.time_lag.lower_bounds), (5000, 1));
}

#[test]
fn sessions_see_what_they_wrote_and_what_they_saw() {
    let mut stage = stage();
    let (a, of_a) = stage.at(100).write(1, 0, &[]);
    let (_, of_b) = stage.at(200).write(0, 0, &[&a]);
    read(&mut stage, 300, Some(&of_b));
    // Misses what client 1 saw, and then even what it wrote.
    read(&mut stage, 400, Some(&of_a));
    read(&mut stage, 500, None);
    let sessions = finish(stage).sessions;
    assert_eq!(sessions.reads_examined, 3);
    assert_eq!(sessions.monotonic_reads_violations, 2);
    assert_eq!(sessions.read_your_writes_violations, 1);
}

#[test]
fn a_session_owes_nothing_to_what_had_not_ended() {
    let mut stage = stage();
    let early = stage.at(50).get(1, 0);
    stage.at(100).write(1, 0, &[]);
    stage.at(200).ok(early, None);
    assert_eq!(finish(stage).sessions.read_your_writes_violations, 0);
}

#[test]
fn tombstones_are_not_visible() {
    let mut stage = stage();
    let (a, b) = (stage.ghost(0, &[]), stage.ghost(0, &[]));
    let mixed = set_of(vec![version(&a, Content::Tombstone), version(&b, Content::Blob)]);
    let deleted = set_of(vec![version(&a, Content::Tombstone)]);
    read(&mut stage, 10, Some(&mixed));
    read(&mut stage, 20, Some(&deleted));
    let versions = finish(stage).versions;
    assert_eq!((versions.none, versions.one, versions.tombstones), (1, 1, 2));
    assert_eq!(versions.mean, Some(1.0));
}
