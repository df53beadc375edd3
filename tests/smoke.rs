use dynamo_sim::dynamo::config::Cluster;
use dynamo_sim::faults::spec::*;
use dynamo_sim::id::*;
use dynamo_sim::sim::plan::Plan;
use dynamo_sim::sim::simulation::Simulation;
use dynamo_sim::time::Duration;
use dynamo_sim::trace::observer::Observers;
fn plan() -> Plan {
    let s = Duration::from_secs;
    let span = |t: &str| Span::parse(t).unwrap();
    let crash = |node, at, after| Spec::Crash(Crash { node: NodeId(node), at: s(at), restart_after: Some(s(after)), disk: DiskAfterCrash::Kept });
    Plan {
        seed: 7,
        duration: s(180),
        settle_limit: s(600),
        sampling: s(1),
        cluster: Cluster::default(),
        network: Default::default(),
        disk: Default::default(),
        workload: Default::default(),
        faults: vec![
            Spec::Partition(Partition { sides: vec![vec![span("n0..n5")], vec![span("n6..n11")]], from: s(60), to: s(120), in_flight: InFlight::Drop }),
            crash(3, 80, 20),
            crash(8, 95, 15),
        ],
    }
}
#[test]
fn smoke() {
    let t = std::time::Instant::now();
    let account = Simulation::new(&plan()).run(&mut Observers::default());
    println!("{:?} now {} digest {:x} quiescent {} events {} local {}", t.elapsed(), account.now, account.digest, account.quiescent, account.totals.events, account.totals.local);
    for (k, t) in dynamo_sim::dynamo::message::Kind::ALL.iter().zip(account.totals.kinds) { println!("{:15} {:?} inflight {}", k.name(), t, account.in_flight[*k as usize]); }
    println!("{:?}", account.touched);
    for n in &account.nodes { print!("{}+{} ", n.copies.len(), n.hints.len()); }
}
