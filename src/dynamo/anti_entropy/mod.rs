//! Section 4.7: two homes compare their Merkle trees and send each other what the other lacks.
//!
//! At intervals each node picks a random peer with which it hosts ranges in common and sends it the
//! roots of those trees. Hashes go back and forth, one level of the trees at a time and only below
//! nodes that differ, then the keys of differing leaves, then the version sets. Neither side keeps
//! a state: each message holds what its answer needs, and a lost one just ends the exchange.

use std::collections::BTreeMap;

use crate::dynamo::config::AntiEntropy as Settings;
use crate::dynamo::config::plant::Plant;
use crate::dynamo::fact::Fact;
use crate::dynamo::fact::exchange::ExchangeFact;
use crate::dynamo::job::{Job, ReadKeys};
use crate::dynamo::message::{AntiEntropy, Exchange, Message, TreeHash};
use crate::dynamo::rhythm::Rhythm;
use crate::dynamo::ring::placement::{RangeId, Ring};
use crate::dynamo::storage::disk::Disk;
use crate::dynamo::storage::inspection::Inspection;
use crate::dynamo::storage::merkle::{MerkleTree, Shape, TreeIndex};
use crate::dynamo::storage::store::Store;
use crate::dynamo::timer::Timer;
use crate::dynamo::view::View;
use crate::dynamo::words::NodeCtx;
use crate::id::{Address, Key, NodeId};
use crate::random::purpose::Purpose;
use crate::random::source::Source;

/// Keys whose sets travel in one message.
const KEYS_PER_MESSAGE: usize = 64;

/// The part of a node that compares replicas.
#[derive(Debug)]
pub struct Synchronisation {
    settings: Settings,
    rhythm: Rhythm,
    /// Keys that one job reads, and whose sets travel in one message.
    keys: usize,
}

impl Synchronisation {
    /// Compares in this rhythm; one job reads so many values if not as many as go into a message.
    pub fn new(settings: Settings, rhythm: Rhythm, values: Option<usize>) -> Synchronisation {
        let keys = values.unwrap_or(KEYS_PER_MESSAGE).min(KEYS_PER_MESSAGE);
        Synchronisation { settings, rhythm, keys }
    }

    /// How trees are built.
    pub fn shape(&self) -> Shape {
        Shape { depth: self.settings.depth, bits: self.settings.hash_bits }
    }

    /// Waits for the first interval.
    pub fn start(&self, ctx: &mut NodeCtx<'_>) {
        ctx.arm(self.rhythm.until_next(ctx.ran), Timer::AntiEntropy);
    }

    /// Waits for another interval.
    pub fn wait(&self, ctx: &mut NodeCtx<'_>) {
        ctx.arm(self.rhythm.until_another(ctx.ran), Timer::AntiEntropy);
    }

    /// Sends the roots of all common ranges to a random peer that is believed up.
    pub fn on_interval(&self, ctx: &mut NodeCtx<'_>, view: &View, store: &Store) {
        self.wait(ctx);
        let Some(ring) = view.ring() else { return };
        let up = ring.neighbours(view.me).iter().filter(|peer| view.believes_up(**peer));
        let peers: Vec<NodeId> = up.copied().collect();
        if peers.is_empty() {
            return;
        }
        let round = self.rhythm.round(ctx.ran);
        let who = u64::from(view.me.0);
        let peer = *ctx.luck.draw(Purpose::AntiEntropyPeer, who, round).pick(&peers);
        let membership = view.history().digest();
        let exchange = Exchange { by: view.me, round, step: 0, membership };
        let common = common_ranges(ring, view.me, peer);
        ctx.tell(|| {
            let inspection = Inspection::of(store, round, &common);
            Fact::Exchange(Box::new(ExchangeFact::Began { peer, round, inspection }))
        });
        let roots = common.iter().filter_map(|&range| tree_hash(store, range, MerkleTree::ROOT));
        send(ctx, peer, AntiEntropy::Hashes { exchange, hashes: roots.collect() });
    }

    /// A peer goes on with an exchange. One that was begun under another membership is ended.
    pub fn on_message(
        &self,
        ctx: &mut NodeCtx<'_>,
        view: &View,
        disk: &Disk,
        from: NodeId,
        message: AntiEntropy,
    ) {
        let Some(ring) = view.ring() else { return };
        let ours = |exchange: &Exchange| exchange.membership == view.history().digest();
        match message {
            AntiEntropy::Hashes { exchange, hashes } if ours(&exchange) => {
                if exchange.step == 0 {
                    tell_answered(ctx, &disk.store, exchange, &hashes);
                }
                compare_hashes(ctx, &disk.store, from, exchange.next(), &hashes);
            }
            AntiEntropy::Keys { exchange, leaves, entries } if ours(&exchange) => {
                let (ours, theirs) = differing(&disk.store, &leaves, &entries);
                tell_found(ctx, from, exchange, (&ours, &theirs));
                self.read_keys(ctx, from, exchange.next(), ours, theirs);
            }
            AntiEntropy::Sets { exchange, sets, wanted } if ours(&exchange) => {
                for (key, set) in sets {
                    if ring.is_home(view.me, ring.range_of(key)) {
                        ctx.submit(Job::Synchronise { key, set });
                    }
                }
                self.read_keys(ctx, from, exchange.next(), wanted, Vec::new());
            }
            AntiEntropy::Hashes { .. } | AntiEntropy::Keys { .. } | AntiEntropy::Sets { .. } => {}
        }
    }

    /// Keys were read for a peer: here they are.
    pub fn on_read(
        &self,
        ctx: &mut NodeCtx<'_>,
        store: &Store,
        ReadKeys { to, exchange, keys, wanted }: ReadKeys,
    ) {
        let held = |key: Key| store.get(key).map(|set| (key, set.clone()));
        let sets = keys.into_iter().filter_map(held).collect();
        send(ctx, to, AntiEntropy::Sets { exchange, sets, wanted });
    }

    /// Reads keys from the disk to send them, a message's worth at a time; nothing if there is
    /// nothing to send or to ask for.
    fn read_keys(
        &self,
        ctx: &mut NodeCtx<'_>,
        to: NodeId,
        exchange: Exchange,
        keys: Vec<Key>,
        wanted: Vec<Key>,
    ) {
        let messages = keys.len().max(wanted.len()).div_ceil(self.keys);
        let part = |all: &[Key], i: usize| -> Vec<Key> {
            all.chunks(self.keys).nth(i).map_or_else(Vec::new, <[Key]>::to_vec)
        };
        for i in 0..messages {
            // Each part is an exchange of its own from here on, with luck of its own.
            let exchange = Exchange { step: exchange.step + 1000 * i as u32, ..exchange };
            let (keys, wanted) = (part(&keys, i), part(&wanted, i));
            ctx.submit(Job::ReadKeys(Box::new(ReadKeys { to, exchange, keys, wanted })));
        }
    }
}

/// Answers hashes with those of the children of the tree nodes that differ, or with the keys of the
/// leaves that do. That nothing differs is said too, once, so that the peer knows it was answered.
fn compare_hashes(
    ctx: &mut NodeCtx<'_>,
    store: &Store,
    from: NodeId,
    exchange: Exchange,
    hashes: &[TreeHash],
) {
    if hashes.is_empty() {
        return;
    }
    let mine = |theirs: &TreeHash| tree_hash(store, theirs.range, theirs.index);
    let differs = |theirs: &&TreeHash| mine(theirs).is_some_and(|mine| mine.hash != theirs.hash);
    let differing: Vec<TreeHash> = hashes.iter().filter(differs).copied().collect();
    let counts = (hashes.len() as u32, differing.len() as u32);
    let Exchange { by, round, step, .. } = exchange;
    let (hashes, differ) = counts;
    ctx.tell(|| Fact::Compared { peer: from, by, round, step, hashes, differing: differ });
    let is_leaf = |h: &TreeHash| store.tree(h.range).is_some_and(|tree| tree.is_leaf(h.index));
    let (leaves, inner): (Vec<TreeHash>, Vec<TreeHash>) = differing.into_iter().partition(is_leaf);
    // All hashes of one message are of one level, so only one of the two is ever to be sent.
    if leaves.is_empty() {
        let last = if store.planted().is(Plant::MerkleSkipLastChild) { 0 } else { 1 };
        let children = |h: &TreeHash| {
            let (range, first) = (h.range, 2 * h.index);
            (first..=first + last).map(move |child| (range, child))
        };
        let below = inner.iter().flat_map(children);
        let hashes = below.filter_map(|(range, child)| tree_hash(store, range, child)).collect();
        send(ctx, from, AntiEntropy::Hashes { exchange, hashes });
    } else {
        let leaves: Vec<_> = leaves.iter().map(|leaf| (leaf.range, leaf.index)).collect();
        let entries = entries_of(store, &leaves).into_iter().collect();
        send(ctx, from, AntiEntropy::Keys { exchange, leaves, entries });
    }
}

/// Keys that the peer lacks or holds otherwise, and keys that it holds otherwise or alone.
fn differing(
    store: &Store,
    leaves: &[(RangeId, TreeIndex)],
    entries: &[(Key, u64)],
) -> (Vec<Key>, Vec<Key>) {
    let mine = entries_of(store, leaves);
    let theirs: BTreeMap<Key, u64> = entries.iter().copied().collect();
    let differs = |a: &BTreeMap<Key, u64>, b: &BTreeMap<Key, u64>| -> Vec<Key> {
        a.iter().filter(|(key, digest)| b.get(key) != Some(digest)).map(|(key, _)| *key).collect()
    };
    let (ours, wanted) = (differs(&mine, &theirs), differs(&theirs, &mine));
    if store.planted().is(Plant::AeIgnoresSmallDiff) && ours.len().max(wanted.len()) <= 1 {
        return (Vec::new(), Vec::new());
    }
    match store.planted().is(Plant::AeOneWay) {
        true => (ours, Vec::new()),
        false => (ours, wanted),
    }
}

fn tell_answered(
    ctx: &mut NodeCtx<'_>,
    store: &Store,
    Exchange { by, round, .. }: Exchange,
    roots: &[TreeHash],
) {
    ctx.tell(|| {
        let ranges: Vec<RangeId> = roots.iter().map(|root| root.range).collect();
        let inspection = Inspection::of(store, round, &ranges);
        Fact::Exchange(Box::new(ExchangeFact::Answered { by, round, inspection }))
    });
}

fn tell_found(
    ctx: &mut NodeCtx<'_>,
    peer: NodeId,
    Exchange { by, round, .. }: Exchange,
    (mine, theirs): (&[Key], &[Key]),
) {
    ctx.tell(|| {
        let (mine, theirs) = (mine.to_vec(), theirs.to_vec());
        Fact::Exchange(Box::new(ExchangeFact::Found { by, round, peer, mine, theirs }))
    });
}

fn entries_of(store: &Store, leaves: &[(RangeId, TreeIndex)]) -> BTreeMap<Key, u64> {
    let trees = leaves.iter().filter_map(|(range, leaf)| Some((store.tree(*range)?, *leaf)));
    trees.flat_map(|(tree, leaf)| tree.entries(leaf)).collect()
}

fn tree_hash(store: &Store, range: RangeId, index: TreeIndex) -> Option<TreeHash> {
    let hash = |tree: &MerkleTree| match store.planted().is(Plant::MerkleStopEarly) {
        true if tree.is_leaf(index) => tree.entries(index).count() as u64,
        _ => tree.hash(index),
    };
    store.tree(range).map(|tree| TreeHash { range, index, hash: hash(tree) })
}

fn send(ctx: &mut NodeCtx<'_>, to: NodeId, message: AntiEntropy) {
    ctx.send(Address::Node(to), Message::AntiEntropy(Box::new(message)));
}

/// The common ranges of two nodes.
pub fn common_ranges(ring: &Ring, one: NodeId, other: NodeId) -> Vec<RangeId> {
    ring.hosted(one).iter().copied().filter(|range| ring.is_home(other, *range)).collect()
}
