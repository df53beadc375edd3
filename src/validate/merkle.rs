//! What a comparison by Merkle trees sends: hashes level by level, of which each that differs is
//! followed by those of its children. Two nodes run their own anti-entropy.

use crate::reproduce::merkle::Pair;
use crate::validate::list::{Effort, Job};
use crate::validate::row::{Row, SIGMAS};

/// The name of the group.
pub const GROUP: &str = "merkle";

/// Keys, and leaves.
const KEYS: u32 = 1 << 12;
/// Levels below the root.
const DEPTH: u32 = 12;
/// A leaf is the end of a position, and all positions of the pair are odd: every other leaf is
/// empty.
const USED_LEAVES: f64 = 2048.0;
/// Two nodes share two ranges, each with a tree: all keys lie in one, and the other's root is
/// equal.
const TREES: f64 = 2.0;
/// Keys that differ.
const DIFFERING: [u32; 4] = [1, 10, 50, 200];
const PAIRS: u32 = 40;
const QUICK_PAIRS: u32 = 8;

/// A job for each number of differing keys.
pub fn jobs(effort: Effort) -> Vec<Job> {
    let pairs = effort.choose(PAIRS, QUICK_PAIRS);
    let mut jobs = vec![Job::new(GROUP, equal)];
    for differing in DIFFERING {
        jobs.push(Job::new(GROUP, move |seed| unequal(differing, seed, pairs)));
    }
    jobs
}

fn equal(seed: u64) -> Vec<Row> {
    let hashes = Pair::new(KEYS, seed).compare(KEYS).hashes;
    let name = (GROUP, "equal trees of 4096 leaves", "hashes sent".to_string());
    vec![Row::number(name, hashes as f64, (TREES, 0.0), "the roots alone, of two ranges")]
}

/// Positions of keys are their MD5: any keys lie at random. Each pair has others that differ.
fn unequal(differing: u32, seed: u64, pairs: u32) -> Vec<Row> {
    let (mut hashes, mut leaves) = (Vec::new(), Vec::new());
    for pair in 0..pairs {
        let first = pair * (KEYS / pairs).min(KEYS - differing);
        let first = first.min(KEYS - differing);
        let mut nodes = Pair::new(KEYS, seed);
        nodes.let_differ(first..first + differing);
        let compared = nodes.compare(KEYS);
        hashes.push(compared.hashes as f64);
        leaves.push(compared.leaves as f64);
    }
    let d = f64::from(differing);
    let part = |level: u32| 1.0 - libm::pow(1.0 - libm::pow(0.5, f64::from(level)), d);
    let sum: f64 = (0..DEPTH).map(|level| f64::from(1_u32 << (level + 1)) * part(level)).sum();
    let case = format!("4096 leaves, two to a node, {differing} keys differ");
    let row = |what: &str, values: &[f64], exact: (f64, f64), note: &str| {
        Row::mean((GROUP, &case, what.to_string()), values, exact, note)
    };
    // Few pairs of keys share a leaf, so that a sample without any says nothing of its error: the
    // number of such pairs is nearly Poisson.
    let shared = d * (d - 1.0) / 2.0 / USED_LEAVES;
    let further = SIGMAS * (shared / f64::from(pairs)).sqrt() + 1e-9;
    let hashes_note = "1 + sum over levels of b^(l+1) (1 - (1 - b^-l)^d), and an equal root";
    let expected = USED_LEAVES * part(DEPTH - 1);
    vec![
        row("mean hashes sent", &hashes, (TREES + sum, 1e-9), hashes_note),
        row(
            "mean differing leaves",
            &leaves,
            (expected, further),
            "L (1 - (1 - 1/L)^d), L = 2048 in use",
        ),
    ]
}
