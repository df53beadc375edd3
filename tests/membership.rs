//! Members that come and go (sections 4.8 and 4.9), in whole worlds: under load, with faults, at
//! the same time, and in clusters that do not know of each other.

mod watch;

use dynamo_sim::check::judges::Judges;
use dynamo_sim::check::verdict::{Outcome, Verdict};
use dynamo_sim::id::NodeId;
use dynamo_sim::metrics::figures::Figures;
use dynamo_sim::metrics::observer::Metrics;
use dynamo_sim::sim::administration::{Order, Replacement, Start, Step};
use dynamo_sim::sim::plan::Plan;
use dynamo_sim::sim::simulation::Simulation;
use dynamo_sim::time::Duration;
use dynamo_sim::trace::observer::Observers;
use dynamo_sim::trace::record::Account;
use dynamo_sim::workload::spec::Keys;

use watch::small_plan;

struct Judged {
    figures: Figures,
    verdicts: Vec<Verdict>,
    account: Account,
}

fn judge(plan: &Plan) -> Judged {
    let layout = plan.layout();
    let (mut metrics, mut judges) = (Metrics::new(&layout), Judges::new(&layout));
    let mut observers = Observers::new(vec![&mut metrics, &mut judges]);
    let account = Simulation::new(plan).run(&mut observers);
    Judged { figures: metrics.finish(&account), verdicts: judges.verdicts(&account), account }
}

impl Judged {
    fn must_hold(&self) {
        for verdict in &self.verdicts {
            assert_ne!(verdict.outcome, Outcome::Violated, "{verdict:#?}");
        }
        assert!(self.account.quiescent, "it came to rest");
    }

    fn members(&self) -> Vec<u32> {
        let nodes = (0..).zip(&self.account.nodes);
        nodes.filter(|(_, node)| node.belongs).map(|(name, _)| name).collect()
    }
}

fn step(node: u32, at: u64, via: u32) -> Step {
    Step { node: NodeId(node), at: Duration::from_secs(at), via: NodeId(via) }
}

fn busy_plan(seed: u64) -> Plan {
    let mut plan = small_plan(seed);
    plan.duration = Duration::from_secs(30);
    plan.workload.keys = Keys::Uniform { count: 300 };
    plan
}

// Checklist items 45, 53 and 54: a join under load, in which nobody reads anything stale or absent
// and nothing acknowledged is lost.
#[test]
fn a_join_under_load_is_noticed_by_nobody() {
    for seed in 1..=8 {
        let mut plan = busy_plan(seed);
        plan.administration = vec![Order::Join(step(5, 10, 2))];
        let judged = judge(&plan);
        judged.must_hold();
        assert_eq!(judged.members(), [0, 1, 2, 3, 4, 5]);
        let membership = judged.figures.membership.expect("an administrator was at work");
        assert_eq!((membership.transitions, membership.completed), (1, 1));
        assert!(membership.transferred_copies > 50, "{membership:?}");
        assert_eq!(judged.figures.staleness.overall.stale_reads, 0, "seed {seed}: {membership:?}");
        assert_eq!(judged.figures.durability.lost_writes, 0);
    }
}

// Checklist item 55: removal hands ranges over in reverse.
#[test]
fn a_leave_under_load_is_noticed_by_nobody() {
    for seed in 1..=8 {
        let mut plan = busy_plan(seed);
        plan.administration = vec![Order::Leave(step(3, 10, 0))];
        let judged = judge(&plan);
        judged.must_hold();
        assert_eq!(judged.members(), [0, 1, 2, 4]);
        let membership = judged.figures.membership.expect("an administrator was at work");
        assert_eq!((membership.transitions, membership.completed), (1, 1));
        assert!(membership.transferred_copies > 50, "{membership:?}");
        assert_eq!(judged.figures.staleness.overall.stale_reads, 0, "seed {seed}: {membership:?}");
        assert!(judged.account.nodes[3].copies.is_empty());
    }
}

#[test]
fn a_dead_node_is_removed_and_what_it_held_filled_from_the_others() {
    for seed in 1..=8 {
        let mut plan = busy_plan(seed);
        plan.faults =
            vec![watch::crash(3, 5, 1_000, dynamo_sim::faults::spec::DiskAfterCrash::Kept)];
        plan.administration = vec![Order::Remove(step(3, 10, 0))];
        let judged = judge(&plan);
        judged.must_hold();
        assert_eq!(judged.members(), [0, 1, 2, 4]);
        let membership = judged.figures.membership.expect("an administrator was at work");
        assert!(membership.transferred_copies > 50, "{membership:?}");
    }
}

#[test]
fn a_dead_node_is_replaced() {
    for seed in 1..=8 {
        let mut plan = busy_plan(seed);
        plan.faults =
            vec![watch::crash(3, 5, 1_000, dynamo_sim::faults::spec::DiskAfterCrash::Kept)];
        let by = NodeId(5);
        let (dead, via, at) = (NodeId(3), NodeId(0), Duration::from_secs(10));
        plan.administration = vec![Order::Replace(Replacement { dead, by, at, via })];
        let judged = judge(&plan);
        judged.must_hold();
        assert_eq!(judged.members(), [0, 1, 2, 4, 5]);
    }
}

#[test]
fn joins_during_joins_and_leaves_wait_for_each_other() {
    for seed in 1..=8 {
        let mut plan = busy_plan(seed);
        plan.administration = vec![
            Order::Join(step(5, 10, 2)),
            Order::Join(step(6, 10, 3)),
            Order::Leave(step(1, 11, 4)),
            Order::Join(step(7, 11, 0)),
        ];
        let judged = judge(&plan);
        judged.must_hold();
        assert_eq!(judged.members(), [0, 2, 3, 4, 5, 6, 7]);
        let membership = judged.figures.membership.expect("an administrator was at work");
        assert_eq!((membership.transitions, membership.completed), (4, 4));
        assert_eq!(judged.figures.staleness.overall.stale_reads, 0, "seed {seed}: {membership:?}");
    }
}

// Checklist item 45: a start by mistake changes nothing.
#[test]
fn a_start_by_mistake_changes_nothing() {
    let mut plan = busy_plan(1);
    let (node, at) = (NodeId(9), Duration::from_secs(5));
    plan.administration = vec![Order::Start(Start { node, at })];
    let judged = judge(&plan);
    judged.must_hold();
    assert_eq!(judged.members(), [0, 1, 2, 3, 4]);
    assert!(judged.account.nodes[9].up);
}
