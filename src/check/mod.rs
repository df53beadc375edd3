//! Judges: what must hold of a run whatever its scenario says, one file for each.
//!
//! | judge | invariant | what it verifies |
//! |---|---|---|
//! | `message_ledger` | Z2 | messages sent + copies = delivered + dropped + in flight, by kind |
//! | `hint_ledger` | H1 | hints created + revived = delivered + superseded + lost + pending |
//! | `operations` | Q8 | each operation ended once, with an answer of its own, in time |
//! | `no_invention` | D1 | nothing is stored or read that no client wrote |
//! | `durability` | D2 | no acknowledged write is gone, at any moment |
//! | `convergence` | C1 | all homes hold the same in the end, and no hint is left |
//! | `world/crossings` | Z3 | nothing arrives over a link that is cut |
//! | `world/lives` | Z4 | time never goes back; no timer outlives the life that armed it |
//! | `world/disks` | Z6 | a crash leaves exactly what was flushed |
//! | (`hunt::trial`) | Z1 | the same run twice does the same, watched or not |
//! | `false_dominance` | D3 | only what was seen is replaced |
//! | `false_concurrency` | D4 | what was seen is not kept beside what saw it |
//! | `dot_uniqueness` | D5 | a name of a version names one write |
//! | `actor_monotony` | D6 | who mints names counts upwards, in one place |
//! | `context_dominance` | D7 | a put replaces all that its client had seen |
//! | `antichain` | D8 | no sibling supersedes or repeats another |
//! | `replica_frontier` | D9 | a copy never knows less, unless its disk failed |
//! | `merge_laws` | D10 | merging is a function of two sets, in any order, and adds nothing |
//! | `deleted_stays_deleted` | D11 | what a delete has seen does not come back |
//! | `reaping` | D12 | tombstones go when all have them, and then do go |
//! | `bounded_siblings` | D13 | no more siblings than concurrent writes |
//! | `last_write` | D14 | one winner everywhere, and an account of the losers |
//! | `indeterminate_writes` | D15 | what was once read does not vanish |
//! | `ghost_frontier` | C2 | in the end homes hold the newest writes that reached a disk |
//! | `honest_ack` | Q1 | what is acknowledged is held by W nodes at that moment |
//! | `counted_once` | Q2 | R or W answers were counted, each of another node |
//! | `freshness` | Q3 | where quorums meet, a read covers what was acknowledged before |
//! | `frontier` | Q4 | a get returns what is newest in its answers, and nothing else |
//! | `conditions` | Q5 | homes and sites that are asked for have answered |
//! | `read_repair` | Q6 | a repair takes nothing away, and goes to those who are behind |
//! | `preference_lists` | Q7 | homes and stand-ins of a request are those of the ring |
//! | `availability` | Q9 | whoever is silent is replaced before a request is given up |
//! | `read_your_writes` | S1 | where quorums meet, a read covers its client's writes |
//! | `monotonic_reads` | S2 | where quorums meet, a read covers its client's earlier reads |
//! | `monotonic_writes` | S3 | where quorums meet, writes of a client are read in their order |
//! | `writes_follow_reads` | S4 | a write is read with what its client had read, not beside it |
//! | `hint_conservation` | H1 | no copy that its home did not take is forgotten |
//! | `hint_holders` | H2 | hints are kept by nodes that are neither their homes nor other homes |
//! | `hint_targets` | H3 | hints are for homes, or turn to those that there are |
//! | `hint_delivery` | H4 | a delivery takes nothing away |
//! | `hint_home_copies` | H5 | what is kept for another is no copy of a home |
//! | `hint_drain` | H6 | hints are delivered once all is well |
//! | `hint_drops` | H7 | each hint that goes undelivered is counted |
//! | `tree_roots` | A1 | roots are equal exactly if contents are |
//! | `tree_contents` | A2 | trees say what stores hold |
//! | `exchange_results` | A3 | an exchange overlooks nothing |
//! | `exchange_ranges` | A4 | exchanges are about keys of which both sides are homes |
//! | `exchange_churn` | A5 | an exchange finds nothing where nothing differs |
//! | `one_owner` | M1 | in each view each token has one owner |
//! | `whole_ring` | M2 | in each view ranges close the ring, and each has N different homes |
//! | `same_views` | M3 | all members believe the same in the end |
//! | `gone_for_good` | M4 | who was removed or has left comes back by order only |
//! | `forward_only` | M5 | no view goes back to what it had known to be replaced |
//! | `ordered_changes` | M6 | membership changes by an administrator's order only |
//! | `kept_changes` | M7 | joining two histories loses nothing |
//! | `suspicion` | M8 | silence is suspected, an answer is not, and both end |
//! | `seeds_heal` | M9 | who was parted believes in the end what a seed does |
//! | `honest_digests` | M10 | one digest means one history |
//! | `gossip_cost` | M11 | one contact for each node and round |
//! | `ranges_whole` | T1 | a range that changes hands is whole at its new home |
//! | `ranges_dropped` | T2 | a copy goes only once another has it |
//! | `pass_chains` | T3 | requests that are passed on come to an end |
//! | `home_copies` | T4 | no planned change takes a key below N - 1 copies |
//! | `view_overlap` | T5 | quorums before and after a change meet |
//! | `vacuity` | - | each fault touched something |
//!
//! Judges trust the records, the account at the end and the ghosts, never the protocol's clocks.

pub mod convergence;
pub mod durability;
pub mod hint_ledger;
pub mod hints;
pub mod holdings;
pub mod judge;
pub mod judges;
pub mod members;
pub mod message_ledger;
pub mod no_invention;
pub mod operations;
pub mod quorums;
pub mod trees;
pub mod vacuity;
pub mod verdict;
pub mod versions;
pub mod weighed;
pub mod world;

#[cfg(test)]
mod tests;
