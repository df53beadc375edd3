//! What the numbers about members that come and go mean, and those about sizes of reads.

use crate::report::definitions::{Definition, row};

/// All numbers of section `membership`, and the sizes of section `versions`.
pub static FIGURES: &[(&str, Definition)] = &[
    row("membership.members", "nodes", "members in the end"),
    row("membership.transitions", "changes", "joins and leaves that began"),
    row("membership.completed", "changes", "those that ended, with all their ranges moved"),
    row("membership.refused_orders", "orders", "orders to a node that did not run at the time"),
    row("membership.longest_s", "s", "the longest from an order to the end of what it began"),
    row(
        "membership.most_clusters",
        "clusters",
        "most groups of members at one moment that believed in rings without any member of the \
         others: two or more are the logically partitioned ring of section 4.8.1",
    ),
    row("membership.apart_s", "s", "how long there were two such clusters or more, in all"),
    row(
        "membership.merged_after_s",
        "s",
        "the longest from the moment at which gossip between such clusters first left one until \
         all members believed in the same ring; null if none merged",
    ),
    row("membership.transferred_copies", "copies", "copies that a new home did not have"),
    row("membership.transferred_bytes", "bytes", "size of those"),
    row("membership.released_copies", "copies", "copies that a node gave up as no longer its own"),
    row(
        "membership.passed_requests",
        "requests",
        "requests that reached a home that had given the range away, and were passed on by it",
    ),
    row("membership.declined_reads", "reads", "reads declined by a home that lacks the range yet"),
    row("membership.replanted_ranges", "ranges", "ranges whose Merkle tree had to be made anew"),
    row("membership.replanted_keys", "keys", "keys that were looked at for that"),
    row("versions.bytes_mean", "bytes", "size of the set of versions that a read returned, mean"),
    row(
        "versions.bytes_p99_9",
        "bytes",
        "99.9th percentile of the same, at most 0.1 % above one that was returned",
    ),
];
