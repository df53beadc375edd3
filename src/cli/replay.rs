//! `dynamo-sim replay` and `dynamo-sim promote`

use std::path::Path;

use crate::cli::arguments::{Promote, Replay as Arguments};
use crate::cli::exit::{Code, Failure};
use crate::cli::files::Folder;
use crate::cli::hunt::corpus::Replay;
use crate::cli::hunt::world::Silence;
use crate::cli::terminal::Terminal;
use crate::experiment;
use crate::hunt::bundle::{Replayed, VERSION, expectations, promoted};
use crate::report::trace::Trace;
use crate::scenario::format::formatted;
use crate::scenario::lines;
use crate::scenario::read::Checked;
use crate::sim::simulation::Simulation;
use crate::trace::observer::Observers;

/// Runs a finding again and says what became of it.
pub fn replay(arguments: &Arguments, terminal: &Terminal) -> Result<Code, Failure> {
    let replay = {
        let _silence = Silence::new();
        Replay::of(&arguments.file, terminal)?
    };
    let (bundle, trial) = (&replay.bundle, &replay.trial);
    let words = bundle.finding.words();
    let same = match replay.outcome() {
        Replayed::Same => format!("still found, by the same run: {words}\n"),
        Replayed::Stands => format!("still found, by another run: {words}\n"),
        Replayed::Forgiven => {
            format!("no longer found, though the run is the same: a judge has changed: {words}\n")
        }
        Replayed::Gone => format!("no longer found: {words}\n"),
    };
    let mut text = same + &format!("  {}\n", bundle.story);
    text += &format!(
        "  digest {} with {}, {:016x} with {VERSION}; {} events then, {} now\n",
        bundle.digest, bundle.version, trial.digest, bundle.events, trial.events
    );
    let now = trace(&replay.checked)?;
    if let Some(place) = &arguments.trace {
        text += &first_difference(place, &now)?;
    }
    if let Some(place) = &arguments.keep_trace {
        write(place, &now)?;
    }
    terminal.print(&text)?;
    Ok(if replay.stands() { Code::Finding } else { Code::Held })
}

/// Every record of the run, a line each.
fn trace(checked: &Checked) -> Result<Vec<u8>, Failure> {
    let plan = checked.plan();
    let mut trace = Trace::new(&plan.layout(), Vec::new());
    Simulation::new(&plan).run(&mut Observers::new(vec![&mut trace]));
    trace.finish().map_err(|error| Failure::Environment(format!("cannot write the trace: {error}")))
}

/// Where a trace that was kept and that of today part.
fn first_difference(place: &Path, now: &[u8]) -> Result<String, Failure> {
    let name = place.display();
    let then = std::fs::read(place);
    let then = then.map_err(|e| Failure::Environment(format!("cannot read {name}: {e}")))?;
    let (then, now) = (String::from_utf8_lossy(&then), String::from_utf8_lossy(now));
    let (mut before, mut after) = (then.lines(), now.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (before.next(), after.next()) {
            (None, None) => return Ok("  every record is as it was\n".to_string()),
            (one, other) if one == other => {}
            (one, other) => {
                let shown = |line: Option<&str>| line.unwrap_or("the end").to_string();
                let (one, other) = (shown(one), shown(other));
                return Ok(format!(
                    "  the first record that differs is number {number}\n  then: {one}\n  now:  \
                     {other}\n"
                ));
            }
        }
    }
}

/// Makes a test of a finding: a scenario without the planted bug, with lines that hold.
pub fn promote(arguments: &Promote, terminal: &Terminal) -> Result<Code, Failure> {
    let replay = {
        let _silence = Silence::new();
        Replay::of(&arguments.file, terminal)?
    };
    let stem = arguments.out.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let name = stem.ok_or_else(|| Failure::Arguments("--out: name a file".to_string()))?;
    let scenario = replay.checked.scenario();
    let plain = promoted(&replay.bundle, &name, scenario, Vec::new());
    let mut lines = Vec::new();
    for line in expectations(&replay.bundle.finding.invariant) {
        let with = promoted(&replay.bundle, &name, scenario, vec![line.to_string()]);
        lines.extend(holds(with)?.then(|| line.to_string()));
    }
    let promoted = checked(crate::scenario::spec::Scenario { expect: lines, ..plain })?;
    let text = lines::plain(promoted.scenario()).to_string();
    write(&arguments.out, formatted(&text, &promoted).as_bytes())?;
    let count = promoted.expectations().len();
    terminal.print(&format!("{} is written, with {count} lines\n", arguments.out.display()))?;
    Ok(Code::Held)
}

fn checked(scenario: crate::scenario::spec::Scenario) -> Result<Checked, Failure> {
    let told = |problems: Vec<crate::scenario::problem::Problem>| {
        let first = problems.into_iter().next().map_or(String::new(), |problem| problem.message);
        Failure::Arguments(format!("this makes no scenario: {first}"))
    };
    Checked::new(scenario, &[]).map_err(told)
}

/// Do the lines of the scenario hold today? Of a finding that is no planted bug they may not.
fn holds(scenario: crate::scenario::spec::Scenario) -> Result<bool, Failure> {
    let checked = checked(scenario)?;
    let layout = checked.plan().layout();
    let outcome = experiment::run(&checked, &layout, Vec::new(), &mut |_| true);
    Ok(outcome.is_some_and(|outcome| outcome.expectations.iter().all(|tested| tested.held)))
}

fn write(place: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
    let nameless = || Failure::Arguments(format!("{} is no name of a file", place.display()));
    let name = place.file_name().ok_or_else(nameless)?;
    Folder::make(folder.unwrap_or(Path::new(".")))?.write(Path::new(name), bytes)
}
