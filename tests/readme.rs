//! Every command that the README shows runs as printed.

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

const README: &str = include_str!("../README.md");

/// The fenced blocks of one language in a part of the README.
fn blocks<'t>(text: &'t str, language: &str) -> Vec<&'t str> {
    let fence = format!("```{language}\n");
    let starts = text.split(fence.as_str()).skip(1);
    starts.map(|rest| rest.split("```").next().expect("every fence closes")).collect()
}

/// A line of the README as a shell reads it: words, some in single quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for (i, part) in line.split('\'').enumerate() {
        if i % 2 == 1 {
            words.last_mut().unwrap().push_str(part);
            continue;
        }
        let mut pieces = part.split(' ');
        words.last_mut().unwrap().push_str(pieces.next().unwrap_or(""));
        words.extend(pieces.map(str::to_string));
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Runs the commands of a section, one after another, in a folder of its own.
fn run(section: &str) -> usize {
    let place = tempfile::tempdir().unwrap();
    for name in ["mine", "shorter", "two-racks", "wars"] {
        let named = |text: &&str| text.contains(&format!("\"name\": \"{name}\""));
        let scenario = blocks(README, "json").into_iter().find(named).unwrap();
        std::fs::write(place.path().join(format!("{name}.json")), scenario).unwrap();
    }
    let shown = blocks(section, "sh").into_iter().flat_map(str::lines);
    let commands = shown.filter(|line| line.starts_with("dynamo-sim "));
    let run = |line: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dynamo-sim"));
        let output = command.args(&words(line)[1..]).current_dir(place.path()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{line}: {said}");
    };
    commands.map(run).count()
}

#[test]
fn every_command_of_the_readme_runs_as_printed() {
    let sections: Vec<&str> = README.split("\n## ").collect();
    let (next, ran) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        while let Some(section) = sections.get(next.fetch_add(1, Ordering::Relaxed)) {
            ran.fetch_add(run(section), Ordering::Relaxed);
        }
    };
    // One of them waits for the disk, or for a command with one thread, while the other works.
    thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    assert!(ran.into_inner() >= 10, "the tour is there");
}
