//! Section 4.7: what Merkle trees save. Two nodes that differ in some keys compare a range, by the
//! messages of the nodes' own anti-entropy, beside a list of all keys.

use std::rc::Rc;

use smallvec::smallvec;

use crate::dynamo::config::{AntiEntropy as Settings, Cluster, Flush, Partitioning};
use crate::dynamo::message::{AntiEntropy, Message};
use crate::dynamo::node::{Identity, Node};
use crate::dynamo::ring::history::{Change, History};
use crate::dynamo::ring::position::{KeySpace, position_of};
use crate::dynamo::ring::strategy::Placement;
use crate::dynamo::storage::disk::Disk;
use crate::dynamo::timer::Timer;
use crate::dynamo::versioning::clock::{Actor, Clock, Dot};
use crate::dynamo::versioning::version::{Content, Value, Version, VersionSet};
use crate::dynamo::words::NodeWords;
use crate::ghost::{Ghost, Numbering};
use crate::id::{Address, Key, NodeId};
use crate::process::{Ctx, Effect, Input, Process};
use crate::random::luck::Luck;
use crate::report::plot::chart::{Axis, Chart, Panel, Scale, Series, Style};
use crate::reproduce::result::{Figure, Picture, Reproduction, Row, Table, spelt};
use crate::reproduce::work::{Stopped, Work};
use crate::statistics::estimate::Estimate;
use crate::switch::Switch;
use crate::time::Time;

/// Keys in the range.
const KEYS: [u32; 4] = [1_000, 10_000, 100_000, 1_000_000];
const REDUCED_KEYS: [u32; 2] = [1_000, 10_000];
/// Bytes of a key's name and of the digest of its versions: an entry of a list of all keys.
const ENTRY_BYTES: f64 = 24.0;
/// Shares of differing keys up to which trees must save a hundredfold.
const FEW: f64 = 1e-4;
const SAVING: f64 = 100.0;
/// Within what factor of the prediction the number of hashes must be.
const ABOUT: f64 = 3.0;

/// What one comparison came to.
pub struct Compared {
    keys: u32,
    differing: u32,
    /// Hashes that were sent, by both.
    pub hashes: u64,
    bytes: u64,
    /// Leaves found to differ.
    pub leaves: u64,
}

/// Two nodes with one range between them that matters.
pub struct Pair {
    nodes: [Node; 2],
    luck: Luck,
    numbering: Numbering,
    differing: u32,
    /// The contents of keys that are equal, and of those that are not.
    sets: [Rc<VersionSet>; 2],
}

/// The whole reproduction. Positions of keys are their MD5; nothing is drawn.
pub fn make(work: &mut Work<'_>) -> Result<Reproduction, Stopped> {
    let sizes: &[u32] = work.choose(&KEYS, &REDUCED_KEYS);
    let mut all = Vec::new();
    for (place, keys) in sizes.iter().enumerate() {
        let mut pair = Pair::new(*keys, work.seed);
        let mut differing = 1;
        while differing <= *keys {
            pair.make_differ(differing);
            all.push(pair.compare(*keys));
            differing *= 10;
            work.done(place as f64 / sizes.len() as f64)?;
        }
    }
    work.done(1.0)?;
    Ok(told(&all))
}

impl Compared {
    fn share(&self) -> f64 {
        f64::from(self.differing) / f64::from(self.keys)
    }

    fn predicted_hashes(&self) -> f64 {
        let differing = f64::from(self.differing);
        differing * libm::log2(f64::from(self.keys) / differing)
    }

    fn saving(&self) -> f64 {
        ENTRY_BYTES * f64::from(self.keys) / self.bytes as f64
    }
}

fn told(all: &[Compared]) -> Reproduction {
    let words = |text: &str| text.to_string();
    let few = || all.iter().filter(|compared| compared.share() <= FEW);
    let least = few().map(Compared::saving).fold(f64::INFINITY, f64::min);
    let whole = all.iter().filter(|compared| compared.differing == compared.keys);
    let most = whole.map(Compared::saving).fold(0.0, f64::max);
    let savings = Table::new(
        "The claim",
        vec![
            Row::shape(
                "least saving where at most one key of 10,000 differs",
                "orders of magnitude (at least 100 times)",
                format!("{} times", spelt(least)),
                least >= SAVING,
            ),
            Row::shape(
                "largest saving where all keys differ",
                "none",
                format!("{} times", spelt(most)),
                most <= 1.0,
            ),
        ],
    );
    Reproduction {
        title: words("Merkle trees: bytes to find what differs"),
        paper: vec![
            words(
                "Section 4.7: replicas compare a Merkle tree for each range that they share; equal \
                 roots need no exchange, and trees reduce the amount of data that has to be \
                 transferred while checking for inconsistencies.",
            ),
            words(
                "A review of the paper says that this saves orders of magnitude. By arithmetic, d \
                 differing keys of K take about d log2(K/d) hashes.",
            ),
        ],
        assumptions: vec![
            words("As many leaves as the next power of two above the number of keys."),
            words(
                "Bytes are those of all messages up to the point where it is known which keys \
                 differ, headers included; what differs then travels either way. A hash has 16 \
                 bytes.",
            ),
            words("The other way is a list of all keys, 24 bytes each, sent once."),
        ],
        bar: words(
            "hashes within a factor of 3 of d log2(K/d); at least 100 times fewer bytes up \
             to d/K = 1e-4",
        ),
        outcome: format!("at least {} times fewer bytes there", spelt(least)),
        remarks: vec![words(
            "Both children of each node that differs are sent, so that the number of hashes is \
             about twice the prediction.",
        )],
        tables: vec![savings, table(all)],
        charts: vec![picture(all)],
        scenarios: Vec::new(),
    }
}

fn table(all: &[Compared]) -> Table {
    let mut rows = Vec::new();
    for compared in all {
        let Compared { keys, differing, hashes, bytes, .. } = *compared;
        let predicted = compared.predicted_hashes();
        let what = format!("{keys} keys, {differing} differ: hashes");
        let found = Estimate::exact(hashes as f64);
        // Where nearly all differ the prediction goes to nothing.
        if compared.share() <= 0.1 {
            let near = hashes as f64 / predicted;
            let row = Row::number(what, Figure::Number(predicted), found);
            rows.push(row.held_to((1.0 / ABOUT..=ABOUT).contains(&near)));
        } else {
            rows.push(Row::number(what, Figure::Number(predicted), found));
        }
        let what = format!("{keys} keys, {differing} differ: bytes (list of all: paper's column)");
        let list = Figure::Number(ENTRY_BYTES * f64::from(keys));
        rows.push(Row::number(what, list, Estimate::exact(bytes as f64)));
    }
    Table::new("Hashes and bytes", rows)
}

impl Pair {
    /// A pair that holds the same of so many keys. Trees have as many leaves as the next power of
    /// two above.
    pub fn new(keys: u32, seed: u64) -> Pair {
        // All keys lie in one range: from 0 up to the middle of the ring.
        let place = |key| position_of(&Key(key).to_string()) >> 1 | 1;
        let space = Rc::new(KeySpace::at((0..keys).map(place).collect()));
        let member = |token: u128| Change::founder(Rc::new([token]));
        let changes = [(NodeId(0), member(u128::MAX / 2 + 1)), (NodeId(1), member(0))];
        let history = Rc::new(History::new(changes.into_iter().collect()));
        let depth = (keys.next_power_of_two().trailing_zeros()) as u8;
        let config = Rc::new(Cluster {
            nodes: 2,
            n: 2,
            partitioning: Partitioning { tokens: 1, ..Partitioning::default() },
            anti_entropy: Switch::On(Settings { depth, ..Settings::default() }),
            ..Cluster::default()
        });
        let placement = Rc::new(Placement::by_tokens(2, Rc::clone(&space)));
        let luck = Luck::new(seed);
        let mut numbering = Numbering::new(1);
        let sets = [1, 2].map(|counter| Rc::new(set(&mut numbering, counter)));
        let node = |me| {
            let mut disk = Disk::new(Rc::clone(&space), Flush::Always, Rc::clone(&history));
            for key in (0..keys).map(Key) {
                disk.store.replace(key, Rc::clone(&sets[0]));
            }
            let (config, placement) = (Rc::clone(&config), Rc::clone(&placement));
            Node::boot(Identity { me: NodeId(me), life: 0, config, placement }, disk, &luck)
        };
        let nodes = [node(0), node(1)];
        Pair { nodes, luck, numbering, differing: 0, sets }
    }

    /// From now on this many keys differ.
    fn make_differ(&mut self, count: u32) {
        self.let_differ(self.differing..count);
        self.differing = count;
    }

    /// These keys differ as well.
    pub fn let_differ(&mut self, keys: std::ops::Range<u32>) {
        for key in keys.map(Key) {
            self.nodes[1].disk_mut().store.replace(key, Rc::clone(&self.sets[1]));
        }
    }

    /// One exchange, until it is known which keys differ.
    pub fn compare(&mut self, keys: u32) -> Compared {
        let differing = self.differing;
        let mut compared = Compared { keys, differing, hashes: 0, bytes: 0, leaves: 0 };
        let (mut turn, mut input) = (0, Some(Input::Timer(Timer::AntiEntropy)));
        while let Some(next) = input.take() {
            for effect in self.hand(turn, next) {
                let Effect::Send { message, .. } = effect else { continue };
                compared.bytes += message.outline().bytes;
                if let Message::AntiEntropy(content) = &message {
                    match &**content {
                        AntiEntropy::Hashes { hashes, .. } => {
                            compared.hashes += hashes.len() as u64;
                        }
                        AntiEntropy::Keys { leaves, .. } => compared.leaves += leaves.len() as u64,
                        AntiEntropy::Sets { .. } => {}
                    }
                }
                let from = Address::Node(NodeId(turn as u32));
                input = Some(Input::Message { from, message });
            }
            turn = 1 - turn;
        }
        compared
    }

    fn hand(&mut self, node: usize, input: Input<NodeWords>) -> Vec<Effect<NodeWords>> {
        let mut effects = Vec::new();
        let mut ctx = Ctx {
            now: Time::ZERO,
            ran: Time::ZERO,
            me: Address::Node(NodeId(node as u32)),
            luck: &self.luck,
            observed: false,
            numbering: &mut self.numbering,
            effects: &mut effects,
        };
        self.nodes[node].handle(&mut ctx, input);
        effects
    }
}

/// A set of one version.
fn set(numbering: &mut Numbering, counter: u64) -> VersionSet {
    let dot = Dot { actor: Actor::of_node(NodeId(0)), counter };
    let ghost = Ghost::new(numbering.next(Key(0)), std::iter::empty());
    let value = Value { bytes: 1024, content: Content::Blob };
    let version = Version { dot, stamp: Time(counter), clock: None, value, ghost };
    VersionSet::new(Clock::from_iter([dot]), smallvec![version])
}

fn picture(all: &[Compared]) -> Picture {
    let mut sizes: Vec<u32> = all.iter().map(|compared| compared.keys).collect();
    sizes.dedup();
    let curve = |keys: &u32| {
        let own = all.iter().filter(|compared| compared.keys == *keys);
        Series {
            label: format!("{keys} keys"),
            points: own.map(|compared| (compared.share(), Some(compared.saving()))).collect(),
            style: Style::Joined,
            ..Series::default()
        }
    };
    let mut series: Vec<Series> = sizes.iter().map(curve).collect();
    let bar = [1e-6, FEW].map(|share| (share, Some(SAVING))).to_vec();
    series.push(Series {
        label: "bar: 100 times".to_string(),
        points: bar,
        style: Style::Dashed,
        ..Series::default()
    });
    let panel = Panel {
        y_title: "times fewer bytes than a list".to_string(),
        scale: Scale::Log,
        series,
        ..Panel::default()
    };
    let chart = Chart {
        title: "What Merkle trees save".to_string(),
        subtitle: "all messages until it is known which keys differ".to_string(),
        x: Axis {
            title: "share of keys that differ".to_string(),
            scale: Scale::Log,
            ..Axis::default()
        },
        panels: vec![panel],
        ..Chart::default()
    };
    let caption = "Bytes of a list of all keys over bytes of the comparison.".to_string();
    Picture { stem: "saving", caption, chart }
}
