//! What is swept: a scenario with its section `sweep` and what the command line adds.

use crate::cli::exit::Failure;
use crate::cli::sources::{load, read};
use crate::cli::sweep::arguments::Sweep as Arguments;
use crate::cli::terminal::Terminal;
use crate::experiment::sweep::planning::{Measuring, Refusal, figures, plan};
use crate::report::sweep::plan::{Plan, Task, Until};
use crate::scenario::read::Checked;
use crate::scenario::sweep::Sweep;
use crate::scenario::sweep::axis::Axis;
use crate::scenario::sweep::seeds::Seeds;
use crate::time::Duration;

/// A scenario that is read again at each point; several threads can do so.
pub struct Study {
    /// As the command line names it.
    file: String,
    bytes: Vec<u8>,
    overrides: Vec<String>,
    sweep: Sweep,
    measuring: Measuring,
    colour: bool,
}

/// Most repetitions of a point where they go on until an interval is narrow.
const MOST: u64 = 1000;

/// Points that are told of one by one where they cannot be.
const TOLD: usize = 3;

impl Study {
    /// Reads what the arguments name; also gives the base that the points differ from.
    pub fn open(arguments: &Arguments, terminal: &Terminal) -> Result<(Study, Checked), Failure> {
        let (file, bytes) = load(&arguments.scenario)?;
        let base = read(&file, &bytes, &arguments.overrides, terminal)?;
        let mut sweep = base.scenario().sweep.clone().unwrap_or_default();
        for text in &arguments.axes {
            let (path, axis) =
                axis(text).map_err(|why| Failure::Arguments(format!("--sweep {text}: {why}")))?;
            sweep.axes.insert(path, axis);
        }
        sweep.constraints.extend(arguments.constraints.iter().cloned());
        if let Some(text) = &arguments.seeds {
            let seeds = Seeds::parse(text);
            sweep.seeds = seeds.map_err(|why| Failure::Arguments(format!("--seeds: {why}")))?;
        }
        let until = arguments.until_halfwidth.iter().map(|text| until(text));
        let until = until.collect::<Result<Vec<Until>, Failure>>()?;
        if !until.is_empty() && arguments.seeds.is_none() {
            let (first, _) = sweep.seeds.span(base.scenario().seed);
            sweep.seeds = Seeds::Range(first, first.saturating_add(MOST - 1));
        }
        let says_nothing = arguments.axes.is_empty() && arguments.seeds.is_none();
        if base.scenario().sweep.is_none() && says_nothing && until.is_empty() {
            return Err(Failure::Arguments(format!(
                "`{}` has no section `sweep`; say what varies, as in --sweep cluster.r=1,2,3 \
                 --seeds 1..10",
                arguments.scenario
            )));
        }
        let warm_up = Duration::parse(&arguments.warm_up)
            .map_err(|why| Failure::Arguments(format!("--warm-up: {why}")))?;
        let (overrides, measuring) = (arguments.overrides.clone(), Measuring { until, warm_up });
        let study = Study { file, bytes, overrides, sweep, measuring, colour: terminal.colour() };
        Ok((study, base))
    }

    /// A scenario on its own, as `check` sees it.
    pub fn of_checked(file: &str, bytes: Vec<u8>, overrides: &[String], sweep: Sweep) -> Study {
        let (file, overrides) = (file.to_string(), overrides.to_vec());
        let measuring = Measuring::default();
        Study { file, bytes, overrides, sweep, measuring, colour: false }
    }

    /// All runs.
    pub fn plan(&self, base: &Checked) -> Result<Plan, Failure> {
        let mut at = |settings: &[String]| self.at(settings, None).map_err(|why| why.to_string());
        let refusal = match plan(base, &self.sweep, self.measuring.clone(), &mut at) {
            Ok(plan) => return Ok(plan),
            Err(refusal) => refusal,
        };
        Err(match refusal {
            Refusal::Mistakes(mistakes) => {
                let told = mistakes.iter().map(|it| format!("sweep.{}: {}", it.place, it.message));
                Failure::Arguments(told.collect::<Vec<_>>().join("\nerror: "))
            }
            Refusal::Points(points) => Failure::Scenario(self.told(&points)),
        })
    }

    /// The scenario with these fields set, and with this seed.
    fn at(&self, settings: &[String], seed: Option<u64>) -> Result<Checked, Failure> {
        let seed = seed.map(|seed| format!("seed={seed}"));
        // The sweep has been checked once; to do so at each point would take its square.
        let plain = std::iter::once("sweep=null".to_string());
        let all = self.overrides.iter().cloned().chain(plain).chain(settings.iter().cloned());
        let all: Vec<String> = all.chain(seed).collect();
        read(&self.file, &self.bytes, &all, &Terminal::silent())
    }

    /// The scenario of a run. Files that it names may not have changed since it was planned.
    pub fn scenario(&self, plan: &Plan, task: Task) -> Result<Checked, Failure> {
        let point = &plan.points[task.point];
        let pairs = plan.axes.iter().zip(&point.values);
        let settings: Vec<String> =
            pairs.map(|(axis, value)| format!("{}={value}", axis.path)).collect();
        let checked = self.at(&settings, Some(task.seed))?;
        match checked.family() == point.world {
            true => Ok(checked),
            false => Err(Failure::Environment(format!(
                "a file that {} names has changed since the sweep began",
                self.file
            ))),
        }
    }

    fn told(&self, points: &[(String, String)]) -> String {
        let mut text = String::new();
        for (settings, told) in points.iter().take(TOLD) {
            let settings = if settings.is_empty() { "without any change" } else { settings };
            let heading = format!("error: no scenario at the point {settings}");
            let heading =
                if self.colour { format!("\u{1b}[1m{heading}\u{1b}[0m") } else { heading };
            text.push_str(&format!("{heading}\n{told}\n"));
        }
        let count = points.len();
        let more =
            if count > TOLD { format!(" (the first {TOLD} are told)") } else { String::new() };
        text + &format!(
            "{count} point{} of the sweep cannot be run{more}; leave them out by a constraint \
             under `where`, or with --where \"r <= n\"",
            if count == 1 { "" } else { "s" }
        )
    }
}

/// `cluster.r=1,2,3`
fn axis(text: &str) -> Result<(String, Axis), String> {
    let (path, values) = text.split_once('=').ok_or("write PATH=VALUES, as in cluster.r=1,2,3")?;
    Ok((path.trim().to_string(), Axis::parse(values)?))
}

/// `availability.put=0.001`
fn until(text: &str) -> Result<Until, Failure> {
    let refuse = |why: String| Failure::Arguments(format!("--until-halfwidth {text}: {why}"));
    let usage =
        "write FIGURE=WIDTH, as in availability.put=0.001; the width is in the figure's unit";
    let (figure, width) = text.split_once('=').ok_or_else(|| refuse(usage.to_string()))?;
    let figure = figure.trim().to_string();
    if !figures().contains(&figure) {
        let near = |known: &&String| strsim::damerau_levenshtein(known, &figure);
        let all = figures();
        let nearest = all.iter().min_by_key(near).map_or("", String::as_str);
        return Err(refuse(format!("there is no figure {figure}; did you mean {nearest}?")));
    }
    let width = width.trim().parse().ok().filter(|width: &f64| width.is_finite() && *width > 0.0);
    let half_width = width.ok_or_else(|| refuse(usage.to_string()))?;
    Ok(Until { figure, half_width })
}
