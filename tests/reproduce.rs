//! The paper's figures and tables beside ours: with reduced effort each comes out as it is
//! published, and the same twice.
#![cfg(feature = "cli")]

use std::path::Path;
use std::process::{Command, Output};

use dynamo_sim::experiment::{self, Outcome};
use dynamo_sim::report::plot::draw;
use dynamo_sim::reproduce::list::{LIST, find};
use dynamo_sim::reproduce::page::{Summary, page, table_csv};
use dynamo_sim::reproduce::result::{Figure, Reproduction, Row, Verdict};
use dynamo_sim::reproduce::work::{Crew, Effort, Work};
use dynamo_sim::scenario::read::Checked;

/// One test for each reproduction, so that they share the machine, with the verdict that its page
/// tells. A name that is missing here fails below.
macro_rules! reproductions {
    ($($test:ident: $name:literal is $verdict:ident),+ $(,)?) => {
        const TESTED: &[&str] = &[$($name),+];
        $(#[test]
        fn $test() {
            holds($name, Verdict::$verdict);
        })+
    };
}

reproductions![
    figure_2: "figure-2" is Within,
    figure_3: "figure-3" is Within,
    figure_4: "figure-4" is ShapeFails,
    figure_5: "figure-5" is Outside,
    figure_6: "figure-6" is ShapeHolds,
    divergence: "divergence" is ShapeFails,
    availability: "availability" is ShapeHolds,
    merkle: "merkle" is Within,
    gossip: "gossip" is Within,
    figure_8: "figure-8" is Within,
    virtual_nodes: "virtual-nodes" is ShapeHolds,
    admission: "admission" is ShapeHolds,
    table_2: "table-2" is Outside,
    reconciliation: "reconciliation" is ShapeFails,
];

fn reduced(name: &str, crew: Option<Crew<'_>>) -> Reproduction {
    let entry = find(name).expect("the name is in the list");
    let mut pulse = |part: f64| {
        assert!((0.0..=1.0).contains(&part), "{name} says that {part} is done");
        true
    };
    let work = Work::new(Effort::Reduced, 1, &mut pulse);
    let mut work = match crew {
        Some(crew) => work.by(crew),
        None => work,
    };
    (entry.make)(&mut work).expect("nobody gives up")
}

/// Does the last of several runs first.
fn backwards(runs: &[Checked], (from, until): (f64, f64)) -> Option<Vec<Outcome>> {
    assert!(0.0 <= from && from <= until && until <= 1.0, "from {from} to {until}");
    let run = |checked: &Checked| {
        experiment::run(checked, &checked.plan().layout(), Vec::new(), &mut |_| true)
    };
    let mut outcomes: Vec<Outcome> = runs.iter().rev().map(run).collect::<Option<_>>()?;
    outcomes.reverse();
    Some(outcomes)
}

fn holds(name: &str, verdict: Verdict) {
    let made = reduced(name, None);
    let summary = Summary::of(name, &made, Effort::Reduced, 1);
    let told = page(&made, &summary);
    assert_eq!(made.verdict(), verdict, "{told}");
    assert!(made.rows().count() > 0 && !made.paper.is_empty() && !made.bar.is_empty());
    assert_eq!(Summary::read(&summary.csv()), Some(summary.clone()));
    for picture in &made.charts {
        draw(&picture.chart).expect("charts can be drawn");
    }
    // Runs know nothing of each other, in whatever order they are done.
    let again = reduced(name, Some(&backwards));
    assert_eq!(table_csv(&again), table_csv(&made));
    assert_eq!(page(&again, &summary), told);
    assert_eq!(again, made, "the same seed, the same numbers and plots");
}

// Checklist item 9: figure 8 within 0.015 at all 30 points, whatever the luck.
#[test]
fn figure_8_is_near_the_paper_at_all_points() {
    let figure = find("figure-8").expect("the name is in the list");
    let mut pulse = |_: f64| true;
    let made = (figure.make)(&mut Work::new(Effort::Reduced, 2, &mut pulse)).expect("it is made");
    let near = |row: &&Row| match (&row.paper, &row.simulated) {
        (Figure::Number(paper), Figure::Number(ours)) => (paper - ours).abs() <= 0.015,
        _words => false,
    };
    assert_eq!(made.rows().filter(near).count(), 30, "{:#?}", made.tables);
}

#[test]
fn every_reproduction_is_tested() {
    let listed: Vec<&str> = LIST.iter().map(|entry| entry.name).collect();
    assert_eq!(TESTED, listed);
}

#[test]
fn work_that_nobody_waits_for_is_given_up() {
    for entry in LIST {
        let mut pulse = |_: f64| false;
        assert!((entry.make)(&mut Work::new(Effort::Full, 1, &mut pulse)).is_err());
    }
}

fn command(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dynamo-sim"));
    command.args(arguments).current_dir(folder).env("NO_COLOR", "1");
    command.output().expect("the program can be started")
}

#[test]
fn the_command_writes_pages_tables_plots_and_a_summary() {
    let folder = tempfile::tempdir().unwrap();
    let made = command(folder.path(), &["reproduce", "figure-2", "figure-3", "--reduced"]);
    assert_eq!(made.status.code(), Some(0), "{}", String::from_utf8_lossy(&made.stderr));
    let read = |name: &str| {
        let path = folder.path().join("results/paper").join(name);
        std::fs::read(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
    };
    for name in ["figure-2/table.csv", "figure-2/ranges.svg", "figure-3/clocks.png"] {
        assert!(!read(name).is_empty(), "{name}");
    }
    let page = String::from_utf8(read("figure-3/README.md")).unwrap();
    for part in ["[(Sx,2),(Sy,1),(Sz,1)]", "](clocks.png)", "Verdict: within"] {
        assert!(page.contains(part), "{part} is missing:\n{page}");
    }
    let summary = || String::from_utf8(read("README.md")).unwrap();
    assert!(
        summary().contains("(figure-2/README.md)") && summary().contains("(figure-3/README.md)")
    );
    // What an earlier command made stays in the summary.
    let before = summary();
    command(folder.path(), &["reproduce", "figure-3", "--reduced"]);
    assert_eq!(summary(), before);
}

#[test]
fn names_and_seeds_that_are_wrong_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let rows: [(&[&str], i32, &str); 5] = [
        (&["reproduce", "figure-2", "--set", "nodes=4"], 2, "figure-2: `nodes` cannot be set"),
        (&["reproduce", "figure-8", "--set", "nodes=2"], 2, "figure-8: copies is from 1 to nodes"),
        (&["reproduce", "figure-99"], 2, "`figure-99` is no reproduction"),
        (&["reproduce", "--seed", "soon"], 2, "--seed"),
        (&["reproduce", "--list"], 0, ""),
    ];
    for (arguments, code, said) in rows {
        let output = command(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(said), "{arguments:?}");
    }
    assert!(!folder.path().join("results").exists());
    let other = ["reproduce", "figure-8", "--reduced", "--set", "nodes=9", "--set", "tokens=2,4"];
    assert_eq!(command(folder.path(), &other).status.code(), Some(0));
    let page = folder.path().join("results/paper/figure-8-nodes-9-tokens-2-4/README.md");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("reproduce figure-8 --set nodes=9 --set tokens=2,4 --seed 1"), "{page}");
    assert!(page.contains("the paper has nothing to compare with"), "{page}");
}
