//! What a comparison by Merkle trees sends: hashes level by level, of which each that differs is
//! followed by those of its children. Two nodes run their own anti-entropy.

use crate::reproduce::merkle::Pair;
use crate::validate::list::{Effort, Job};
use crate::validate::row::Row;

/// The name of the group.
pub const GROUP: &str = "merkle";

/// Keys, and leaves.
const KEYS: u32 = 1 << 12;
/// Levels below the root.
const DEPTH: u32 = 12;
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
    vec![Row::number(name, hashes as f64, (1.0, 0.0), "the root alone")]
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
    let row = |what: &str, values: &[f64], exact: f64, note: &str| {
        Row::mean((GROUP, &case, what.to_string()), values, (exact, 1e-9), note)
    };
    let note = "1 + sum over levels of b^(l+1) (1 - (1 - b^-l)^d)";
    vec![
        row("mean hashes sent", &hashes, 1.0 + sum, note),
        row("mean differing leaves", &leaves, f64::from(KEYS) * part(DEPTH), "L (1 - (1 - 1/L)^d)"),
    ]
}
