//! Section 6.6: 99.9995 % of requests were answered. Where does that hold, over N, R, W, the kind
//! of quorum and the rate of failures?

use crate::experiment::Outcome;
use crate::report::plot::chart::{Axis, Chart, Panel, Scale, Series, Style};
use crate::reproduce::result::{Figure, Picture, Reproduction, Row, Table, Verdict, spelt};
use crate::reproduce::work::{Stopped, Work, World};
use crate::scenario::read::Checked;
use crate::statistics::estimate::Estimate;
use crate::statistics::sample::line;

/// (N, R, W).
const QUORUMS: [(u32, u32, u32); 5] = [(3, 1, 1), (3, 2, 2), (3, 3, 1), (3, 1, 3), (5, 3, 3)];
const KINDS: [&str; 2] = ["sloppy", "strict"];
/// Crashes of any node in a minute, each of 20 s in the mean.
const CRASHES: [u32; 3] = [1, 4, 12];
const NODES: u32 = 12;
/// Part of requests that may fail.
const ALLOWED: f64 = 5e-6;
const DAY_MINUTES: f64 = 1_440.0;

/// One setting over all rates of failure.
struct Setting {
    quorum: (u32, u32, u32),
    kind: &'static str,
    points: Vec<Point>,
}

/// One setting at one rate of failure.
struct Point {
    crashes: u32,
    /// By seed.
    counts: Vec<Counts>,
}

/// Operations that ended, and those that did not succeed.
#[derive(Clone, Copy, Default)]
struct Counts {
    gets: f64,
    failed_gets: f64,
    puts: f64,
    failed_puts: f64,
}

/// The whole reproduction.
pub fn make(work: &mut Work<'_>) -> Result<Reproduction, Stopped> {
    let (mut settings, mut scenarios) = (Vec::new(), Vec::new());
    let all = (QUORUMS.len() * KINDS.len() * CRASHES.len()) as f64;
    for quorum in QUORUMS {
        for kind in KINDS {
            let mut points = Vec::new();
            for crashes in CRASHES {
                let until = (scenarios.len() + 1) as f64 / all;
                points.push(point(work, (quorum, kind, crashes), &mut scenarios, until)?);
            }
            settings.push(Setting { quorum, kind, points });
        }
    }
    Ok(told(&settings, scenarios))
}

/// One setting at one rate of failure, after which so much of all is done.
fn point(
    work: &mut Work<'_>,
    setting: ((u32, u32, u32), &str, u32),
    scenarios: &mut Vec<(String, String)>,
    until: f64,
) -> Result<Point, Stopped> {
    // The same crashes for every setting.
    let seeds = (0..work.choose(3, 2)).map(|run| work.seed.wrapping_mul(100).wrapping_add(run));
    let mut worlds: Vec<World> =
        seeds.map(|seed| world(setting, work.choose(300, 60), seed)).collect();
    let runs: Vec<Checked> = worlds.iter().map(|world| world.checked.clone()).collect();
    let counts = work.run_all(&runs, until)?.iter().map(Counts::of).collect();
    let first = worlds.swap_remove(0);
    scenarios.push((first.checked.scenario().name.clone(), first.text));
    Ok(Point { crashes: setting.2, counts })
}

impl Counts {
    fn of(outcome: &Outcome) -> Counts {
        let mut counts = Counts::default();
        for row in &outcome.rows {
            counts.gets += (row.gets_ok + row.gets_failed + row.gets_unknown) as f64;
            counts.failed_gets += (row.gets_failed + row.gets_unknown) as f64;
            counts.puts += (row.puts_ok + row.puts_failed + row.puts_unknown) as f64;
            counts.failed_puts += (row.puts_failed + row.puts_unknown) as f64;
        }
        counts
    }
}

fn world(
    ((n, r, w), kind, crashes): ((u32, u32, u32), &str, u32),
    seconds: u32,
    seed: u64,
) -> World {
    let end = seconds - 10;
    World::read(&format!(
        r#"{{ "name": "answered-{n}-{r}-{w}-{kind}-{crashes}", "seed": {seed},
            "duration": "{seconds}s", "settle_limit": "5s", "sampling": "10s",
            "cluster": {{ "nodes": {NODES}, "n": {n}, "r": {r}, "w": {w}, "quorum": "{kind}" }},
            "network": {{ "latency": {{ "exponential": {{ "mean": "1ms" }} }} }},
            "workload": {{ "clients": 20, "arrivals": {{ "poisson": "5/s" }},
                "keys": {{ "uniform": {{ "count": 1000 }} }},
                "retries": 3, "mix": {{ "get": 0.5, "blind": 0.5 }} }},
            "faults": [{{ "random": {{ "kinds": {{ "crash": 1 }}, "from": "1s", "to": "{end}s",
                "rate": "{crashes}/m",
                "duration": {{ "exponential": {{ "mean": "20s" }} }} }} }}] }}"#
    ))
}

impl Setting {
    fn name(&self) -> String {
        let (n, r, w) = self.quorum;
        format!("({n},{r},{w}) {}", self.kind)
    }

    /// Share of requests that failed at the highest rate of failure.
    fn worst(&self) -> f64 {
        self.points.last().map_or(0.0, |point| point.failed().value)
    }

    /// Crashes of each node in a day up to which 99.9995 % are answered, by a power law through the
    /// rates at which any request failed; none where there are fewer than two.
    fn limit(&self) -> Option<f64> {
        let failing = self.points.iter().filter(|point| point.failed().value > 0.0);
        let log = |point: &Point| {
            (libm::log10(f64::from(point.crashes)), libm::log10(point.failed().value))
        };
        let points: Vec<(f64, f64)> = failing.map(log).collect();
        if points.len() < 2 {
            return None;
        }
        let (power, start) = line(&points);
        let crashes = libm::exp10((libm::log10(ALLOWED) - start) / power);
        Some(crashes * DAY_MINUTES / f64::from(NODES))
    }

    fn limit_told(&self) -> String {
        self.limit().map_or_else(|| "unknown, too few failed".to_string(), spelt)
    }
}

impl Point {
    fn failed(&self) -> Estimate {
        self.share(|c| (c.failed_gets + c.failed_puts) / (c.gets + c.puts))
    }

    fn share(&self, of: impl Fn(&Counts) -> f64) -> Estimate {
        Estimate::of_mean(&self.counts.iter().map(of).collect::<Vec<f64>>())
    }
}

fn of<'s>(settings: &'s [Setting], quorum: (u32, u32, u32), kind: &str) -> &'s Setting {
    let found = settings.iter().find(|it| it.quorum == quorum && it.kind == kind);
    found.expect("the setting was run")
}

fn claims(settings: &[Setting]) -> Table {
    let mut rows = Vec::new();
    for quorum in QUORUMS {
        let [sloppy, strict] = KINDS.map(|kind| of(settings, quorum, kind).worst());
        let (n, r, w) = quorum;
        let told = format!("{} against {}", spelt(sloppy), spelt(strict));
        let what = format!("({n},{r},{w}): share that fails, sloppy against strict");
        rows.push(Row::shape(what, "sloppy answers no less", told, sloppy <= strict));
    }
    let failed_puts = |w: u32| {
        let quorum = [(3, 1, 1), (3, 2, 2), (3, 1, 3)][w as usize - 1];
        let points = &of(settings, quorum, "strict").points;
        points.last().expect("there are some").share(|c| c.failed_puts / c.puts).value
    };
    let puts = [1, 2, 3].map(failed_puts);
    let told = puts.map(spelt).join(", ");
    let rises = puts[0] < puts[1] && puts[1] < puts[2];
    let what = "strict, W = 1, 2, 3 of 3: share of puts that fail";
    rows.push(Row::shape(what, "a higher W is refused more often (section 6)", told, rises));
    Table::new("The claim, at 12 crashes a minute", rows)
}

fn table(settings: &[Setting]) -> Table {
    let mut rows = Vec::new();
    for setting in settings {
        for point in &setting.points {
            let what =
                format!("{}, {} crashes/min: share that fails", setting.name(), point.crashes);
            rows.push(Row::number(what, Figure::Nothing, point.failed()));
        }
    }
    Table::new("Requests that fail", rows)
}

fn region(settings: &[Setting]) -> Table {
    let row = |setting: &Setting| {
        let what = format!("{}: crashes a node and day up to which it holds", setting.name());
        Row { paper: Figure::Nothing, ..Row::words(what, "", setting.limit_told(), Verdict::NoBar) }
    };
    Table::new("Where 99.9995 % hold", settings.iter().map(row).collect())
}

fn told(settings: &[Setting], scenarios: Vec<(String, String)>) -> Reproduction {
    let words = |text: &str| text.to_string();
    let limit = |kind| of(settings, (3, 2, 2), kind).limit_told();
    Reproduction {
        title: words("Section 6.6: where 99.9995 % of requests are answered"),
        paper: vec![
            words(
                "Section 6.6: applications got successful answers (without a time-out) for \
                 99.9995 % of their requests over two years, and no data was lost.",
            ),
            words(
                "Section 6: raising W narrows the window in which a write can be lost, but makes \
                 refusal more likely. Failure rates are not given.",
            ),
        ],
        assumptions: vec![
            words(
                "Twelve nodes, 20 clients with 5 requests a second each, half of them puts without \
                 a read before; delays of 1 ms in the mean (exponential), limits of 100 ms a \
                 replica and 300 ms a request; up to four attempts, each at another node.",
            ),
            words(
                "Failures are crashes of single nodes at random, with their disks kept, of 20 s in \
                 the mean; a request fails if none of its attempts succeeds.",
            ),
            words(
                "Runs have far more failures than a service: where 99.9995 % would hold follows by \
                 a power law through the rates at which any request failed.",
            ),
        ],
        bar: words("sloppy answers no less than strict; strict puts fail more often as W rises"),
        outcome: format!(
            "(3,2,2) holds 99.9995 % up to {} crashes a node and day if sloppy, {} if strict",
            limit("sloppy"),
            limit("strict")
        ),
        remarks: vec![words(
            "A first set-up had two attempts, and puts that began with a get. It measured how \
             often a blind load balancer picks two dead nodes in a row, which is the same for all \
             quorums, and counted puts only where their get had succeeded; both were changed, \
             and the bars were not.",
        )],
        tables: vec![claims(settings), region(settings), table(settings)],
        charts: vec![picture(settings)],
        scenarios,
    }
}

fn picture(settings: &[Setting]) -> Picture {
    let panels = KINDS.map(|kind| {
        let own = settings.iter().filter(|setting| setting.kind == kind);
        let series = own.map(|setting| {
            let at = |point: &Point| (f64::from(point.crashes), Some(point.failed().value));
            let (n, r, w) = setting.quorum;
            Series {
                label: format!("({n},{r},{w})"),
                points: setting.points.iter().map(at).collect(),
                style: Style::Joined,
                ..Series::default()
            }
        });
        Panel {
            title: format!("A {kind} quorum"),
            y_title: "share that fails".to_string(),
            scale: Scale::Log,
            y_from: Some(1e-5),
            y_to: Some(1.0),
            series: series.collect(),
            ..Panel::default()
        }
    });
    let chart = Chart {
        title: "Requests that fail against the rate of crashes".to_string(),
        subtitle: "12 nodes, crashes of 20 s; labels are (N,R,W)".to_string(),
        x: Axis {
            title: "crashes in a minute of the cluster".to_string(),
            scale: Scale::Log,
            ..Axis::default()
        },
        panels: panels.to_vec(),
        ..Chart::default()
    };
    let caption = "Share of requests that fail.".to_string();
    Picture { stem: "failures", caption, chart }
}
