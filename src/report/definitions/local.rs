//! What the numbers about the inside of a node mean: what its disk spoils, its object buffer, its
//! background work, its pauses.

use crate::report::definitions::{Definition, row};

/// Each by the path of its number.
pub(super) static LOCAL: &[(&str, Definition)] = &[
    row("corruption.reads", "reads", "reads that returned a value that a disk had changed"),
    row("corruption.share", "share", "the same of all reads that succeeded"),
    row("corruption.damaged", "copies", "copies at homes that disks changed and nothing checked"),
    row(
        "corruption.spread.put|handoff|read_repair|anti_entropy",
        "copies",
        "copies at homes that became damaged as this wrote them",
    ),
    row("corruption.mended", "copies", "damaged copies that a write or a repair made good"),
    row("corruption.final", "copies", "damaged copies at homes at the end"),
    row("object_buffer.kept", "writes", "writes of puts that went to the memory of a node"),
    row("object_buffer.full", "writes", "writes of puts that found no room and went to the disk"),
    row("object_buffer.durable", "writes", "writes that went to the disk, told to be durable"),
    row("object_buffer.reads", "reads", "reads at replicas that were answered from memory"),
    row("object_buffer.written_back", "objects", "objects that writers brought to their disks"),
    row("object_buffer.peak", "objects", "most objects in the memory of one node only"),
    row("object_buffer.lost", "objects", "objects in memory only that crashes took"),
    row("admission.admitted", "jobs", "background jobs that went to disks"),
    row("admission.deferred", "jobs", "background jobs that had to wait for a slice"),
    row(
        "admission.dropped",
        "jobs",
        "background jobs dropped since too many waited; their senders send them again",
    ),
    row("admission.slices_mean", "jobs", "slices a second of a node, mean over all adjustments"),
    row("admission.slices_min", "jobs", "the same at least"),
    row(
        "admission.read_mean_ms",
        "ms",
        "the watched percentile of foreground reads at the database over the trailing window, mean \
         over all adjustments",
    ),
    row("admission.read_max_ms", "ms", "the same at most"),
    row(
        "pauses.nodes|clients|load_balancers.count",
        "pauses",
        "pauses of processes of this kind that began before the run ended",
    ),
    row("pauses.nodes|clients|load_balancers.mean_ms", "ms", "how long they took, mean"),
    row(
        "pauses.nodes|clients|load_balancers.share",
        "share",
        "the part of the run in which a process of this kind stood still, mean over all of them",
    ),
    row(
        "pauses.nodes|clients|load_balancers.held",
        "things",
        "messages, timers and finished jobs that waited for such a pause to end",
    ),
    row("pauses.nodes|clients|load_balancers.held_mean_ms", "ms", "how long they waited, mean"),
];
