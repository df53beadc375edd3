//! How soon and how often each planted bug is caught, and that nothing else is.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::check::verdict::INVARIANTS;
use crate::hunt::bugs::{ALL, Bug};
use crate::hunt::trial::Trial;

/// Seeds that are tried at a time with a bug: with those in which it is caught first, its trial
/// ends. What comes of it does not depend on how many are run side by side.
pub const ROUND: usize = 25;

/// What came of one bug.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Score {
    pub bug: String,
    /// Seeds tried with the bug: whole rounds, up to the one in which it is caught.
    pub with: u64,
    /// Of those, the ones in which an invariant that its row names was broken.
    pub caught: u64,
    /// The first of them.
    pub first_seed: Option<u64>,
    /// By invariant, in how many of them it was broken, named by the row or not.
    pub broken: BTreeMap<String, u64>,
    /// Seeds tried without the bug.
    pub without: u64,
    /// Of those, the ones in which something is broken, and what.
    pub dirty: BTreeMap<u64, BTreeSet<String>>,
    /// The bug whose world is the same without it: what was run for the one counts for the other.
    pub same_world_as: Option<String>,
}

impl Score {
    /// Nothing was tried.
    pub fn new(bug: &Bug) -> Score {
        Score { bug: bug.plant.name().to_string(), ..Score::default() }
    }

    /// One more seed with the bug, and what is broken.
    pub fn add_with(&mut self, bug: &Bug, seed: u64, broken: &Broken) {
        self.with += 1;
        if bug.invariants.iter().any(|invariant| broken.contains(invariant)) {
            self.caught += 1;
            self.first_seed.get_or_insert(seed);
        }
        for invariant in broken {
            *self.broken.entry(invariant.to_string()).or_insert(0) += 1;
        }
    }

    /// One more seed without it, and what is broken.
    pub fn add_without(&mut self, seed: u64, broken: &Broken) {
        self.without += 1;
        if !broken.is_empty() {
            self.dirty.insert(seed, broken.iter().map(|it| it.to_string()).collect());
        }
    }

    /// In how many of a hundred seeds it is caught.
    pub fn per_hundred(&self) -> f64 {
        100.0 * self.caught as f64 / self.with.max(1) as f64
    }

    /// It is caught, and nothing else is.
    pub fn is_as_it_should(&self) -> bool {
        self.caught > 0 && self.dirty.is_empty()
    }
}

/// The invariants that a run broke.
pub type Broken = BTreeSet<&'static str>;

/// The invariants that a run broke.
pub fn broken(trial: &Trial) -> Broken {
    trial.broken().map(|verdict| verdict.invariant).collect()
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
    let mut text = "# Planted bugs, and how soon each is caught\n\n".to_string();
    let seeds = scores.iter().map(|score| score.without).max().unwrap_or(0);
    let dead = scores.iter().filter(|score| score.caught > 0).count();
    let worlds = scores.iter().filter(|score| score.same_world_as.is_none());
    let (mut runs, mut dirty) = (0, 0);
    worlds.for_each(|score| (runs, dirty) = (runs + score.without, dirty + score.dirty.len()));
    text += &format!(
        "{dead} of {} bugs are caught; {dirty} of {runs} runs are dirty without them. Made by \
         `dynamo-sim bugs --score --seeds {seeds}`.\n\n",
        scores.len()
    );
    text += &format!(
        "Each bug is tried in its own scenario of [`scenarios/bugs/`](../../scenarios/bugs) with \
         seeds from 1 on, {ROUND} at a time, up to the {ROUND} in which it is caught first: an \
         invariant is broken that its row in `dynamo-sim bugs` names. Without it, all {seeds} \
         seeds are run before the same judges, and any that breaks anything is dirty. Bugs whose \
         scenarios are the same without them share those runs. The same figures stand in \
         `scores.json`.\n"
    );
    for (part, _) in ALL {
        let rows: String = rows(part, scores, bugs);
        if !rows.is_empty() {
            text += &format!(
                "\n## {part}\n\n| bug | first seed | caught | of seeds | invariants broken \
                 (seeds) | dirty without it | of seeds |\n|---|---:|---:|---:|---|---:|---:|\n\
                 {rows}"
            );
        }
    }
    let idle = idle(scores, bugs);
    let idle = if idle.is_empty() { "none".to_string() } else { idle.join(", ") };
    text + &format!("\nInvariants that catch none of these bugs: {idle}.\n") + &soiled(scores)
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
        let first = score.first_seed.map_or("never".to_string(), |seed| seed.to_string());
        let Score { bug, caught, with, without, .. } = score;
        let (broken, dirty) = (broken.join(", "), score.dirty.len());
        format!("| `{bug}` | {first} | {caught} | {with} | {broken} | {dirty} | {without} |\n")
    })
    .collect()
}

/// The seeds in which something is broken without a bug.
fn soiled(scores: &[Score]) -> String {
    let mut text = String::new();
    for score in scores.iter().filter(|score| score.same_world_as.is_none()) {
        for (seed, broken) in &score.dirty {
            let broken: Vec<&str> = broken.iter().map(String::as_str).collect();
            let (name, broken) = (&score.bug, broken.join(", "));
            text += &format!(
                "- `dynamo-sim run scenarios/bugs/{name}.json --set plant=null --seed {seed}`: \
                 {broken}\n"
            );
        }
    }
    match text.is_empty() {
        true => text,
        false => format!("\n## Dirty without a bug\n\n{text}"),
    }
}
