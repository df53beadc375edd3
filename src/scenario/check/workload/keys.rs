//! Rules of `workload.keys`.

use crate::workload::spec::Keys;

use crate::scenario::check::workload::check_weights;
use crate::scenario::check::{check_positive, check_share};
use crate::scenario::path::Path;
use crate::scenario::problem::Findings;

/// Most keys.
pub const KEY_LIMIT: u32 = 10_000_000;
/// Most uneven choice of keys.
pub const EXPONENT_LIMIT: f64 = 10.0;

pub(super) fn check(keys: &Keys, findings: &mut Findings) {
    let path = Path::from("workload.keys");
    match *keys {
        Keys::Uniform { count } => check_count(count, &path.name("uniform"), findings),
        Keys::Zipf { count, exponent } => {
            check_exponent(exponent, &path.name("zipf"), findings);
            check_count(count, &path.name("zipf"), findings);
        }
        Keys::Latest { count, exponent } => {
            check_exponent(exponent, &path.name("latest"), findings);
            check_count(count, &path.name("latest"), findings);
        }
        Keys::HotSet { count, hot, share } => {
            check_hot_set((count, hot, share), &path.name("hot_set"), findings);
        }
        Keys::MovingHotSet { count, hot, share, every } => {
            let path = path.name("moving_hot_set");
            check_hot_set((count, hot, share), &path, findings);
            check_positive(every, path.name("every"), findings);
        }
        Keys::Listed { ref weights } => check_listed(weights, &path.name("listed"), findings),
        Keys::File(ref file) => check_file(&file.content, path.name("file"), findings),
    }
}

fn check_listed(listed: &[(u32, f64)], path: &Path, findings: &mut Findings) {
    let path = path.name("weights");
    for (i, (key, _)) in listed.iter().enumerate() {
        let message = format!("keys are numbered from 0 to less than {KEY_LIMIT}, not {key}");
        findings.require(*key < KEY_LIMIT, path.index(i).index(0), message);
    }
    let weights: Vec<f64> = listed.iter().map(|(_, weight)| *weight).collect();
    check_weights(&weights, &path, 1, findings);
}

fn check_file(weights: &[f64], path: Path, findings: &mut Findings) {
    let count = weights.len();
    let message = format!("a file holds 1 to {KEY_LIMIT} keys, not {count}");
    findings.require((1..=KEY_LIMIT as usize).contains(&count), path.clone(), message);
    let some = weights.iter().any(|weight| *weight > 0.0);
    findings.require(some || count == 0, path, "no key in it has a weight above 0");
}

fn check_hot_set((count, hot, share): (u32, u32, f64), path: &Path, findings: &mut Findings) {
    let message = format!("the hot keys are some of all: from 1 to count, which is {count}");
    let holds = (1..=count).contains(&hot);
    findings.require_with(holds, path.name("hot"), [path.name("count")], message);
    check_share(share, path.name("share"), findings);
    check_count(count, path, findings);
}

fn check_exponent(exponent: f64, path: &Path, findings: &mut Findings) {
    let message = format!("the exponent is from 0 (uniform) to {EXPONENT_LIMIT}, not {exponent}");
    let holds = (0.0..=EXPONENT_LIMIT).contains(&exponent);
    findings.require(holds, path.name("exponent"), message);
}

fn check_count(count: u32, path: &Path, findings: &mut Findings) {
    findings.require(
        (1..=KEY_LIMIT).contains(&count),
        path.name("count"),
        format!("there are 1 to {KEY_LIMIT} keys, not {count}"),
    );
}
