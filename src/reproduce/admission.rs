//! Section 6.5: foreground latencies with background work that is controlled, that is not, and
//! without any; and how much of that work is done.

use crate::report::document::Report;
use crate::report::plot::chart::{Axis, Chart, Panel, Series, Style};
use crate::reproduce::result::{Figure, Picture, Reproduction, Row, Table, spelt};
use crate::reproduce::work::{Stopped, Work, World};
use crate::scenario::read::Checked;
use crate::statistics::estimate::Estimate;
use crate::statistics::sample::mean;

/// How the same trouble is met.
const MODES: [Mode; 3] = [
    Mode { name: "none", disk: "kept", admission: "false" },
    Mode { name: "controlled", disk: "wiped", admission: r#"{ "slices": 500 }"# },
    Mode { name: "uncontrolled", disk: "wiped", admission: "false" },
];
const QUIET: usize = 0;
const ON: usize = 1;
const OFF: usize = 2;
/// The pace of the controller that the picture shows.
const LIMITS: [u32; 4] = [50, 150, 500, 1000];

/// One of the runs that are compared.
#[derive(Clone, Copy, Debug)]
struct Mode {
    name: &'static str,
    /// What the node that crashes finds when it is back.
    disk: &'static str,
    admission: &'static str,
}

/// What a run comes to.
#[derive(Clone, Copy, Debug)]
struct Measured {
    get: f64,
    put: f64,
    /// Copies that comparisons of replicas have repaired.
    repaired: f64,
    /// Seconds until nothing was missing any more.
    converged: f64,
}

/// One of its figures.
type Part = fn(&Measured) -> f64;

/// Figures of a run, over repetitions.
type Runs = Vec<Measured>;

/// The whole reproduction.
pub fn make(work: &mut Work<'_>) -> Result<Reproduction, Stopped> {
    let seeds = work.choose(5, 2);
    let mut runs: Vec<Runs> = Vec::new();
    for (place, mode) in MODES.into_iter().enumerate() {
        let until = (place + 1) as f64 / 5.0;
        runs.push(repeated(work, (mode, mode.admission), seeds, until)?);
    }
    let mut limits = Vec::new();
    for (place, slices) in LIMITS.into_iter().enumerate() {
        let until = 0.6 + 0.1 * (place + 1) as f64;
        let admission = &format!(r#"{{ "slices": {slices} }}"#);
        limits.push((slices, repeated(work, (MODES[ON], admission), seeds, until)?));
    }
    work.done(1.0)?;
    let foreground = foreground(&runs);
    let good = foreground.rows.iter().filter(|row| !row.verdict.is_bad()).count();
    let scenario =
        |mode: Mode| (mode.name.to_string(), world(mode, mode.admission, work.seed).text);
    Ok(Reproduction {
        title: "Section 6.5: admission control of background work".to_string(),
        paper: vec![
            "Section 6.5: background tasks reserve slices of the database from a controller that \
             compares the 99th percentile of database reads over the last 60 seconds with a \
             threshold of 50 ms; the nearer, the fewer slices. No numbers of its effect are given."
                .to_string(),
        ],
        assumptions: assumptions(),
        bar: "foreground 99.9 % with the controller is below that without it, and the work is \
              still done"
            .to_string(),
        outcome: format!(
            "{good} of {} statements hold; gets at the 99.9th percentile: {} ms controlled, {} ms \
             uncontrolled, {} ms without background work",
            foreground.rows.len(),
            spelt(estimate(&runs[ON], |run| run.get).value),
            spelt(estimate(&runs[OFF], |run| run.get).value),
            spelt(estimate(&runs[QUIET], |run| run.get).value),
        ),
        remarks: remarks(seeds),
        tables: vec![foreground, background(&runs)],
        charts: vec![picture(&runs, &limits)],
        scenarios: MODES.map(scenario).to_vec(),
    })
}

fn remarks(seeds: u64) -> Vec<String> {
    vec![
        format!(
            "{seeds} repetitions each. Latencies are of operations that began after the node was \
             back, until 240 s later."
        ),
        "The controller begins with all its slices, which are more than these disks can serve, \
         and looks once a second: the damage of its first seconds is in the 99.9th percentile. \
         Then the trailing window keeps slices few for the 60 seconds that it remembers, however \
         idle the disks are by then. Fewer slices at most would have spared the foreground and \
         filled the node sooner, as the picture shows."
            .to_string(),
    ]
}

fn assumptions() -> Vec<String> {
    [
        "Background work: a node of six comes back after a second with an empty disk, and \
         comparisons of replicas fill it again; without background work, the same crash leaves the \
         disk as it was.",
        "The law: at the threshold slices are halved every second, below it 10 a second are added, \
         up to a share of 500 a second that shrinks to nothing towards the threshold; a slice is a \
         job of at most four values.",
        "100 requests/s, half gets and half puts, on disks of 4 ms for a value read or written: \
         each a fifth busy with them.",
    ]
    .map(str::to_string)
    .to_vec()
}

fn world(mode: Mode, admission: &str, seed: u64) -> World {
    World::read(&format!(
        r#"{{
            "name": "admission-{name}",
            "about": "A node comes back. Look at latency.after and repair.anti_entropy.",
            "seed": {seed},
            "duration": "301s",
            "sampling": "5s",
            "cluster": {{
                "nodes": 6, "n": 3, "r": 2, "w": 2,
                "timeouts": {{ "operation": "2s", "replica": "1s", "forward": "1s" }},
                "anti_entropy": {{ "interval": "1s", "depth": 10 }},
                "admission": {admission}
            }},
            "disk": {{
                "read": {{ "exponential": {{ "mean": "4ms" }} }},
                "write": {{ "exponential": {{ "mean": "4ms" }} }}
            }},
            "workload": {{
                "clients": 20,
                "arrivals": {{ "poisson": "5/s" }},
                "keys": {{ "uniform": {{ "count": 20000 }} }},
                "mix": {{ "get": 0.5, "put": 0.5 }},
                "timeout": "5s"
            }},
            "faults": [
                {{ "crash": {{
                    "node": "n1", "at": "60s", "restart_after": "1s", "disk": "{disk}"
                }} }}
            ]
        }}"#,
        name = mode.name,
        disk = mode.disk,
    ))
}

/// The same trouble again and again, each time on other luck; after it so much of all is done.
fn repeated(
    work: &mut Work<'_>,
    (mode, admission): (Mode, &str),
    seeds: u64,
    until: f64,
) -> Result<Runs, Stopped> {
    let seeds = work.seed..work.seed + seeds;
    let runs: Vec<Checked> = seeds.map(|seed| world(mode, admission, seed).checked).collect();
    let outcomes = work.run_all(&runs, until)?;
    Ok(outcomes.iter().map(|outcome| Measured::of(&outcome.report)).collect())
}

impl Measured {
    fn of(report: &Report) -> Measured {
        let figure = |path| report.figure(path).flatten().unwrap_or(f64::NAN);
        Measured {
            get: figure("latency.after.get.p99_9_ms"),
            put: figure("latency.after.put.p99_9_ms"),
            repaired: figure("repair.anti_entropy.copies"),
            converged: figure("divergence.converged_after_s"),
        }
    }
}

fn estimate(runs: &Runs, part: Part) -> Estimate {
    Estimate::of_mean(&runs.iter().map(part).collect::<Vec<_>>())
}

fn foreground(runs: &[Runs]) -> Table {
    let mut rows = Vec::new();
    let parts: [(&str, Part); 2] = [("gets", |run| run.get), ("puts", |run| run.put)];
    for (name, part) in parts {
        for (mode, runs) in MODES.iter().zip(runs) {
            let what = format!("99.9 % of {name}, background work {}, ms", mode.name);
            rows.push(Row::number(what, Figure::Nothing, estimate(runs, part)));
        }
        let each = runs[ON].iter().zip(&runs[OFF]);
        let spared =
            Estimate::of_mean(&each.map(|(on, off)| part(off) / part(on)).collect::<Vec<_>>());
        let row = Row::shape(
            format!("99.9 % of {name}, uncontrolled against controlled"),
            "above 1",
            spelt(spared.value),
            spared.value > 1.0,
        );
        rows.push(Row { interval: spared.interval(), ..row });
    }
    let done = mean(&runs[ON].iter().map(|run| run.repaired).collect::<Vec<_>>());
    rows.push(Row::shape(
        "copies that controlled background work repaired",
        "it goes on",
        spelt(done),
        done > 0.0,
    ));
    Table::new("Foreground operations", rows)
}

fn background(runs: &[Runs]) -> Table {
    let row = |what: &str, place: usize, part: Part| {
        let what = format!("{what}, {}", MODES[place].name);
        Row::number(what, Figure::Nothing, estimate(&runs[place], part))
    };
    let mut rows: Vec<Row> = [ON, OFF]
        .map(|place| row("copies repaired by comparisons of replicas", place, |run| run.repaired))
        .to_vec();
    rows.extend([ON, OFF].map(|place| {
        row("seconds until the node held everything again", place, |run| run.converged)
    }));
    Table::new("Background work done, and its pace given up", rows)
}

/// How latency and pace trade, by the limit of the controller.
fn picture(runs: &[Runs], limits: &[(u32, Runs)]) -> Picture {
    let panel = |title: &str, part: Part, flat: &[usize]| {
        let at = |(slices, runs): &(u32, Runs)| {
            (f64::from(*slices), Some(estimate(runs, part).value).filter(|mean| mean.is_finite()))
        };
        let points: Vec<(f64, Option<f64>)> = limits.iter().map(at).collect();
        let level = |mode: usize| {
            let mean = Some(estimate(&runs[mode], part).value).filter(|mean| mean.is_finite());
            points.iter().map(|(x, _)| (*x, mean)).collect::<Vec<_>>()
        };
        let series = |label: &str, style, points| Series {
            label: label.to_string(),
            points,
            style,
            ..Series::default()
        };
        let mut all = vec![series("controlled", Style::Joined, points.clone())];
        for mode in flat {
            let name = match *mode {
                QUIET => "no background work",
                _uncontrolled => "uncontrolled",
            };
            all.push(series(name, Style::Dashed, level(*mode)));
        }
        Panel { y_title: title.to_string(), series: all, ..Panel::default() }
    };
    let chart = Chart {
        title: "Section 6.5: what the controller spares, and what it gives up".to_string(),
        subtitle: "a node is filled again; the threshold is 50 ms".to_string(),
        x: Axis {
            title: "most slices of a node in a second".to_string(),
            from: Some(0.0),
            ..Axis::default()
        },
        panels: vec![
            panel("99.9 % of gets, ms", |run| run.get, &[OFF, QUIET]),
            panel("seconds to fill the node", |run| run.converged, &[OFF]),
        ],
        ..Chart::default()
    };
    let caption = "Foreground latency and pace of the background work by the controller's limit.";
    Picture { stem: "admission", caption: caption.to_string(), chart }
}
