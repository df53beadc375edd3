//! Divergence, hints and who repaired.

use crate::dynamo::fact::{Cause, Fact};
use crate::dynamo::message::Kind;
use crate::dynamo::storage::store::Change;
use crate::metrics::observer::Metrics;
use crate::trace::record::Record;
use crate::trace::rehearsal::{Stage, account, at, hint, layout, partition, set};

#[test]
fn a_key_diverges_until_all_homes_hold_the_same() {
    let mut stage = Stage::new(Metrics::new(&layout(Vec::new())));
    let ghost = stage.ghost(0, &[]);
    let written = set(&[&ghost]);
    stage.at(1000).keep(0, &written, Cause::Put);
    stage.at(2000).keep(1, &written, Cause::Put);
    // No home: does not count.
    stage.at(2500).keep(3, &written, Cause::Put);
    stage.at(3000).keep(2, &written, Cause::ReadRepair);
    let divergence = stage.observer.finish(&account(at(10_000))).divergence;
    assert_eq!((divergence.max, divergence.r#final, divergence.mean), (1, 0, 0.2));
    assert_eq!(divergence.converged_after_s, None, "there was nothing to heal");
}

#[test]
fn convergence_waits_for_every_key_that_diverged_at_the_heal() {
    let mut stage = Stage::new(Metrics::new(&layout(vec![partition(0, 3)])));
    let ghosts = [stage.ghost(0, &[]), stage.ghost(1, &[])];
    let later = stage.ghost(2, &[]);
    for ghost in &ghosts {
        stage.at(1000).keep(0, &set(&[ghost]), Cause::Put);
        stage.keep(1, &set(&[ghost]), Cause::Put);
    }
    stage.at(3000).see(Record::FaultEnded { fault: 0 });
    stage.at(4000).keep(2, &set(&[&ghosts[0]]), Cause::Handoff);
    // A key that diverges only afterwards is no part of it.
    stage.at(4500).keep(0, &set(&[&later]), Cause::Put);
    stage.at(5500).keep(2, &set(&[&ghosts[1]]), Cause::AntiEntropy);
    stage.at(6000).keep(2, &set(&[&ghosts[1]]), Cause::AntiEntropy);
    let figures = stage.observer.finish(&account(at(10_000)));
    let divergence = figures.divergence;
    assert_eq!(divergence.converged_after_s, Some(2.5));
    assert_eq!((divergence.heals[0].divergent_keys, divergence.r#final), (2, 1));
    let repair = figures.repair;
    assert_eq!((repair.overall.handoff.copies, repair.overall.anti_entropy.copies), (1, 1));
    assert_eq!(repair.after_last_heal.handoff.share, Some(0.5));
    assert_eq!(figures.anti_entropy.repaired_keys, 1, "what was there already is no repair");
}

#[test]
fn what_a_disk_loses_diverges() {
    let mut stage = Stage::new(Metrics::new(&layout(Vec::new())));
    let (_, written) = stage.at(1000).write(0, 0, &[]);
    let change = Change { key: hint(0, &written).key, before: Some(written.clone()), after: None };
    stage.at(2000).fact(1, Fact::Lost { change });
    let divergence = stage.observer.finish(&account(at(10_000))).divergence;
    assert_eq!((divergence.r#final, divergence.mean), (1, 0.8));
}

#[test]
fn faults_that_end_together_are_one_heal() {
    let faults = vec![partition(0, 3), partition(1, 3), partition(1, 5)];
    let mut stage = Stage::new(Metrics::new(&layout(faults)));
    for (moment, fault) in [(3000, 0), (3000, 1), (5000, 2)] {
        stage.at(moment).see(Record::FaultEnded { fault });
    }
    let heals = stage.observer.finish(&account(at(10_000))).divergence.heals;
    let told: Vec<_> = heals.iter().map(|heal| (heal.time_s, heal.converged_after_s)).collect();
    assert_eq!(told, [(3.0, Some(0.0)), (5.0, Some(0.0))]);
    assert_eq!(heals[0].faults.matches("partition").count(), 2);
}

#[test]
fn hints_are_counted_from_birth_to_end() {
    let mut stage = Stage::new(Metrics::new(&layout(vec![partition(0, 3)])));
    let (a, b) = (stage.ghost(0, &[]), stage.ghost(1, &[]));
    let (one, other) = (hint(0, &set(&[&a])), hint(0, &set(&[&b])));
    let size = u64::from(one.set.bytes());
    let facts = [
        (1000, Fact::HintCreated { hint: one.clone() }),
        (1500, Fact::HintSuperseded { hint: one.clone() }),
        (1500, Fact::HintCreated { hint: one.clone() }),
        (2000, Fact::HintCreated { hint: other.clone() }),
        (2500, Fact::HintLost { hint: other.clone() }),
        (2600, Fact::HintRevived { hint: other.clone() }),
    ];
    facts.into_iter().for_each(|(moment, fact)| stage.at(moment).fact(3, fact));
    stage.at(3000).see(Record::FaultEnded { fault: 0 });
    stage.at(3500).fact(3, Fact::HintDelivered { hint: one });
    stage.at(4250).fact(3, Fact::HintDelivered { hint: other });
    let hints = stage.observer.finish(&account(at(10_000))).handoff;
    assert_eq!((hints.created, hints.superseded, hints.delivered), (3, 1, 2));
    assert_eq!((hints.lost, hints.revived, hints.pending), (1, 1, 0));
    assert_eq!((hints.created_bytes, hints.pending_bytes), (3 * size, 0));
    assert_eq!((hints.peak_pending, hints.peak_pending_bytes), (2, 2 * size));
    assert_eq!((hints.drained_after_s, hints.heals[0].pending), (Some(1.25), 2));
}

#[test]
fn rest_is_when_nothing_differs_and_nothing_is_pending() {
    let mut stage = Stage::new(Metrics::new(&layout(Vec::new())));
    let ghost = stage.ghost(0, &[]);
    let written = set(&[&ghost]);
    stage.at(9000).keep(0, &written, Cause::Put);
    stage.fact(3, Fact::HintCreated { hint: hint(2, &written) });
    stage.keep(1, &written, Cause::Put);
    stage.at(10_000).see(Record::Settling);
    stage.at(11_000).keep(2, &written, Cause::Handoff);
    stage.at(12_000).fact(3, Fact::HintDelivered { hint: hint(2, &written) });
    let divergence = stage.observer.finish(&account(at(13_000))).divergence;
    assert_eq!(divergence.quiet_after_s, Some(2.0));
}

#[test]
fn traffic_of_a_mechanism_is_that_of_its_kinds() {
    let stage = Stage::new(Metrics::new(&layout(Vec::new())));
    let mut account = account(at(10_000));
    for (kind, bytes) in [(Kind::Hashes, 1), (Kind::Keys, 10), (Kind::Sets, 100)] {
        account.totals.kinds[kind as usize].sent = 2;
        account.totals.kinds[kind as usize].bytes = bytes;
    }
    account.totals.kinds[Kind::Repair as usize].bytes = 1000;
    let figures = stage.observer.finish(&account);
    assert_eq!((figures.anti_entropy.messages, figures.anti_entropy.bytes), (6, 111));
    assert_eq!(figures.read_repair.bytes, 1000);
    assert_eq!(figures.timeline.last().unwrap().anti_entropy_sent_bytes, 111);
}
