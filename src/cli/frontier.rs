//! `dynamo-sim frontier`

use std::path::Path;
use std::sync::Mutex;

use crate::cli::arguments::comparisons::Frontier;
use crate::cli::exit::{Code, Failure};
use crate::cli::files::Folder;
use crate::cli::interrupt::Interrupt;
use crate::cli::parallel;
use crate::cli::progress::Progress;
use crate::cli::sources::{Text, seeds};
use crate::cli::terminal::Terminal;
use crate::experiment::frontier::axes::{self, Axis, Setting};
use crate::experiment::frontier::charts::chart;
use crate::experiment::frontier::planes::PLANES;
use crate::experiment::frontier::points::{Measured, Point};
use crate::experiment::frontier::tables::{self, frontier as together};
use crate::experiment::frontier::words::words;
use crate::experiment::steady::measure;
use crate::report::json::pretty;
use crate::report::plot::draw;
use crate::scenario::read::Checked;
use crate::time::Duration;

/// Runs every setting with every seed, and tells which are beaten.
pub fn frontier(arguments: &Frontier, terminal: &Terminal) -> Result<Code, Failure> {
    let text = Text::load(&arguments.scenario, &arguments.overrides)?;
    let base = text.checked(None, terminal)?;
    if base.scenario().faults.is_empty() {
        let story = format!(
            "{} has no faults, and nothing would be told of availability: choose another scenario",
            base.scenario().name
        );
        return Err(Failure::Arguments(story));
    }
    let axes = chosen(arguments, base.scenario().cluster.n)?;
    let settings = axes::settings(&axes, base.scenario().cluster.n);
    if settings.is_empty() {
        return Err(Failure::Arguments("no setting is left: R and W are at most N".to_string()));
    }
    let seeds = seeds(&arguments.seeds)?;
    let points = run_all(arguments, &text, (&axes, &settings, &seeds), terminal)?;
    let words = words(&axes, &points);
    let found = together(&base.scenario().name, &seeds, &axes, &points, words);
    if !arguments.dry_run {
        let usual = Path::new("results").join("frontier").join(&base.scenario().name);
        let folder = Folder::make(arguments.out.as_deref().unwrap_or(&usual))?;
        draw_all(&folder, &found, (&axes, &points))?;
        keep(&folder, &found, &base)?;
    }
    let json = || String::from_utf8_lossy(&pretty(&found)).into_owned();
    terminal.print(&if arguments.json { json() } else { found.text() })?;
    Ok(Code::Held)
}

/// The usual axes, with what the arguments make of them.
fn chosen(arguments: &Frontier, n: u32) -> Result<Vec<Axis>, Failure> {
    let refused = |why| Failure::Arguments(format!("--vary: {why}"));
    let asked: Result<Vec<Axis>, String> =
        arguments.vary.iter().map(|it| Axis::parse(it)).collect();
    let asked = asked.map_err(refused)?;
    let counts = asked.iter().find(|axis| axis.path == "cluster.n");
    let most = counts.map(|axis| axis.values.iter().filter_map(|it| it.parse().ok()).max());
    let mut axes = axes::usual(most.flatten().unwrap_or(n));
    asked.into_iter().for_each(|axis| axes::put(&mut axes, axis));
    for path in &arguments.keep {
        if !axes.iter().any(|axis| axis.path == *path) {
            let known: Vec<&str> = axes.iter().map(|axis| axis.path.as_str()).collect();
            let story = format!("--keep: {path} is not varied; what is: {}", known.join(", "));
            return Err(Failure::Arguments(story));
        }
        axes.retain(|axis| axis.path != *path);
    }
    Ok(axes)
}

/// Every setting with every seed, in their order.
fn run_all(
    arguments: &Frontier,
    text: &Text,
    (axes, settings, seeds): (&[Axis], &[Setting], &[u64]),
    terminal: &Terminal,
) -> Result<Vec<Point>, Failure> {
    let interrupt = Interrupt::listen()?;
    let texts: Vec<Text> = settings.iter().map(|it| text.with(&it.overrides(axes))).collect();
    let pairs = texts.iter().flat_map(|text| seeds.iter().map(move |seed| (text, *seed)));
    let runs: Vec<(&Text, u64)> = pairs.collect();
    let progress = Shown::begin(terminal, runs.len());
    let stop = || interrupt.asked().is_some();
    let work = |(text, seed): &(&Text, u64)| {
        let measured = run(text, *seed, &stop, terminal);
        progress.one_more();
        measured
    };
    let ran = parallel::each(parallel::jobs(arguments.jobs), &runs, &stop, &work);
    progress.end();
    let stopped = || Failure::Interrupted(interrupt.asked().unwrap_or(Code::Interrupted));
    let ran =
        ran.into_iter().map(|it| it.ok_or_else(stopped)?.and_then(|it| it.ok_or_else(stopped)));
    let ran: Vec<Measured> = ran.collect::<Result<_, Failure>>()?;
    let point = |(setting, runs): (&Setting, &[Measured])| Point {
        name: setting.name(axes),
        values: setting.values.clone(),
        runs: runs.to_vec(),
    };
    Ok(settings.iter().zip(ran.chunks(seeds.len())).map(point).collect())
}

/// One setting with one seed: as it is, and without faults. None if it was given up.
fn run(
    text: &Text,
    seed: u64,
    stop: &dyn Fn() -> bool,
    terminal: &Terminal,
) -> Result<Option<Measured>, Failure> {
    let figures = |text: &Text| {
        let checked = text.checked(Some(seed), terminal)?;
        let layout = checked.plan().layout();
        Ok::<_, Failure>(measure(&checked, &layout, Duration::ZERO, None, &mut |_| !stop()))
    };
    let calm = text.with(&["faults=[]".to_string(), "expect=[]".to_string()]);
    let (trouble, calm) = (figures(text)?, figures(&calm)?);
    Ok(trouble.zip(calm).map(|(trouble, calm)| Measured::of(&trouble, &calm)))
}

/// Progress of several threads.
struct Shown<'t> {
    progress: Mutex<(Progress<'t>, usize)>,
    all: usize,
}

impl<'t> Shown<'t> {
    fn begin(terminal: &'t Terminal, all: usize) -> Shown<'t> {
        Shown { progress: Mutex::new((Progress::of_work(terminal, "the frontier"), 0)), all }
    }

    fn one_more(&self) {
        let mut held = self.progress.lock().expect("no worker dies with the lock");
        held.1 += 1;
        let part = held.1 as f64 / self.all as f64;
        held.0.at_part(part);
    }

    fn end(self) {
        self.progress.into_inner().expect("no worker died with the lock").0.end();
    }
}

/// Draws each plane that has a point.
fn draw_all(
    folder: &Folder,
    found: &tables::Frontier,
    settings: (&[Axis], &[Point]),
) -> Result<(), Failure> {
    for plane in PLANES {
        let chart = chart(&found.scenario, found.seeds.len(), settings, plane);
        let drawing = draw(&chart);
        let drawing = drawing.map_err(|e| Failure::Environment(format!("cannot draw: {e}")))?;
        folder.write(format!("{}.svg", plane.stem), &drawing.svg)?;
        folder.write(format!("{}.png", plane.stem), &drawing.png)?;
    }
    Ok(())
}

/// Writes the table and the words; what machines read comes last, as a sign that all is there.
fn keep(folder: &Folder, found: &tables::Frontier, base: &Checked) -> Result<(), Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in found.csv() {
        writer.write_record(&line).expect("all lines are as long, and memory does not fail");
    }
    folder.write("frontier.csv", &writer.into_inner().expect("memory does not fail"))?;
    folder.write("frontier.txt", found.text().as_bytes())?;
    folder.write("scenario.json", base.kept_json().as_bytes())?;
    folder.write("frontier.json", &pretty(found))
}
