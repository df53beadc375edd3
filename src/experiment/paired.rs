//! Two settings under the same luck: which figures differ, by how much and how surely, and the
//! first operation that came to something else.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::experiment::answers::{Answers, Changed};
use crate::experiment::steady::measure;
use crate::report::definitions::find;
use crate::report::figures::fields;
use crate::report::story::Story;
use crate::scenario::read::Checked;
use crate::sim::compare::{Comparison, compare};
use crate::statistics::paired::Paired;
use crate::time::{Duration, Time};

/// Fields of a scenario that say nothing of the world.
const BESIDE: [&str; 7] = ["$schema", "about", "expect", "extends", "hunt", "name", "variables"];

/// One seed, both sides.
#[derive(Clone, PartialEq, Debug)]
pub struct Pair {
    pub seed: u64,
    /// All figures, left and right.
    pub figures: [BTreeMap<String, f64>; 2],
    pub changed: Changed,
}

/// What two settings come to beside each other.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Difference {
    /// Names of the two sides, as scenarios and what was set.
    pub left: String,
    pub right: String,
    pub seeds: Vec<u64>,
    pub settings: Vec<Setting>,
    pub metrics: Vec<Metric>,
    /// Operations in both runs of a pair, over all seeds.
    pub operations: u64,
    /// Those of them with another outcome.
    pub other_outcomes: u64,
    /// Operations in one run of a pair only.
    pub one_only: u64,
    pub first: Option<First>,
}

/// A field in which the two sides differ.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Setting {
    pub path: String,
    /// As JSON; none where there is no such field.
    pub left: Option<String>,
    pub right: Option<String>,
}

/// A figure on both sides.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Metric {
    pub path: String,
    pub unit: &'static str,
    /// Seeds in which both sides had a value.
    pub seeds: usize,
    /// Is the difference told from zero, 95 times of 100?
    pub sure: bool,
    #[serde(flatten)]
    pub paired: Paired,
}

/// The first operation whose outcome changed, and why.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct First {
    pub seed: u64,
    pub operation: String,
    pub function: &'static str,
    pub key: String,
    /// What the client was told, left and right.
    pub outcomes: [String; 2],
    pub ended_s: [f64; 2],
    /// The first thing about this operation that differs, left and right, with its time.
    pub cause: Option<[String; 2]>,
    /// When the two runs did something different for the first time, whatever it was about.
    pub parted_s: Option<[f64; 2]>,
}

/// Runs both sides with one seed each. None if it was given up.
pub fn pair(
    sides: &[Checked; 2],
    warm_up: Duration,
    pulse: &mut dyn FnMut(Time) -> bool,
) -> Option<Pair> {
    let mut one = |side: &Checked| {
        let (layout, mut answers) = (side.plan().layout(), Answers::default());
        let figures = measure(side, &layout, warm_up, Some(&mut answers), pulse)?;
        Some((figures, answers))
    };
    let (left, of_left) = one(&sides[0])?;
    let (right, of_right) = one(&sides[1])?;
    let seed = sides[0].scenario().seed;
    Some(Pair { seed, figures: [left, right], changed: of_left.compare(&of_right) })
}

/// The fields in which two scenarios differ, those that say nothing of the world left out.
pub fn settings(sides: &[Checked; 2]) -> Vec<Setting> {
    let [left, right] = sides.each_ref().map(|side| fields(side.scenario()));
    let paths: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    let of_the_world = |path: &&&String| {
        let section = path.split('.').next().unwrap_or("");
        !BESIDE.contains(&section) && section != "seed"
    };
    let differ =
        paths.iter().filter(of_the_world).filter(|path| left.get(**path) != right.get(**path));
    let setting = |path: &&String| {
        let side = |of: &BTreeMap<String, String>| of.get(*path).cloned();
        Setting { path: path.to_string(), left: side(&left), right: side(&right) }
    };
    differ.map(setting).collect()
}

/// Every figure that both sides have in some seed.
pub fn metrics(pairs: &[Pair]) -> Vec<Metric> {
    let mut values: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    for pair in pairs {
        let [left, right] = &pair.figures;
        for (path, value) in left {
            if let Some(other) = right.get(path) {
                values.entry(path).or_default().push((*value, *other));
            }
        }
    }
    let metric = |(path, pairs): (&str, Vec<(f64, f64)>)| {
        let paired = Paired::of(&pairs);
        let unit = find(path).map_or("", |definition| definition.unit);
        let (path, seeds, sure) = (path.to_string(), pairs.len(), paired.is_sure());
        Metric { path, unit, seeds, sure, paired }
    };
    values.into_iter().map(metric).collect()
}

/// Puts together what the pairs have shown; `first` is told by [`why`].
pub fn difference(
    names: [String; 2],
    settings: Vec<Setting>,
    pairs: &[Pair],
    first: Option<First>,
) -> Difference {
    let [left, right] = names;
    let sum = |part: fn(&Changed) -> u64| pairs.iter().map(|pair| part(&pair.changed)).sum();
    Difference {
        left,
        right,
        seeds: pairs.iter().map(|pair| pair.seed).collect(),
        settings,
        metrics: metrics(pairs),
        operations: sum(|changed| changed.both),
        other_outcomes: sum(|changed| changed.other),
        one_only: sum(|changed| changed.one_only),
        first,
    }
}

/// Runs a pair once more and listens for the first operation that came to something else. None if
/// there is none, or if it was given up.
pub fn why(
    sides: &[Checked; 2],
    pair: &Pair,
    pulse: &mut dyn FnMut(Time) -> bool,
) -> Option<First> {
    let (operation, answers) = pair.changed.first.as_ref()?;
    let mut told = |side: &Checked| {
        let (layout, mut story) = (side.plan().layout(), Story::of(*operation));
        crate::experiment::run(side, &layout, vec![&mut story], pulse)?;
        Some(story.told())
    };
    let stories = [told(&sides[0])?, told(&sides[1])?];
    let plans = sides.each_ref().map(Checked::plan);
    let parted = match compare(&plans[0], &plans[1], pulse)? {
        Comparison::Parted(parting) => Some(parting.times.map(Time::seconds)),
        Comparison::Same(_) => None,
    };
    let function = answers[0].function;
    Some(First {
        seed: pair.seed,
        operation: operation.to_string(),
        function: crate::report::history::name(function),
        key: answers[0].key.to_string(),
        outcomes: answers.each_ref().map(|answer| answer.told.words(function)),
        ended_s: answers.each_ref().map(|answer| answer.ended.seconds()),
        cause: first_difference(&stories),
        parted_s: parted,
    })
}

/// The first lines that say something else, whenever it happened.
fn first_difference(stories: &[Vec<(Time, String)>; 2]) -> Option<[String; 2]> {
    let [left, right] = stories;
    let longer = left.len().max(right.len());
    let line = |story: &[(Time, String)], at: usize| story.get(at).map(|(_, what)| what.clone());
    let at = (0..longer).find(|at| line(left, *at) != line(right, *at))?;
    let words = |story: &Vec<(Time, String)>| match story.get(at) {
        Some((time, what)) => format!("at {time} {what}"),
        None => "nothing more happens to it".to_string(),
    };
    Some([words(left), words(right)])
}
