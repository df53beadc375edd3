//! The 67 things that a faithful simulation of Dynamo does, in short.

/// One of them.
pub struct Claim {
    /// Section of the paper; none where it is about the simulator.
    pub section: &'static str,
    /// Where it is done, from the root.
    pub module: &'static str,
    pub says: &'static str,
}

const fn claim(section: &'static str, module: &'static str, says: &'static str) -> Claim {
    Claim { section, module, says }
}

const RING: &str = "src/dynamo/ring/";
const PLACEMENT: &str = "src/dynamo/ring/placement.rs";
const CLOCK: &str = "src/dynamo/versioning/clock.rs";
const RECONCILE: &str = "src/dynamo/versioning/reconcile.rs";
const ROUTE: &str = "src/dynamo/coordination/route.rs";
const GET: &str = "src/dynamo/coordination/get.rs";
const PUT: &str = "src/dynamo/coordination/put.rs";
const SUBSTITUTES: &str = "src/dynamo/coordination/participants.rs";
const HANDOFF: &str = "src/dynamo/handoff/";
const HINTS: &str = "src/dynamo/storage/hint_store.rs";
const MERKLE: &str = "src/dynamo/storage/merkle.rs";
const SYNCHRONISATION: &str = "src/dynamo/anti_entropy/";
const HISTORY: &str = "src/dynamo/ring/history.rs";
const GOSSIP: &str = "src/dynamo/membership/gossip.rs";
const DETECTOR: &str = "src/dynamo/membership/detector.rs";
const MEMBERSHIP: &str = "src/dynamo/membership/";
const STORAGE: &str = "src/dynamo/storage/";
const NODE: &str = "src/dynamo/node.rs";
const CLIENTS: &str = "src/workload/";

/// Item 1 first.
pub const CLAIMS: [Claim; 67] = [
    claim("4.2", "src/dynamo/ring/position.rs", "A key lies at its MD5, and the ring closes."),
    claim("4.2", PLACEMENT, "A range ends with its token: (predecessor, self]."),
    claim("4.2", PLACEMENT, "Load is in proportion to the number of tokens."),
    claim("4.3", PLACEMENT, "A preference list names distinct nodes, clockwise."),
    claim("4.3", PLACEMENT, "It is longer than N where there are more than N nodes."),
    claim("4.6", RING, "The first N span the sites; a lost site leaves a copy."),
    claim("4.3", PLACEMENT, "Figure 2: D stores (A,B], (B,C] and (C,D]."),
    claim("6.2", RING, "Three placement strategies; the third keeps Q/S tokens a node."),
    claim("6.2", RING, "Figure 8 within 0.015 at all 30 points."),
    claim("4.2", PLACEMENT, "A failed node's load spreads over the others."),
    claim("4.4", RECONCILE, "Figure 3: D1 to D5 have the six clocks."),
    claim("4.4", CLOCK, "Clocks are equal, before, after or concurrent."),
    claim("4.4", RECONCILE, "Ancestors are dropped, whatever the order of arrival."),
    claim("4.4", RECONCILE, "Concurrent versions are kept, and a get returns all."),
    claim("4.4", GET, "The context of a get covers every version that it returns."),
    claim("4.4", RECONCILE, "A put replaces the siblings that it saw, and no others."),
    claim("4.4", CLOCK, "Clocks are cut at a threshold; what that costs is counted."),
    claim("5", GET, "The context names the fastest replier of the read."),
    claim("4.4", RECONCILE, "Two puts with one stale context both survive, if so set."),
    claim("4.5", ROUTE, "Any node takes any request; outside the top N it is forwarded."),
    claim("4.5", ROUTE, "Whether gets are forwarded can be set."),
    claim("4.5", CLIENTS, "Routing by load balancer or by ring: at most one hop apart."),
    claim("4.5", PUT, "A put writes locally, sends to N nodes and succeeds at W."),
    claim("5", GET, "A get asks N nodes, replies at R, and fails at its time limit."),
    claim("4.5", GET, "A reply leaves with the R-th (W-th) answer, to the moment."),
    claim("5", GET, "Late answers feed read repair until the window closes."),
    claim("5", GET, "Read repair moves no replica backwards."),
    claim("5", ROUTE, "The fastest replier of the read coordinates the put."),
    claim("5", ROUTE, "Three rules for who coordinates a put."),
    claim("5", NODE, "A coordinator that crashes takes its requests with it."),
    claim("4.5", GET, "R + W > N, nothing failing: reads see the last write."),
    claim("4.5", GET, "R + W <= N: stale reads occur and are counted."),
    claim("6", CLIENTS, "Three modes: client merge, last write wins, read engine."),
    claim("4.6", SUBSTITUTES, "A stand-in keeps a hint that names the home."),
    claim("4.6", HINTS, "Hints have a store of their own, scanned, and outlive restarts."),
    claim("4.6", HANDOFF, "A hint goes after its delivery was confirmed, never before."),
    claim("4.6", SUBSTITUTES, "At W = 1 a put fails only if nobody can be reached."),
    claim("4.6", SUBSTITUTES, "Stand-ins count for a quorum, unless it is strict."),
    claim("4.7", SYNCHRONISATION, "Anti-entropy makes lost hints good."),
    claim("4.7", MERKLE, "Roots are equal exactly where contents are."),
    claim("4.7", SYNCHRONISATION, "An exchange descends only where hashes differ."),
    claim("4.7", SYNCHRONISATION, "Both sides end with the union."),
    claim("6.2", MERKLE, "Joins cut trees anew under strategy 1, not under 3."),
    claim("4.7", SYNCHRONISATION, "Anti-entropy alone makes all replicas equal."),
    claim("4.8.1", MEMBERSHIP, "Only a command changes the ring; no crash does."),
    claim("4.8.1", HISTORY, "A change is on disk before it spreads."),
    claim("4.8.1", GOSSIP, "One random peer a second; both sides are reconciled."),
    claim("4.8.1", HISTORY, "Conflicting histories become one at all nodes."),
    claim("4.8.1", HISTORY, "Tokens are chosen once; a restart keeps them."),
    claim("4.8.2", MEMBERSHIP, "Without seeds a logical partition stays; a seed heals it."),
    claim("4.8.3", DETECTOR, "Who is believed down is each node's own finding."),
    claim("4.8.3", DETECTOR, "Suspicion comes from silence, is retried, and clears."),
    claim("4.9", HANDOFF, "Losers offer, the joiner confirms, a range moves once."),
    claim("4.9", HANDOFF, "Requests during a transfer lose nothing."),
    claim("4.9", HANDOFF, "A node that leaves hands its ranges over."),
    claim("5", STORAGE, "Storage engines behind one interface, each with its times."),
    claim("6.1", STORAGE, "The object buffer is bounded; a crash loses what it held."),
    claim("6.1", STORAGE, "One of N replicas writes through; a put does not wait for it."),
    claim("6.5", NODE, "Background tasks get fewer slices as reads become slow."),
    claim("6.5", NODE, "With that control, foreground tails are shorter."),
    claim("6.4", CLIENTS, "Clients fetch the membership every 10 s, or when stale."),
    claim("6.4", CLIENTS, "Clients coordinate gets, and puts if time stamps decide."),
    claim("6.4", CLIENTS, "Misrouted requests after a change are counted and end."),
    claim("-", "src/sim/simulation.rs", "The same seed gives the same run, to the byte."),
    claim("-", "src/faults/", "Loss, delay, copies, cuts, crashes and clocks can be injected."),
    claim("-", "src/check/", "A judge outside the protocol knows what was lost."),
    claim("-", "src/check/convergence.rs", "When faults cease, all replicas become equal."),
];
