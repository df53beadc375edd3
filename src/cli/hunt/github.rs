//! What build servers are told, where they ask for it: a JUnit file, annotations of a GitHub
//! workflow, and its summary.

use std::io::Write;
use std::path::Path;

use crate::cli::arguments::Hunt;
use crate::cli::exit::Failure;
use crate::cli::files::Folder;
use crate::cli::hunt::corpus::Replay;
use crate::cli::hunt::tell::Told;
use crate::cli::terminal::Terminal;
use crate::hunt::ci::{Case, annotation, junit, markdown};

/// Tells whoever wants to know.
pub fn report(
    arguments: &Hunt,
    told: &Told<'_>,
    corpus: &[Replay],
    terminal: &Terminal,
) -> Result<(), Failure> {
    let cases = cases(told, corpus);
    if let Some(place) = &arguments.junit {
        write(place, &junit("dynamo-sim hunt", &cases))?;
    }
    if std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
        for case in cases.iter().filter(|case| case.failure.is_some()) {
            terminal.complain(&annotation(case));
        }
    }
    match std::env::var_os("GITHUB_STEP_SUMMARY") {
        Some(place) => append(Path::new(&place), &markdown(&told.summary(), &cases)),
        None => Ok(()),
    }
}

/// A case for each finding of the corpus, for each that is new, and for the hunt itself.
fn cases(told: &Told<'_>, corpus: &[Replay]) -> Vec<Case> {
    let mut cases: Vec<Case> = corpus
        .iter()
        .map(|one| Case {
            name: format!("corpus: {}", one.bundle.finding.words()),
            failure: one.stands().then(|| one.bundle.story.clone()),
            replay: format!("dynamo-sim replay {}", one.place.display()),
        })
        .collect();
    for ((finding, group), kept) in told.campaign.groups().iter().zip(told.kept) {
        cases.push(Case {
            name: finding.words(),
            failure: Some(kept.bundle.story.clone()),
            replay: told.replay(group.best.seed),
        });
    }
    if told.campaign.groups().is_empty() {
        let worlds = told.campaign.tally().worlds;
        let name = format!("{worlds} worlds of {} without a finding", told.worlds.name());
        cases.push(Case { name, failure: None, replay: String::new() });
    }
    cases
}

fn write(place: &Path, text: &str) -> Result<(), Failure> {
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = Folder::make(folder.unwrap_or(Path::new(".")))?;
    let name = place.file_name().ok_or_else(|| {
        Failure::Arguments(format!("--junit: {} is no name of a file", place.display()))
    })?;
    folder.write(Path::new(name), text.as_bytes())
}

/// The summary of a workflow has parts of other steps.
fn append(place: &Path, text: &str) -> Result<(), Failure> {
    let file = std::fs::OpenOptions::new().append(true).create(true).open(place);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| {
        Failure::Environment(format!("cannot write the summary {}: {error}", place.display()))
    })
}
