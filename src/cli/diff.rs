//! `dynamo-sim diff`

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::cli::arguments::comparisons::Diff;
use crate::cli::exit::{Code, Failure};
use crate::cli::interrupt::Interrupt;
use crate::cli::parallel;
use crate::cli::run::quoted;
use crate::cli::sources::{Text, seeds};
use crate::cli::terminal::Terminal;
use crate::experiment::paired::{
    Difference, First, Metric, Pair, Setting, difference, pair, settings, why,
};
use crate::report::json::pretty;
use crate::reproduce::result::spelt;
use crate::scenario::read::Checked;
use crate::statistics::estimate::Estimate;
use crate::statistics::sample::percentile;
use crate::time::Duration;

/// Figures shown before the rest is only counted.
const MOST_SHOWN: usize = 40;

/// Sections that come first.
const SECTIONS: [&str; 9] = [
    "availability.",
    "latency.",
    "staleness.",
    "durability.",
    "sessions.",
    "versions.",
    "carts.",
    "divergence.",
    "repair.",
];

/// Runs both sides with each seed, and tells what differs.
pub fn diff(arguments: &Diff, terminal: &Terminal) -> Result<Code, Failure> {
    let sides = texts(arguments)?;
    let seeds = seeds(&arguments.seeds)?;
    let warm_up = Duration::parse(&arguments.warm_up)
        .map_err(|why| Failure::Arguments(format!("--warm-up: {why}")))?;
    let own = both(&sides, None, terminal)?;
    if let Some(short) = own.iter().find(|side| side.scenario().duration <= warm_up) {
        let (name, lasts) = (&short.scenario().name, short.scenario().duration);
        let story = format!("--warm-up: {name} lasts {lasts}, and nothing would be left");
        return Err(Failure::Arguments(story));
    }
    let interrupt = Interrupt::listen()?;
    let pairs = run_all(arguments, (&sides, &seeds, warm_up), &interrupt, terminal)?;
    let first = tell_first(&sides, &pairs, &interrupt, terminal)?;
    let names = names(arguments, &own);
    let found = difference(names, settings(&own), &pairs, first);
    let json = || String::from_utf8_lossy(&pretty(&found)).into_owned();
    terminal.print(&if arguments.json { json() } else { text(&found, arguments) })?;
    Ok(Code::Held)
}

fn texts(arguments: &Diff) -> Result<[Text; 2], Failure> {
    let other = arguments.other.as_ref().unwrap_or(&arguments.scenario);
    if arguments.scenario == "-" && other == "-" && arguments.other.is_some() {
        let story = "standard input can be read once: give one side another way";
        return Err(Failure::Arguments(story.to_string()));
    }
    let left = Text::load(&arguments.scenario, &arguments.overrides)?;
    let right = match &arguments.other {
        Some(other) => Text::load(other, &arguments.overrides)?,
        None => left.clone(),
    };
    Ok([left.with(&arguments.left), right.with(&arguments.right)])
}

fn both(
    sides: &[Text; 2],
    seed: Option<u64>,
    terminal: &Terminal,
) -> Result<[Checked; 2], Failure> {
    Ok([sides[0].checked(seed, terminal)?, sides[1].checked(seed, terminal)?])
}

/// The two sides by scenario and what was set.
fn names(arguments: &Diff, sides: &[Checked; 2]) -> [String; 2] {
    let name = |side: &Checked, set: &[String]| {
        let words = set.iter().map(|set| format!(" {}", quoted(set)));
        side.scenario().name.clone() + &words.collect::<String>()
    };
    [name(&sides[0], &arguments.left), name(&sides[1], &arguments.right)]
}

/// All pairs, in the order of the seeds.
fn run_all(
    arguments: &Diff,
    (sides, seeds, warm_up): (&[Text; 2], &[u64], Duration),
    interrupt: &Interrupt,
    terminal: &Terminal,
) -> Result<Vec<Pair>, Failure> {
    let stop = || interrupt.asked().is_some();
    let done = AtomicUsize::new(0);
    let work = |seed: &u64| -> Result<Option<Pair>, Failure> {
        let sides = both(sides, Some(*seed), terminal)?;
        let pair = pair(&sides, warm_up, &mut |_| !stop());
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        terminal.detail(&format!("{done} of {} pairs", seeds.len()));
        Ok(pair)
    };
    let ran = parallel::each(parallel::jobs(arguments.jobs), seeds, &stop, &work);
    let stopped = || Failure::Interrupted(interrupt.asked().unwrap_or(Code::Interrupted));
    ran.into_iter()
        .map(|ran| ran.ok_or_else(stopped)?.and_then(|it| it.ok_or_else(stopped)))
        .collect()
}

/// The first operation that came to something else, in the first seed that has one.
fn tell_first(
    sides: &[Text; 2],
    pairs: &[Pair],
    interrupt: &Interrupt,
    terminal: &Terminal,
) -> Result<Option<First>, Failure> {
    let Some(pair) = pairs.iter().find(|pair| pair.changed.first.is_some()) else {
        return Ok(None);
    };
    let sides = both(sides, Some(pair.seed), terminal)?;
    let first = why(&sides, pair, &mut |_| interrupt.asked().is_none());
    let stopped = || Failure::Interrupted(interrupt.asked().unwrap_or(Code::Interrupted));
    first.map(Some).ok_or_else(stopped)
}

/// For people.
fn text(found: &Difference, arguments: &Diff) -> String {
    let pairs = found.seeds.len();
    let mut lines = vec![
        format!("left:  {}", found.left),
        format!("right: {}", found.right),
        format!("{pairs} pairs of runs, the same luck in both of a pair"),
        String::new(),
    ];
    lines.extend(setting_lines(&found.settings));
    lines.extend(metric_lines(found, arguments));
    lines.push(String::new());
    lines.extend(operation_lines(found));
    lines.join("\n") + "\n"
}

fn setting_lines(settings: &[Setting]) -> Vec<String> {
    let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_string());
    let line = |it: &Setting| format!("  {}: {} | {}", it.path, side(&it.left), side(&it.right));
    let mut lines = match settings.len() {
        0 => vec!["the settings do not differ".to_string()],
        _some => vec!["settings that differ, left | right".to_string()],
    };
    lines.extend(settings.iter().map(line));
    lines.push(String::new());
    lines
}

fn metric_lines(found: &Difference, arguments: &Diff) -> Vec<String> {
    let asked = |metric: &&Metric| {
        let prefixes = &arguments.metric;
        prefixes.is_empty() || prefixes.iter().any(|prefix| metric.path.starts_with(prefix))
    };
    let mut all: Vec<&Metric> = found.metrics.iter().filter(asked).collect();
    all.sort_by_key(|metric| rank(&metric.path));
    let shown: Vec<&&Metric> = all.iter().filter(|metric| metric.sure || arguments.all).collect();
    let most = if arguments.all || !arguments.metric.is_empty() { usize::MAX } else { MOST_SHOWN };
    let width = shown.iter().map(|it| it.path.len() + it.unit.len() + 2).max().unwrap_or(0);
    let mut lines = vec![format!(
        "{:width$}  {:>10} {:>10} {:>11}  {:27}  variance saved",
        "figure, unit", "left", "right", "difference", "its 95 % interval"
    )];
    for metric in shown.iter().take(most) {
        lines.push(metric_line(metric, width));
    }
    let sure = all.iter().filter(|metric| metric.sure).count();
    lines.push(String::new());
    lines.push(format!(
        "{sure} of {} figures surely differ; of those that only luck moves, one in twenty seems to",
        all.len()
    ));
    if shown.len() > most {
        let rest = shown.len() - most;
        lines.push(format!("{rest} more are not shown: --metric PREFIX chooses, --all shows all"));
    }
    lines.extend(saved_line(&all));
    lines
}

fn metric_line(metric: &Metric, width: usize) -> String {
    let Metric { path, unit, paired, .. } = metric;
    let interval = |it: &Estimate| match it.interval() {
        Some((low, high)) => format!("{} to {}", spelt(low), spelt(high)),
        None => "unknown".to_string(),
    };
    let saved = paired.saved.map_or("-".to_string(), |saved| format!("{:.1} %", 100.0 * saved));
    format!(
        "{:width$}  {:>10} {:>10} {:>11}  {:27}  {saved}",
        format!("{path}, {unit}"),
        spelt(paired.left.value),
        spelt(paired.right.value),
        spelt(paired.difference.value),
        interval(&paired.difference),
    )
}

/// What clients see comes first, and what is about the whole run before its parts.
fn rank(path: &str) -> (usize, bool) {
    let place = SECTIONS.iter().position(|section| path.starts_with(section));
    let part = [".before.", ".during.", ".after."].iter().any(|part| path.contains(part));
    (place.unwrap_or(SECTIONS.len()), part)
}

/// What the same luck is worth, where there is something to tell: figures that nothing changed
/// would flatter it.
fn saved_line(metrics: &[&Metric]) -> Option<String> {
    let sure = metrics.iter().filter(|metric| metric.sure);
    let saved: Vec<f64> = sure.filter_map(|metric| metric.paired.saved).collect();
    if saved.is_empty() {
        return None;
    }
    let cost = saved.iter().filter(|saved| **saved < 0.0).count();
    Some(format!(
        "the same luck saves {:.1} % of the variance of a difference, in the median over the {} \
         figures that surely differ and vary, and costs some in {cost}",
        100.0 * percentile(&saved, 0.5),
        saved.len()
    ))
}

fn operation_lines(found: &Difference) -> Vec<String> {
    let Difference { operations, other_outcomes, one_only, .. } = found;
    let mut lines = vec![format!(
        "{other_outcomes} of {operations} operations came to something else; {one_only} were made \
         on one side only"
    )];
    let Some(first) = &found.first else { return lines };
    let First { seed, operation, function, key, outcomes, ended_s, .. } = first;
    lines.push(format!("first: operation {operation}, a {function} of {key}, with seed {seed}"));
    for (side, place) in [("left: ", 0), ("right:", 1)] {
        lines.push(format!("  {side} {} at {} s", outcomes[place], ended_s[place]));
    }
    match &first.cause {
        Some([left, right]) => {
            lines.push("what happened to it first that is not the same on both sides:".to_string());
            lines.push(format!("  left:  {left}"));
            lines.push(format!("  right: {right}"));
        }
        None => lines.push(
            "the same happened to it on both sides: what it found had been different before"
                .to_string(),
        ),
    }
    if let Some([left, right]) = first.parted_s {
        lines.push(format!("the two runs parted at {left} s and {right} s"));
    }
    lines
}
