//! How often each planted bug is caught.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::check::verdict::INVARIANTS;
use crate::hunt::bugs::{ALL, Bug};
use crate::hunt::trial::Trial;

/// What came of one bug.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Score {
    pub bug: String,
    pub seeds: u64,
    /// Seeds in which an invariant that its row names was broken.
    pub caught: u64,
    /// The first of them.
    pub first_seed: Option<u64>,
    /// Seeds in which something is broken without the bug.
    pub dirty: u64,
    /// By invariant, in how many seeds it was broken, named by the row or not.
    pub broken: BTreeMap<String, u64>,
}

impl Score {
    /// Nothing was tried.
    pub fn new(bug: &Bug) -> Score {
        Score { bug: bug.plant.name().to_string(), ..Score::default() }
    }

    /// One more seed, with the bug and without it.
    pub fn add(&mut self, bug: &Bug, seed: u64, with: &Trial, without: &Trial) {
        self.seeds += 1;
        let broken: BTreeSet<&str> = with.broken().map(|verdict| verdict.invariant).collect();
        if bug.invariants.iter().any(|invariant| broken.contains(invariant)) {
            self.caught += 1;
            self.first_seed.get_or_insert(seed);
        }
        for invariant in broken {
            *self.broken.entry(invariant.to_string()).or_insert(0) += 1;
        }
        self.dirty += u64::from(without.broken().next().is_some());
    }

    /// In how many of a hundred seeds it is caught.
    pub fn per_hundred(&self) -> f64 {
        100.0 * self.caught as f64 / self.seeds.max(1) as f64
    }
}

/// Invariants that no bug of these breaks where its row says so.
pub fn idle(scores: &[Score], bugs: &[&Bug]) -> Vec<&'static str> {
    let fires = |invariant: &str| {
        let mut rows = scores.iter().zip(bugs);
        rows.any(|(score, bug)| {
            bug.invariants.contains(&invariant) && score.broken.contains_key(invariant)
        })
    };
    let all = INVARIANTS.iter().copied().flatten().map(|(number, _)| *number);
    all.filter(|number| !fires(number)).collect()
}

/// The page about all scores.
pub fn page(scores: &[Score], bugs: &[&Bug]) -> String {
    let mut text = "# Planted bugs, and how often each is caught\n\n".to_string();
    let tried: u64 = scores.iter().map(|score| score.seeds).sum();
    let seeds = scores.iter().map(|score| score.seeds).max().unwrap_or(0);
    let dead = scores.iter().filter(|score| score.caught > 0).count();
    let dirty: u64 = scores.iter().map(|score| score.dirty).sum();
    text += &format!(
        "{dead} of {} bugs are caught; {dirty} of {tried} runs are dirty without them. Made by \
         `dynamo-sim bugs --score --seeds {seeds}`.\n",
        scores.len()
    );
    for (part, _) in ALL {
        let rows: String = rows(part, scores, bugs);
        if !rows.is_empty() {
            text += &format!(
                "\n## {part}\n\n| bug | caught in 100 seeds | first seed | invariants broken \
                 (seeds) | dirty seeds without it |\n|---|---:|---:|---|---:|\n{rows}"
            );
        }
    }
    let idle = idle(scores, bugs);
    let idle = if idle.is_empty() { "none".to_string() } else { idle.join(", ") };
    text + &format!("\nInvariants that catch none of these bugs: {idle}.\n")
}

fn rows(part: &str, scores: &[Score], bugs: &[&Bug]) -> String {
    let of_part = |bug: &Bug| {
        let mut parts = ALL.iter().filter(|(name, _)| *name == part);
        parts.any(|(_, bugs)| bugs.contains(bug))
    };
    let rows = scores.iter().zip(bugs).filter(|(_, bug)| of_part(bug));
    rows.map(|(score, _)| {
        let broken = score.broken.iter().map(|(name, seeds)| format!("{name} ({seeds})"));
        let broken: Vec<String> = broken.collect();
        let first = score.first_seed.map_or("-".to_string(), |seed| seed.to_string());
        format!(
            "| `{}` | {:.1} | {first} | {} | {} |\n",
            score.bug,
            score.per_hundred(),
            broken.join(", "),
            score.dirty
        )
    })
    .collect()
}
