//! Every planted bug is caught by a judge that its row names, and the same seed without it is clean.
//!
//! `BUG=name cargo test --test bugs` tries one. `SEEDS=200 cargo test --test bugs -- --ignored
//! --nocapture` counts in how many of so many seeds each is caught.

use dynamo_sim::dynamo::config::plant::Plant;
use dynamo_sim::experiment::known_figures;
use dynamo_sim::hunt::bugs::{Bug, all};
use dynamo_sim::hunt::score::{Score, page};
use dynamo_sim::hunt::trial::Trial;
use dynamo_sim::scenario::extend::Shipped;
use dynamo_sim::scenario::read::Checked;
use dynamo_sim::scenario::spec::Scenario;

fn chosen() -> impl Iterator<Item = &'static Bug> {
    let only = std::env::var("BUG").ok();
    all().filter(move |bug| only.as_deref().is_none_or(|name| name == bug.plant.name()))
}

fn read(bug: &Bug, changes: &[String]) -> Checked {
    let name = bug.plant.name();
    let figures = known_figures();
    let figures: Vec<&str> = figures.iter().map(String::as_str).collect();
    let read = Scenario::read_with(name, bug.scenario.as_bytes(), changes, &figures, &Shipped);
    read.unwrap_or_else(|told| panic!("{}", told.render(false)))
}

/// What is broken: each invariant with its first story.
fn broken(trial: &Trial) -> Vec<(&'static str, String)> {
    let first = |found: &dynamo_sim::check::verdict::Verdict| {
        found.findings.first().map_or(String::new(), |finding| finding.story.clone())
    };
    trial.broken().map(|verdict| (verdict.invariant, first(verdict))).collect()
}

fn is_caught(bug: &Bug, trial: &Trial) -> bool {
    broken(trial).iter().any(|(invariant, _)| bug.invariants.contains(invariant))
}

#[test]
fn each_bug_dies_by_its_own_seed_and_that_seed_is_clean_without_it() {
    let mut complaints = Vec::new();
    for bug in chosen().filter(|bug| bug.equivalent.is_none()) {
        let name = bug.plant.name();
        let scenario = read(bug, &[]);
        assert_eq!(scenario.scenario().plant, Some(bug.plant), "{name}: its scenario plants it");
        assert_eq!(scenario.scenario().name, name);
        let (with, without) = (
            Trial::of_bug(bug, &scenario),
            Trial::of_bug(bug, &read(bug, &["plant=null".to_string()])),
        );
        if !is_caught(bug, &with) {
            complaints.push(format!("{name}: not caught; broken: {:?}", broken(&with)));
        }
        if !broken(&without).is_empty() {
            complaints.push(format!("{name}: without it, broken: {:?}", broken(&without)));
        }
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn each_bug_that_can_be_planted_is_in_the_catalogue_once() {
    let rows: Vec<Plant> = all().map(|bug| bug.plant).collect();
    for plant in Plant::ALL {
        assert_eq!(rows.iter().filter(|row| **row == plant).count(), 1, "{}", plant.name());
    }
    assert_eq!(rows.len(), Plant::ALL.len());
}

/// The kept table says of each bug that it dies within 200 seeds, is the page of its figures, and a
/// part of it comes out again: of every eighth bug the first seed that catches it.
#[test]
fn the_table_of_scores_is_of_these_bugs_and_comes_out_again() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("results/bugs");
    let kept = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let scores: Vec<Score> = serde_json::from_str(&kept("scores.json")).unwrap();
    let bugs: Vec<&Bug> = all().filter(|bug| bug.equivalent.is_none()).collect();
    let again = "`dynamo-sim bugs --score` makes the table again";
    let names = |scores: &[Score]| scores.iter().map(|it| it.bug.clone()).collect::<Vec<String>>();
    let expected: Vec<String> = bugs.iter().map(|bug| bug.plant.name().to_string()).collect();
    assert_eq!(names(&scores), expected, "{again}");
    assert_eq!(kept("README.md"), page(&scores, &bugs), "{again}");
    let every = "Invariants that catch none of these bugs: none.";
    assert!(kept("README.md").contains(every), "each invariant catches a bug at least");
    let mut complaints = Vec::new();
    for (place, (score, bug)) in scores.iter().zip(&bugs).enumerate() {
        let Some(seed) = score.first_seed.filter(|seed| *seed <= 200 && score.without >= 200)
        else {
            complaints.push(format!("{}: not caught within 200 seeds", score.bug));
            continue;
        };
        if !score.dirty.is_empty() {
            complaints.push(format!("{}: not clean without it", score.bug));
        }
        if place % 8 > 0 {
            continue;
        }
        let found = Trial::of_bug(bug, &read(bug, &[format!("seed={seed}")]));
        let told = found.broken().all(|verdict| score.broken.contains_key(verdict.invariant));
        if !told || !is_caught(bug, &found) {
            complaints.push(format!("{}: seed {seed} breaks {:?}", score.bug, broken(&found)));
        }
    }
    assert!(complaints.is_empty(), "{again}\n{}", complaints.join("\n"));
}

#[test]
#[ignore = "takes minutes; says how many seeds of each bug are caught"]
fn seeds_that_catch() {
    let seeds: u64 = std::env::var("SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(20);
    for bug in chosen().filter(|bug| bug.equivalent.is_none()) {
        let (mut caught, mut dirty, mut by) = (0, 0, std::collections::BTreeMap::new());
        for seed in 1..=seeds {
            let seed = format!("seed={seed}");
            let with = Trial::of_bug(bug, &read(bug, std::slice::from_ref(&seed)));
            caught += u64::from(is_caught(bug, &with));
            broken(&with).iter().for_each(|(found, _)| *by.entry(*found).or_insert(0) += 1);
            let without = Trial::of_bug(bug, &read(bug, &[seed, "plant=null".to_string()]));
            dirty += u64::from(!broken(&without).is_empty());
        }
        println!("{}: {caught} of {seeds} caught, {dirty} dirty without; {by:?}", bug.plant.name());
    }
}
