//! Processes that pause by themselves (`pauses`), as whole worlds.

mod watch;

use dynamo_sim::check::judges::Judges;
use dynamo_sim::check::verdict::Outcome;
use dynamo_sim::dynamo::config::Versioning;
use dynamo_sim::metrics::figures::Figures;
use dynamo_sim::metrics::observer::Metrics;
use dynamo_sim::random::distribution::Distribution;
use dynamo_sim::sim::pauses::{Beginning, Pausing};
use dynamo_sim::sim::plan::Plan;
use dynamo_sim::sim::simulation::Simulation;
use dynamo_sim::time::Duration;
use dynamo_sim::trace::observer::Observers;
use dynamo_sim::trace::record::Account;
use dynamo_sim::workload::balancer::LoadBalancer;
use dynamo_sim::workload::spec::{Mix, Routing};

use watch::small_plan;

/// What a run comes to; no judge may find a violation, the ledger of messages among them.
fn measure(plan: &Plan) -> (Figures, Account) {
    let layout = plan.layout();
    let (mut metrics, mut judges) = (Metrics::new(&layout), Judges::new(&layout));
    let mut observers = Observers::new(vec![&mut metrics, &mut judges]);
    let account = Simulation::new(plan).run(&mut observers);
    for verdict in judges.verdicts(&account) {
        assert_ne!(verdict.outcome, Outcome::Violated, "{verdict:?}");
    }
    assert!(account.quiescent, "the run comes to rest");
    (metrics.finish(&account), account)
}

fn pausing(every: u64, length: u64) -> Option<Pausing> {
    let [every, length] = [every, length].map(Duration::from_millis);
    let every = Distribution::Exponential { mean: every };
    Some(Pausing { every, length: Distribution::Constant(length) })
}

/// Gets and writes that stand alone, which clients can coordinate themselves.
fn plan() -> Plan {
    let mut plan = small_plan(31);
    plan.workload.mix = Mix { get: 0.5, blind: 0.5, ..Mix::default() };
    plan.cluster.versioning = Versioning::LastWriteWins;
    plan
}

fn balanced(latency: u64) -> Option<LoadBalancer> {
    let latency = Distribution::Constant(Duration::from_millis(latency));
    Some(LoadBalancer { latency, count: 2 })
}

/// The longest get, in milliseconds.
fn longest(figures: &Figures) -> f64 {
    figures.latency.overall.get.max_ms.expect("some succeed")
}

#[test]
fn a_pause_of_each_kind_of_process_lengthens_the_tail_and_not_the_median() {
    let mut plain = plan();
    plain.workload.load_balancer = balanced(1);
    let (quick, _) = measure(&plain);
    assert_eq!(quick.pauses, None);
    let kinds: [fn(&mut Plan); 3] = [
        |plan| plan.pauses.nodes = pausing(1_000, 60),
        |plan| plan.pauses.clients = pausing(1_000, 60),
        |plan| plan.pauses.load_balancers = pausing(1_000, 60),
    ];
    for (place, pause) in kinds.into_iter().enumerate() {
        let mut plan = plain.clone();
        pause(&mut plan);
        let (slow, account) = measure(&plan);
        let median = |figures: &Figures| figures.latency.overall.get.p50_ms.unwrap();
        assert!(median(&slow) < 1.3 * median(&quick), "{place}");
        assert!(longest(&slow) > longest(&quick) + 40.0, "{place}: {}", longest(&slow));
        assert_eq!(account.stopped.iter().filter(|kind| kind.is_some()).count(), 1);
        let stopped = account.stopped[place].expect("this kind pauses");
        assert!(stopped.held > 0 && stopped.waited > Duration::ZERO, "{stopped:?}");
        let (_, again) = measure(&plan);
        assert_eq!(again.digest, account.digest, "the same pauses once more");
    }
}

// Section 6.4: a client that coordinates is passed by every request, and its pause strikes all
// replicas at once; that of one node is hidden by the quorum.
#[test]
fn quorums_hide_the_pauses_of_nodes_and_not_those_of_the_client_that_coordinates() {
    let run = |pause: fn(&mut Plan)| {
        let mut plan = plan();
        plan.workload.routing = Routing::ClientDriven;
        pause(&mut plan);
        measure(&plan).0.latency.overall.get.p99_ms.unwrap()
    };
    let none = run(|_| {});
    let nodes = run(|plan| plan.pauses.nodes = pausing(2_000, 60));
    let clients = run(|plan| plan.pauses.clients = pausing(2_000, 60));
    assert!(nodes < none + 5.0, "{none} {nodes}");
    assert!(clients > none + 30.0, "{none} {clients}");
}

#[test]
fn an_operation_begins_when_it_is_wanted_or_when_its_client_goes_on() {
    let run = |operations_begin| {
        let mut plan = plan();
        plan.pauses.clients = pausing(2_000, 60);
        plan.pauses.operations_begin = operations_begin;
        measure(&plan).0
    };
    let [wanted, running] = [Beginning::Wanted, Beginning::Running].map(run);
    let late = |figures: &Figures| figures.latency.overall.get.p99_ms.unwrap();
    assert!(late(&wanted) > late(&running) + 20.0, "{} {}", late(&wanted), late(&running));
    let ended = |figures: &Figures| {
        let [get, put] = [&figures.latency.overall.get, &figures.latency.overall.put];
        get.count + put.count
    };
    // A wish that waits holds up those after it.
    let kept = ended(&running) as f64 / ended(&wanted) as f64;
    assert!((0.9..1.0).contains(&kept), "{kept}");
}

// Luck has an address: whoever else pauses, and whatever is asked, a node's pauses are its own.
#[test]
fn the_pauses_of_one_kind_do_not_depend_on_those_of_another() {
    let run = |change: fn(&mut Plan)| {
        let mut plan = plan();
        plan.pauses.nodes = pausing(500, 20);
        change(&mut plan);
        let account = measure(&plan).1;
        let stopped = account.stopped[0].expect("nodes pause");
        // Runs that end at other times saw more of the same.
        stopped.pauses as f64 / account.now.seconds()
    };
    let alone = run(|_| {});
    let crowded = run(|plan| {
        plan.pauses.clients = pausing(300, 10);
        plan.workload.mix = Mix { get: 1.0, ..Mix::default() };
    });
    assert!((alone / crowded - 1.0).abs() < 0.05, "{alone} {crowded}");
}

// A pause of its own and a fault's, a crash in the middle: whatever waits is handled or counted as
// lost, and the books close.
#[test]
fn pauses_and_faults_meet() {
    let mut plan = plan();
    plan.pauses.nodes = pausing(200, 100);
    plan.pauses.clients = pausing(200, 100);
    let back = dynamo_sim::faults::spec::DiskAfterCrash::Kept;
    plan.faults = (1..9).map(|at| watch::crash((at % 5) as u32, at, 1, back)).collect();
    let (figures, account) = measure(&plan);
    assert!(figures.latency.overall.get.count > 100);
    assert_eq!(account.digest, measure(&plan).1.digest);
}
