//! A run of a sweep in which the program fails: all others are kept, it is told of, and the same
//! sweep started again does only that one.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Parser;
use dynamo_sim::cli::files::Folder;
use dynamo_sim::cli::sweep::arguments::Sweep;
use dynamo_sim::cli::sweep::parts::part_name;
use dynamo_sim::cli::sweep::study::Study;
use dynamo_sim::cli::sweep::work::{Run, Work};
use dynamo_sim::cli::sweep::{findings, tables};
use dynamo_sim::cli::terminal::Terminal;
use dynamo_sim::experiment::sweep::running::row;
use dynamo_sim::report::sweep::plan::{Shard, Task};
use dynamo_sim::report::sweep::row::Status;
use dynamo_sim::report::sweep::summary::Summary;

/// Two points with four seeds.
const STUDY: &str = r#"{ "name": "study", "duration": "1s",
    "cluster": { "nodes": 3, "n": 3, "w": 2 }, "workload": { "clients": 2 },
    "sweep": { "axes": { "cluster.r": [1, 2] }, "seeds": "5..8" } }"#;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    sweep: Sweep,
}

/// A sweep as a command makes it, but for how runs are done.
fn sweep(file: &Path, out: &Path, run: &Run<'_>) -> (Summary, Vec<String>, [Vec<u8>; 2]) {
    let line = Line::parse_from(["sweep".as_ref(), file.as_os_str()]);
    let terminal = Terminal::silent();
    let (study, base) = Study::open(&line.sweep, &terminal).unwrap();
    let (plan, folder) = (study.plan(&base).unwrap(), Folder::make(out).unwrap());
    let (study, shard) = (&study, Shard::WHOLE);
    let work = Work { study, plan: &plan, shard, folder: &folder, terminal: &terminal, run };
    let tasks: Vec<Task> = plan.tasks(shard).collect();
    let store = work.run_all(&tasks, Some(2)).unwrap();
    let summary = tables::write(&folder, &plan, &tasks, &store).unwrap();
    let told = findings::stories(Some(&line.sweep), &plan, &tasks, &store).unwrap();
    let read = |name: &str| std::fs::read(out.join(name)).unwrap();
    (summary, told, [read("table.csv"), read(&part_name(&plan, shard))])
}

#[test]
fn a_run_that_panics_is_told_of_and_is_the_only_one_that_is_done_again() {
    let place = tempfile::tempdir().unwrap();
    let (file, out) = (place.path().join("study.json"), place.path().join("out"));
    std::fs::write(&file, STUDY).unwrap();
    let (_, told, whole) = sweep(&file, &place.path().join("whole"), &row);
    assert_eq!(told, [""; 0]);
    let failing: &Run<'_> = &|plan, task, checked, pulse| {
        assert!(plan.told(task.point) != "cluster.r=2" || task.seed != 7, "planted in {task:?}");
        row(plan, task, checked, pulse)
    };
    let (summary, told, [table, _]) = sweep(&file, &out, failing);
    assert_eq!((summary.runs, summary.count(Status::Panicked)), (8, 1));
    let expected = "panicked: planted in Task { index: 6, point: 1, seed: 7 } at cluster.r=2, \
                    seed 7";
    assert_eq!(told[0], expected);
    let replay = format!("replay: dynamo-sim run {} --seed 7 --set cluster.r=2", file.display());
    assert_eq!(told[1..], [replay]);
    // All other rows are those of a sweep in which nothing failed.
    let lines = |table: &[u8]| -> Vec<String> {
        String::from_utf8_lossy(table).lines().map(str::to_string).collect()
    };
    let (failed, good) = (lines(&table), lines(&whole[0]));
    let differ: Vec<usize> = (0..good.len()).filter(|at| failed[*at] != good[*at]).collect();
    assert_eq!((failed.len(), differ), (9, vec![7]));
    assert!(failed[7].starts_with("1,7,2,panicked,"), "{}", failed[7]);
    // The program that is whole again does that run and no other.
    let runs = AtomicUsize::new(0);
    let counted: &Run<'_> = &|plan, task, checked, pulse| {
        runs.fetch_add(1, Ordering::Relaxed);
        row(plan, task, checked, pulse)
    };
    let (summary, told, files) = sweep(&file, &out, counted);
    assert_eq!((runs.load(Ordering::Relaxed), summary.count(Status::Panicked)), (1, 0));
    assert_eq!(told, [""; 0]);
    assert_eq!(files, whole);
    sweep(&file, &out, counted);
    assert_eq!(runs.into_inner(), 1, "nothing is left to do");
}
