//! What each number of a report means, and in which unit it is.

mod carts;
mod local;
mod membership;
mod routing;

use serde::Serialize;

use crate::report::definitions::local::LOCAL;

/// Unit and meaning of a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Definition {
    pub unit: &'static str,
    pub definition: &'static str,
}

const fn row(
    path: &'static str,
    unit: &'static str,
    definition: &'static str,
) -> (&'static str, Definition) {
    (path, Definition { unit, definition })
}

/// The definition of the number at this path.
pub fn find(path: &str) -> Option<&'static Definition> {
    let found = all().find(|(pattern, _)| matches(pattern, path));
    found.map(|(_, definition)| definition)
}

/// All numbers by path.
pub fn all() -> impl Iterator<Item = &'static (&'static str, Definition)> {
    let parts = [FIGURES, carts::FIGURES, membership::FIGURES, routing::FIGURES, LOCAL];
    parts.into_iter().flatten()
}

/// Does a path follow a pattern, in which `*` stands for any one step and `a|b` for a or b?
fn matches(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('.'), path.split('.'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(wanted), Some(step))
                if wanted == "*" || wanted.split('|').any(|name| name == step) => {}
            (Some(_) | None, Some(_) | None) => return false,
        }
    }
}

/// All numbers of a report by path; `*` stands for any one step, `a|b` for a or b.
///
/// `before`, `during` and `after` are parts of the run: an operation counts where it began, and the
/// trouble lasts from the start of the first fault to the end of the last (without faults all is
/// `before`).
static FIGURES: &[(&str, Definition)] = &[
    row("header.seed", "1", "seed of all luck"),
    row("header.duration_s", "s", "how long clients asked and faults happened"),
    row("header.ended_at_s", "s", "simulated time at which the run ended"),
    row("header.events", "inputs", "inputs handled by nodes and clients"),
    row("verdicts.*.examined", "things", "things that the judge looked at"),
    row("verdicts.*.found", "findings", "findings of the judge"),
    row("verdicts.*.findings.*.time_s", "s", "when the finding showed"),
    row("availability.get", "share", "gets that succeeded, of those that ended"),
    row("availability.put", "share", "puts that succeeded, of those that ended"),
    row("availability.delete", "share", "deletes that succeeded, of those that ended"),
    row(
        "availability.before|during|after.get",
        "share",
        "the same of gets that began in this part",
    ),
    row(
        "availability.before|during|after.put",
        "share",
        "the same of puts that began in this part",
    ),
    row(
        "availability.before|during|after.delete",
        "share",
        "the same of deletes that began in this part",
    ),
    row("latency.get|put.count", "operations", "gets, or puts and deletes, that succeeded"),
    row("latency.get|put.mean_ms", "ms", "mean time from first request to answer, exact"),
    row("latency.get|put.p50_ms", "ms", "median of the same; as all quantiles to 3 digits"),
    row("latency.get|put.p95_ms", "ms", "95th percentile of the same"),
    row("latency.get|put.p99_ms", "ms", "99th percentile of the same"),
    row("latency.get|put.p99_9_ms", "ms", "99.9th percentile of the same"),
    row("latency.get|put.max_ms", "ms", "longest of the same, exact"),
    row(
        "latency.before|during|after.get|put.count",
        "operations",
        "successes that began in this part",
    ),
    row("latency.before|during|after.get|put.mean_ms", "ms", "mean latency in this part"),
    row("latency.before|during|after.get|put.p50_ms", "ms", "median latency in this part"),
    row(
        "latency.before|during|after.get|put.p95_ms",
        "ms",
        "95th percentile of latency in this part",
    ),
    row(
        "latency.before|during|after.get|put.p99_ms",
        "ms",
        "99th percentile of latency in this part",
    ),
    row(
        "latency.before|during|after.get|put.p99_9_ms",
        "ms",
        "99.9th percentile of latency in this part",
    ),
    row("latency.before|during|after.get|put.max_ms", "ms", "longest latency in this part"),
    row("staleness.reads", "reads", "gets that succeeded"),
    row(
        "staleness.stale_reads",
        "reads",
        "reads that missed a write committed (W copies confirmed) when they began, by true \
         history; where the last write wins, only if it has a larger stamp than what they returned",
    ),
    row("staleness.share", "share", "stale reads of all reads"),
    row("staleness.absent_reads", "reads", "stale reads that returned nothing at all"),
    row("staleness.version_lag.mean", "writes", "committed writes that a stale read missed, mean"),
    row("staleness.version_lag.max", "writes", "the same at most"),
    row(
        "staleness.time_lag.p50_ms",
        "ms",
        "from the commit of the oldest missed write to the start of the stale read, median",
    ),
    row("staleness.time_lag.p99_ms", "ms", "99th percentile of the same"),
    row("staleness.time_lag.max_ms", "ms", "the same at most"),
    row(
        "staleness.time_lag.lower_bounds",
        "reads",
        "stale reads whose time lag is a lower bound, for the missed write had reached all homes",
    ),
    row(
        "staleness.overwritten",
        "writes",
        "committed writes found held or covered by no home when all homes were equal and no hint \
         was pending; later reads are not stale for missing them",
    ),
    row(
        "staleness.before|during|after.reads",
        "reads",
        "gets that succeeded and began in this part",
    ),
    row(
        "staleness.before|during|after.stale_reads",
        "reads",
        "stale reads that began in this part",
    ),
    row(
        "staleness.before|during|after.share",
        "share",
        "stale reads of the reads that began in this part",
    ),
    row("versions.none", "reads", "reads that returned no visible version"),
    row("versions.one", "reads", "reads that returned one visible version"),
    row("versions.two", "reads", "reads that returned two concurrent visible versions"),
    row("versions.three", "reads", "reads that returned three"),
    row("versions.four", "reads", "reads that returned four"),
    row("versions.five_or_more", "reads", "reads that returned five or more"),
    row("versions.mean", "versions", "visible versions per read that returned any"),
    row("versions.max", "versions", "most visible versions that a read returned"),
    row("versions.tombstones", "versions", "tombstones returned, which are not visible"),
    row(
        "versions.false_conflicts",
        "reads",
        "reads that returned two versions of which one was written in full knowledge of the other, \
         by true history: conflicts that truncated clocks made, or writes without context",
    ),
    row("divergence.max", "keys", "most keys at one moment whose homes held unequal sets"),
    row("divergence.mean", "keys", "the same, mean over the time of the run"),
    row("divergence.final", "keys", "the same at the end"),
    row(
        "divergence.converged_after_s",
        "s",
        "from the last end of a fault until every key that diverged then had been equal once",
    ),
    row(
        "divergence.quiet_after_s",
        "s",
        "from the end of the scenario until all homes were equal and no hint was pending, for good",
    ),
    row("divergence.heals.*.time_s", "s", "when one or more faults ended"),
    row("divergence.heals.*.divergent_keys", "keys", "keys that diverged at that moment"),
    row(
        "divergence.heals.*.converged_after_s",
        "s",
        "from then until each of them had been equal once; null if some never was",
    ),
    row("handoff.created", "hints", "hints that came to be"),
    row("handoff.created_bytes", "bytes", "size of their version sets"),
    row("handoff.superseded", "hints", "hints that melted into a later one for the same key"),
    row("handoff.superseded_bytes", "bytes", "size of the same"),
    row("handoff.delivered", "hints", "hints delivered, confirmed and removed"),
    row("handoff.delivered_bytes", "bytes", "size of the same"),
    row("handoff.lost", "hints", "hints that crashes took"),
    row("handoff.lost_bytes", "bytes", "size of the same"),
    row("handoff.dropped", "hints", "hints dropped because their `window` was over"),
    row("handoff.dropped_bytes", "bytes", "size of the same"),
    row("handoff.revived", "hints", "delivered hints that crashes brought back"),
    row("handoff.revived_bytes", "bytes", "size of the same"),
    row("handoff.pending", "hints", "hints left at the end"),
    row("handoff.pending_bytes", "bytes", "size of the same"),
    row("handoff.peak_pending", "hints", "most hints at one moment"),
    row("handoff.peak_pending_bytes", "bytes", "most bytes of hints at one moment"),
    row("handoff.drained_after_s", "s", "from the last end of a fault until no hint was left"),
    row("handoff.heals.*.time_s", "s", "when one or more faults ended"),
    row("handoff.heals.*.pending", "hints", "hints that were pending then"),
    row("handoff.heals.*.drained_after_s", "s", "from then until no hint was left; null if never"),
    row("anti_entropy.messages", "messages", "messages of anti-entropy sent: hashes, keys, sets"),
    row("anti_entropy.bytes", "bytes", "size of the same"),
    row("anti_entropy.comparisons", "messages", "messages compared with the receiver's tree"),
    row("anti_entropy.hashes_compared", "hashes", "hashes of tree nodes looked at"),
    row("anti_entropy.hashes_differing", "hashes", "those that differed"),
    row("anti_entropy.repaired_keys", "copies", "copies at homes that anti-entropy changed"),
    row("anti_entropy.repaired_bytes", "bytes", "size of those copies after it"),
    row("read_repair.gets", "gets", "gets that found homes behind and sent them newer versions"),
    row("read_repair.replicas", "copies", "homes that they found behind"),
    row("read_repair.messages", "messages", "repairs sent over the network"),
    row("read_repair.bytes", "bytes", "size of the same"),
    row("read_repair.repaired_keys", "copies", "copies at homes that read repair changed"),
    row("read_repair.repaired_bytes", "bytes", "size of those copies after it"),
    row("messages.*.sent", "messages", "messages sent over the network, of this kind"),
    row("messages.*.bytes", "bytes", "size of the same"),
    row("messages.*.delivered", "messages", "messages and copies that reached their receivers"),
    row("messages.*.copies", "messages", "second copies made by the network"),
    row("messages.*.in_flight", "messages", "messages still on their way at the end"),
    row("messages.*.dropped.*", "messages", "messages and copies that did not arrive, by cause"),
    row("faults.suspicions_raised", "times", "a node began to believe a peer down"),
    row("faults.suspicions_cleared", "times", "a peer believed down answered again"),
    row("faults.windows.*.from_s", "s", "start of the fault"),
    row("faults.windows.*.to_s", "s", "end of the fault"),
    row(
        "faults.windows.*.messages",
        "messages",
        "messages that it lost, held, delayed, damaged or copied",
    ),
    row("faults.windows.*.bytes", "bytes", "size of the same"),
    row(
        "faults.windows.*.operations",
        "operations",
        "client operations, each once, of which it touched a message or a disk job that was sent \
         for them (requests, replies, fetches, writes, stores, their answers), or stopped the node \
         that worked on them, or misled the clock that stamped them",
    ),
    row("faults.windows.*.nodes", "times", "nodes that it stopped, started, paused or slowed"),
    row("faults.windows.*.jobs", "jobs", "disk jobs that it lost, kept waiting or slowed"),
    row("faults.windows.*.copies", "copies", "stored copies and hints that it destroyed"),
    row("ledgers.messages.sent", "messages", "messages sent"),
    row("ledgers.messages.copies", "messages", "second copies made by the network"),
    row("ledgers.messages.delivered", "messages", "messages and copies delivered"),
    row("ledgers.messages.dropped", "messages", "messages and copies dropped"),
    row("ledgers.messages.in_flight", "messages", "messages still on their way at the end"),
    row("ledgers.messages.local", "messages", "messages of nodes to themselves, not in the ledger"),
    row("ledgers.hints.created", "hints", "hints that came to be"),
    row("ledgers.hints.revived", "hints", "hints that crashes brought back"),
    row("ledgers.hints.delivered", "hints", "hints delivered"),
    row("ledgers.hints.superseded", "hints", "hints that melted into later ones"),
    row("ledgers.hints.lost", "hints", "hints that crashes took"),
    row("ledgers.hints.pending", "hints", "hints found at nodes at the end"),
    row(
        "repair.handoff|read_repair|anti_entropy.copies",
        "copies",
        "copies at homes that this mechanism changed",
    ),
    row("repair.handoff|read_repair|anti_entropy.bytes", "bytes", "size of those copies after it"),
    row(
        "repair.handoff|read_repair|anti_entropy.share",
        "share",
        "its part of the copies that any mechanism changed",
    ),
    row(
        "repair.after_last_heal.handoff|read_repair|anti_entropy.copies",
        "copies",
        "the same since the last end of a fault",
    ),
    row(
        "repair.after_last_heal.handoff|read_repair|anti_entropy.bytes",
        "bytes",
        "size of those copies after it",
    ),
    row(
        "repair.after_last_heal.handoff|read_repair|anti_entropy.share",
        "share",
        "its part of the copies changed since then",
    ),
    row("durability.acknowledged_writes", "writes", "puts and deletes that were committed"),
    row(
        "durability.lost_writes",
        "writes",
        "committed writes that at the end no copy and no hint holds or covers",
    ),
    row(
        "durability.overwritten",
        "writes",
        "committed writes found held or covered by no home during the run, as in staleness",
    ),
    row("sessions.reads_examined", "reads", "reads of keys that their client remembered"),
    row(
        "sessions.read_your_writes_violations",
        "reads",
        "reads that missed a write of their own client that had succeeded before they began; a \
         client's memory holds the last 64 keys, and of each up to 256 writes",
    ),
    row(
        "sessions.monotonic_reads_violations",
        "reads",
        "reads that missed something that an earlier read of their client had returned or covered",
    ),
    row("load.coordinated_min", "operations", "successes coordinated by the idlest node"),
    row("load.coordinated_mean", "operations", "successes coordinated, mean over nodes"),
    row("load.coordinated_max", "operations", "successes coordinated by the busiest node"),
    row(
        "load.writers_per_key_mean",
        "clients",
        "clients that began to write a key, mean over keys",
    ),
    row("load.writers_per_key_max", "clients", "the same at most; 64 stands for 64 or more"),
    row("load.coordinated.*", "operations", "successes coordinated, by node"),
    row("placement.strategy", "1", "strategy of section 6.2 by which keys are laid out"),
    row("placement.ranges", "ranges", "ranges of the ring with which the run began"),
    row("placement.tokens", "tokens", "tokens of all nodes then"),
    row("placement.table_bytes", "bytes", "size of the table of tokens then, as gossip carries it"),
    row("placement.efficiency", "share", "mean load of a node / largest load (section 6.2)"),
    row("placement.carried.*", "share", "part of the ring that a node keeps copies of"),
    row("operations.retries", "attempts", "attempts after the first"),
    row("operations.moves", "moves", "moves of clients to other sites"),
    row("operations.retried_writes", "writes", "puts and deletes that were tried more than once"),
    row(
        "operations.applied_twice",
        "writes",
        "those of them of which two versions with names of their own were made: one client event, \
         by the oracle; a write is watched until 10,000 others have been tried again and ended",
    ),
    row(
        "operations.applied_anew",
        "writes",
        "those of them that took effect as two client events or more, since each further attempt \
         was a write of its own",
    ),
    row(
        "operations.recognised",
        "attempts",
        "attempts answered by a node that remembered having made a version of the write",
    ),
    row(
        "operations.longest_outage_s",
        "s",
        "longest time that a client went from a success (or the start of the run) to its next \
         success, or to its last failure if none came, with at least one failure between",
    ),
    row("operations.get|put|delete.invoked", "operations", "operations that began"),
    row("operations.get|put|delete.ok", "operations", "operations that succeeded"),
    row(
        "operations.get|put|delete.failed",
        "operations",
        "operations that failed, surely without effect",
    ),
    row(
        "operations.get|put|delete.unknown",
        "operations",
        "puts and deletes whose effect is unknown",
    ),
    row(
        "operations.before|during|after.get|put|delete.invoked",
        "operations",
        "operations that began in this part",
    ),
    row(
        "operations.before|during|after.get|put|delete.ok",
        "operations",
        "those of them that succeeded",
    ),
    row(
        "operations.before|during|after.get|put|delete.failed",
        "operations",
        "those of them that failed",
    ),
    row(
        "operations.before|during|after.get|put|delete.unknown",
        "operations",
        "those of them whose effect is unknown",
    ),
];
