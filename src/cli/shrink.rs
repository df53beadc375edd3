//! `dynamo-sim shrink`

use std::path::Path;

use crate::cli::arguments::Shrink;
use crate::cli::deadline::Deadline;
use crate::cli::exit::{Code, Failure};
use crate::cli::files::Folder;
use crate::cli::hunt::world::{Silence, attempt};
use crate::cli::interrupt::Interrupt;
use crate::cli::parallel;
use crate::cli::sources::{load, read};
use crate::cli::terminal::Terminal;
use crate::hunt::bundle::Bundle;
use crate::hunt::fingerprint::Fingerprint;
use crate::hunt::shrink::{Shrunk, shrink as make_small};
use crate::hunt::trial::{Budget, Care, EVENTS};
use crate::scenario::read::Checked;
use crate::scenario::spec::Scenario;
use crate::time::Duration;

/// What is to be made small, and what must stay found.
struct Subject {
    checked: Checked,
    finding: Fingerprint,
    care: Care,
    events: u64,
}

/// Makes the world of a finding small.
pub fn shrink(arguments: &Shrink, terminal: &Terminal) -> Result<Code, Failure> {
    let length = Duration::parse(&arguments.length);
    let length = length.map_err(|why| Failure::Arguments(format!("--for: {why}")))?;
    let _silence = Silence::new();
    let subject = subject(arguments, terminal)?;
    terminal.say(&format!("keeping {}", subject.finding.words()));
    let (interrupt, deadline) = (Interrupt::listen()?, Deadline::after(Some(length)));
    let jobs = parallel::jobs(arguments.jobs);
    // A candidate that takes many times as long as the finding did is given up; how long a run took
    // that ended in a panic nobody knows.
    let events = match subject.events {
        0 => EVENTS,
        events => events.saturating_mul(4).clamp(100_000, EVENTS),
    };
    let stop = || interrupt.asked().is_some() || deadline.is_over();
    let budget = Budget { events, is_unwanted: &stop };
    let shows = |candidate: &Scenario| {
        // The time may be over in the middle of many candidates.
        !stop()
            && Checked::new(candidate.clone(), &[])
                .is_ok_and(|it| attempt(&it, budget, subject.care).shows(&subject.finding))
    };
    let mut first = |candidates: &[Scenario]| parallel::first(jobs, candidates, &shows);
    let shrunk = make_small(subject.checked.scenario(), &mut first, &stop);
    terminal.detail(&format!("took {:.1} s", deadline.elapsed_seconds()));
    tell(arguments, &subject, shrunk, terminal)
}

fn subject(arguments: &Shrink, terminal: &Terminal) -> Result<Subject, Failure> {
    let (name, bytes) = load(&arguments.file)?;
    let bundle = std::str::from_utf8(&bytes).ok().and_then(Bundle::parse);
    let bundle = bundle.transpose();
    let bundle = bundle.map_err(|why| Failure::Arguments(format!("{name}: {why}")))?;
    let text = bundle.as_ref().map_or(bytes, |bundle| bundle.scenario_text().into_bytes());
    let checked = read(&name, &text, &arguments.overrides, terminal)?;
    // What the seed has drawn is plain data from here on.
    let plain = Checked::new(checked.scenario().clone(), &[]);
    let checked = plain.map_err(|_| Failure::Arguments(format!("{name} cannot be made plain")))?;
    let care = bundle.as_ref().map_or(Care::Once, Bundle::care);
    let trial = attempt(&checked, EVENTS, care);
    let sightings = trial.sightings();
    let wanted = |one: &&crate::hunt::fingerprint::Sighting| {
        bundle.as_ref().is_none_or(|bundle| bundle.finding == one.fingerprint)
    };
    let found = sightings.iter().find(wanted).map(|one| one.fingerprint.clone());
    let nothing = || Failure::Arguments(format!("{name} shows no finding, or no longer that one"));
    let finding = found.ok_or_else(nothing)?;
    Ok(Subject { checked, finding, care, events: trial.events })
}

fn tell(
    arguments: &Shrink,
    subject: &Subject,
    shrunk: Shrunk,
    terminal: &Terminal,
) -> Result<Code, Failure> {
    let Shrunk { scenario, candidates, needed, implied, finished } = shrunk;
    let cannot = |_| Failure::Environment("what was made small cannot be read".to_string());
    let about = format!("{}, made small: look at {}.", scenario.name, subject.finding.words());
    let scenario = Scenario { about, ..scenario };
    let checked = Checked::new(scenario, &[]).map_err(cannot)?;
    let trial = attempt(&checked, EVENTS, subject.care);
    let bundle = Bundle::new(&checked, &trial, &subject.finding, subject.care);
    let bundle = Bundle { needed: needed.clone(), ..bundle }.in_few_lines(&checked);
    let (before, after) = (subject.checked.scenario(), checked.scenario());
    let mut text = format!(
        "faults {} -> {}, orders {} -> {}, events {} -> {}; {candidates} candidates listed\n",
        before.faults.len(),
        after.faults.len(),
        before.administration.len(),
        after.administration.len(),
        subject.events,
        trial.events
    );
    text += &proved(&needed, &implied);
    if !finished {
        text += "  not everything was tried before the time was over\n";
    }
    let place = Path::new(&arguments.out);
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
    let name = place.file_name().ok_or_else(|| Failure::Arguments("--out: a file".to_string()))?;
    let folder = Folder::make(folder.unwrap_or(Path::new(".")))?;
    folder.write(Path::new(name), bundle.text().as_bytes())?;
    text += &format!("kept: dynamo-sim replay {}\n", place.display());
    terminal.print(&text)?;
    Ok(if finished { Code::Held } else { Code::Inconclusive })
}

/// What was tried at last, a line each.
fn proved(needed: &[String], implied: &[String]) -> String {
    let list = |lines: &[String], heading: &str| {
        let lines: String = lines.iter().map(|line| format!("    {line}\n")).collect();
        if lines.is_empty() { lines } else { format!("  {heading}:\n{lines}") }
    };
    list(needed, "needed, since without it, or with the other value, the finding is gone")
        + &list(implied, "not tried, since there is no such scenario without it")
}
