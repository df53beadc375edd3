//! Every command that the README shows runs as printed.

use std::process::Command;

const README: &str = include_str!("../README.md");

/// The fenced blocks of one language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    let starts = README.split(fence.as_str()).skip(1);
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

#[test]
fn every_command_of_the_readme_runs_as_printed() {
    let place = tempfile::tempdir().unwrap();
    for name in ["mine", "shorter", "two-racks", "wars"] {
        let named = |text: &&str| text.contains(&format!("\"name\": \"{name}\""));
        let scenario = blocks("json").into_iter().find(named).unwrap();
        std::fs::write(place.path().join(format!("{name}.json")), scenario).unwrap();
    }
    let shown = blocks("sh").into_iter().flat_map(str::lines);
    let commands: Vec<&str> = shown.filter(|line| line.starts_with("dynamo-sim ")).collect();
    assert!(commands.len() >= 10, "the tour is there: {commands:?}");
    for line in commands {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dynamo-sim"));
        let output = command.args(&words(line)[1..]).current_dir(place.path()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{line}: {said}");
    }
}
