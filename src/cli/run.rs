//! `dynamo-sim run`

use std::path::{Path, PathBuf};

use crate::cli::arguments::Run;
use crate::cli::exit::{Code, Failure};
use crate::cli::files::{Draft, Folder};
use crate::cli::interrupt::Interrupt;
use crate::cli::progress::Progress;
use crate::cli::sources::checked;
use crate::cli::terminal::Terminal;
use crate::experiment::{self, Conclusion, Outcome};
use crate::report::charts::charts;
use crate::report::history::History;
use crate::report::json::json;
use crate::report::plot::draw;
use crate::report::summary::summary;
use crate::report::timeline::timeline;
use crate::report::trace::Trace;
use crate::scenario::files::copies;
use crate::scenario::read::Checked;
use crate::time::Time;
use crate::trace::layout::Layout;
use crate::trace::observer::Observer;

/// Files that stream out while the run goes on.
struct Streams {
    folder: Folder,
    history: History<Draft>,
    trace: Option<Trace<Draft>>,
}

/// Runs a scenario and writes all there is to know of it.
pub fn run(arguments: &Run, terminal: &Terminal) -> Result<Code, Failure> {
    let checked = checked(&arguments.subject, terminal)?;
    if checked.scenario().sweep.is_some() {
        let name = quoted(&arguments.subject.scenario);
        terminal.say(&format!(
            "this is one run of the scenario as written; `dynamo-sim sweep {name}` runs its sweep"
        ));
    }
    let layout = checked.plan().layout();
    let mut streams = match arguments.dry_run {
        true => None,
        false => Some(Streams::open(arguments, &checked, &layout)?),
    };
    let outcome = watch(&checked, &layout, streams.as_mut(), terminal)?;
    let folder = streams.map(|streams| streams.keep(&checked, &outcome)).transpose()?;
    if arguments.json {
        terminal.print(&String::from_utf8_lossy(&json(&outcome.report)))?;
    } else {
        terminal.print(&told(&outcome, folder.as_deref()))?;
    }
    for broken in outcome.expectations.iter().filter(|tested| !tested.held) {
        terminal.complain(&format!("FAIL {}", broken.story()));
    }
    if outcome.conclusion == Conclusion::Finding {
        terminal.complain(&format!("replay: {}", replay(arguments, &checked)));
    }
    Ok(match outcome.conclusion {
        Conclusion::Held => Code::Held,
        Conclusion::Inconclusive => Code::Inconclusive,
        Conclusion::Finding => Code::Finding,
    })
}

/// Runs with progress shown, until the end or a signal.
fn watch(
    checked: &Checked,
    layout: &Layout,
    streams: Option<&mut Streams>,
    terminal: &Terminal,
) -> Result<Outcome, Failure> {
    let interrupt = Interrupt::listen()?;
    let mut progress = Progress::begin(terminal, Time::ZERO + checked.scenario().duration);
    let mut pulse = |now: Time| {
        progress.at(now);
        interrupt.asked().is_none()
    };
    let mut watchers: Vec<&mut dyn Observer> = Vec::new();
    if let Some(streams) = streams {
        watchers.push(&mut streams.history);
        if let Some(trace) = &mut streams.trace {
            watchers.push(trace);
        }
    }
    let outcome = experiment::run(checked, layout, watchers, &mut pulse);
    progress.end();
    outcome.ok_or_else(|| Failure::Interrupted(interrupt.asked().unwrap_or(Code::Interrupted)))
}

impl Streams {
    fn open(arguments: &Run, checked: &Checked, layout: &Layout) -> Result<Streams, Failure> {
        let scenario = checked.scenario();
        let usual =
            || Path::new("results").join(&scenario.name).join(format!("seed-{}", scenario.seed));
        let folder = Folder::make(&arguments.out.clone().unwrap_or_else(usual))?;
        let history = History::new(layout, folder.draft("history.jsonl")?);
        let trace = match arguments.trace {
            true => Some(Trace::new(layout, folder.draft("trace.jsonl")?)),
            false => None,
        };
        Ok(Streams { folder, history, trace })
    }

    /// Puts everything in its place; returns where that is.
    fn keep(self, checked: &Checked, outcome: &Outcome) -> Result<PathBuf, Failure> {
        let Streams { folder, history, trace } = self;
        let cannot = |error| Failure::Environment(format!("cannot write the history: {error}"));
        history.finish().map_err(cannot)?.keep()?;
        match trace {
            Some(trace) => trace.finish().map_err(cannot)?.keep()?,
            // One of an earlier run would not belong to this one.
            None => folder.remove("trace.jsonl")?,
        }
        folder.write("scenario.json", checked.kept_json().as_bytes())?;
        for place in copies() {
            match checked.inputs().iter().find(|input| input.copy() == place) {
                Some(input) => folder.write(place, input.text.as_bytes())?,
                None => folder.remove(place)?,
            }
        }
        folder.write("timeline.csv", &timeline(&outcome.rows))?;
        for (stem, chart) in charts(&outcome.report, &outcome.rows) {
            let drawing = draw(&chart);
            let drawing = drawing.map_err(|e| Failure::Environment(format!("cannot draw: {e}")))?;
            folder.write(format!("plots/{stem}.svg"), &drawing.svg)?;
            folder.write(format!("plots/{stem}.png"), &drawing.png)?;
        }
        // The report comes last: where it stands, all else does.
        folder.write("report.json", &json(&outcome.report))?;
        Ok(folder.path().to_path_buf())
    }
}

/// The summary, what was expected, and where the files are.
fn told(outcome: &Outcome, folder: Option<&Path>) -> String {
    let mut text = String::from_utf8_lossy(&summary(&outcome.report, &outcome.rows)).into_owned();
    if !outcome.expectations.is_empty() {
        text.push_str("\nexpected\n");
    }
    for tested in &outcome.expectations {
        let verdict = if tested.held { "holds" } else { "FAILS" };
        let mut actual = tested.actual.map_or("nothing to measure".to_string(), |a| a.to_string());
        if let (Some(bound), Some(_)) = (tested.bound, &tested.expectation.against) {
            actual.push_str(&format!(", compared with {bound}"));
        }
        text.push_str(&format!("  {verdict}  {} (is {actual})\n", tested.expectation));
    }
    if let Some(folder) = folder {
        let files =
            "report.json, timeline.csv, history.jsonl, scenario.json, plots/*.png and *.svg";
        text.push_str(&format!("\nfiles in {}: {files}\n", folder.display()));
    }
    text
}

/// The command that has this run again.
fn replay(arguments: &Run, checked: &Checked) -> String {
    let mut command = format!("dynamo-sim run {}", quoted(&arguments.subject.scenario));
    command.push_str(&format!(" --seed {}", checked.scenario().seed));
    for change in &arguments.subject.overrides {
        command.push_str(&format!(" --set {}", quoted(change)));
    }
    command + " --trace"
}

/// As a shell wants it.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_string(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}
