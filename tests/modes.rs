//! Usage modes and what goes with them (sections 4.4 and 6), as whole worlds.

mod watch;

use dynamo_sim::check::judges::Judges;
use dynamo_sim::check::verdict::Outcome;
use dynamo_sim::dynamo::config::{ClockTruncation, Coordinator, TruncatedWhen, Versioning};
use dynamo_sim::faults::spec::DiskAfterCrash;
use dynamo_sim::metrics::figures::Figures;
use dynamo_sim::metrics::observer::Metrics;
use dynamo_sim::sim::plan::Plan;
use dynamo_sim::sim::simulation::Simulation;
use dynamo_sim::trace::observer::Observers;
use dynamo_sim::trace::record::Account;
use dynamo_sim::workload::spec::Mix;

use watch::{crash, small_plan};

/// What a run comes to, and what the judges say: the names of those that found something, with how
/// they take it.
fn measure(plan: &Plan) -> (Figures, Account, Vec<(&'static str, Outcome)>) {
    let layout = plan.layout();
    let (mut metrics, mut judges) = (Metrics::new(&layout), Judges::new(&layout));
    let mut observers = Observers::new(vec![&mut metrics, &mut judges]);
    let account = Simulation::new(plan).run(&mut observers);
    let figures = metrics.finish(&account);
    let verdicts = judges.verdicts(&account).into_iter();
    let found = verdicts.filter(|verdict| verdict.outcome != Outcome::Held);
    (figures, account, found.map(|verdict| (verdict.judge, verdict.outcome)).collect())
}

fn truncating(versioning: Versioning, truncation: Option<(u32, TruncatedWhen)>) -> Plan {
    let mut plan = small_plan(17);
    plan.cluster.versioning = versioning;
    plan.cluster.coordinator = Coordinator::Random;
    (plan.cluster.nodes, plan.cluster.n) = (6, 5);
    plan.cluster.clock_truncation =
        truncation.map(|(threshold, when)| ClockTruncation { threshold, when });
    plan.workload.mix = Mix { get: 0.5, put: 0.5, ..Mix::default() };
    plan.faults = vec![crash(1, 2, 3, DiskAfterCrash::Kept), crash(3, 6, 3, DiskAfterCrash::Kept)];
    plan
}

// Checklist item 17: truncation at a threshold that clocks reach makes false conflicts, which are
// counted by the true past; at one that they do not reach, and without truncation, there are none.
#[test]
fn truncation_makes_false_conflicts_and_they_are_counted() {
    use TruncatedWhen::{Exceeded, Reached};
    for versioning in [Versioning::Dotted, Versioning::Literal] {
        let run = |truncation| measure(&truncating(versioning, truncation));
        let counts = [None, Some((10, Reached)), Some((4, Exceeded)), Some((4, Reached))]
            .map(|truncation| run(truncation).0.versions.false_conflicts);
        assert_eq!(counts[..2], [0, 0], "{versioning:?}");
        assert!(0 < counts[2] && counts[2] < counts[3], "{versioning:?} {counts:?}");
        let (figures, account, found) = run(Some((4, Reached)));
        for (_, set) in account.nodes.iter().flat_map(|node| &node.copies) {
            let limit = if versioning == Versioning::Dotted { set.versions().len() } else { 0 };
            let own = set.versions().iter().filter_map(|version| version.clock.as_deref());
            let stored = own.chain((versioning == Versioning::Dotted).then_some(set.clock()));
            assert!(stored.into_iter().all(|clock| clock.entries().len() <= limit.max(3)));
        }
        if versioning == Versioning::Dotted {
            assert_eq!((figures.durability.lost_writes, found), (0, vec![]));
        }
    }
}
