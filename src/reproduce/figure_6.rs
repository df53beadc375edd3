//! Figure 6: how many nodes are out of balance, against the load, over 48 half-hours. Counted on
//! the ring that nodes use: every request of a session is received by the N homes of its key.

use std::rc::Rc;

use crate::dynamo::ring::placement::Ring;
use crate::dynamo::ring::position::{KeySpace, choose_tokens};
use crate::dynamo::ring::strategy::Placement;
use crate::id::NodeId;
use crate::random::luck::Luck;
use crate::random::purpose::Purpose;
use crate::random::source::Source;
use crate::report::plot::chart::{Axis, Chart, Panel, Series, Style};
use crate::reproduce::result::{Figure, Picture, Reproduction, Row, Table, spelt};
use crate::reproduce::work::{Stopped, Work};
use crate::statistics::estimate::Estimate;
use crate::statistics::sample::{line, mean};

/// Load of each half-hour in the drawing, in its own units.
const LOAD: [f64; 48] = [
    16.6, 25.3, 28.6, 30.3, 36.1, 42.0, 33.2, 39.7, 38.7, 35.8, 39.8, 42.3, 35.6, 35.4, 26.8, 30.8,
    40.3, 41.8, 31.3, 31.8, 27.3, 33.6, 28.7, 29.2, 29.3, 30.7, 30.8, 30.6, 23.8, 16.7, 17.7, 17.0,
    12.3, 8.2, 6.4, 5.3, 3.5, 3.6, 2.8, 2.7, 2.8, 2.7, 2.9, 3.9, 7.4, 9.1, 11.2, 14.5,
];
const PEAK: f64 = 42.3;
/// Half-hours in which the drawing has none or two of nine nodes out of balance; else it is one.
const NONE_OUT: [usize; 4] = [24, 37, 41, 45];
const TWO_OUT: [usize; 5] = [1, 32, 38, 39, 40];

/// A node is out of balance if its load is this part or more away from the mean.
const OUT: f64 = 0.15;
const COPIES: u32 = 3;
const TOKENS: u32 = 100;
/// Sessions that a node sees in a half-hour at the peak. By arithmetic 73 sessions put a fifth of
/// nodes out of balance by chance alone; the peak is eight times as busy.
const SESSIONS_AT_PEAK: f64 = 600.0;
/// Numbers of nodes, with repetitions at full effort and reduced.
const SIZES: [(u32, u64, u64); 2] = [(9, 200, 60), (200, 10, 2)];

/// Shares of nodes out of balance in each half-hour of one day.
struct Day {
    /// By 15 % or more either way, as the text has it.
    either_way: [f64; 48],
    /// By 15 % or more above, as the caption has it.
    above: [f64; 48],
}

/// The days of a cluster.
struct Cluster {
    nodes: u32,
    days: Vec<Day>,
}

/// The whole reproduction.
pub fn make(work: &mut Work<'_>) -> Result<Reproduction, Stopped> {
    let mut clusters = Vec::new();
    for (place, (nodes, full, reduced)) in SIZES.into_iter().enumerate() {
        let count = work.choose(full, reduced);
        let mut days = Vec::new();
        for number in 0..count {
            days.push(day(nodes, &Luck::new(work.seed.wrapping_mul(1_000).wrapping_add(number))));
            work.done((place as f64 + number as f64 / count as f64) / SIZES.len() as f64)?;
        }
        clusters.push(Cluster { nodes, days });
    }
    work.done(1.0)?;
    Ok(told(&clusters))
}

/// One day of a cluster with tokens of its own.
fn day(nodes: u32, luck: &Luck) -> Day {
    let tokens: Vec<_> = (0..nodes).map(|node| choose_tokens(luck, NodeId(node), TOKENS)).collect();
    let members = tokens.iter().enumerate().map(|(node, own)| (NodeId(node as u32), &own[..]));
    let placement = Placement::by_tokens(COPIES, Rc::new(KeySpace::at(Vec::new())));
    let ring = Ring::of_ranges(members, &placement);
    let mut day = Day { either_way: [0.0; 48], above: [0.0; 48] };
    for (window, load) in LOAD.iter().enumerate() {
        let seen = f64::from(nodes) * SESSIONS_AT_PEAK * load / PEAK;
        let sessions = libm::round(seen / f64::from(COPIES)) as u64;
        let counts = received(&ring, nodes, sessions, (luck, window));
        let mean = counts.iter().sum::<u64>() as f64 / f64::from(nodes);
        let off = |count: &u64| *count as f64 / mean - 1.0;
        let share = |out: &dyn Fn(f64) -> bool| {
            counts.iter().filter(|count| out(off(count))).count() as f64 / f64::from(nodes)
        };
        day.either_way[window] = share(&|off| off.abs() >= OUT);
        day.above[window] = share(&|off| off >= OUT);
    }
    day
}

/// How many sessions each node takes part in, each about a key anywhere on the ring.
fn received(ring: &Ring, nodes: u32, sessions: u64, (luck, window): (&Luck, usize)) -> Vec<u64> {
    let mut counts = vec![0; nodes as usize];
    let mut draw = luck.draw(Purpose::KeyChoice, window as u64, 0);
    for _ in 0..sessions {
        let position = u128::from(draw.next_u64()) << 64 | u128::from(draw.next_u64());
        for home in ring.homes(ring.range_at(position)) {
            counts[home.index()] += 1;
        }
    }
    counts
}

/// What the drawing shows.
fn drawn(window: usize) -> f64 {
    let ninths = match window {
        window if NONE_OUT.contains(&window) => 0.0,
        window if TWO_OUT.contains(&window) => 2.0,
        _usual => 1.0,
    };
    ninths / 9.0
}

fn is_low(window: usize) -> bool {
    LOAD[window] <= PEAK / 8.0
}

fn is_high(window: usize) -> bool {
    LOAD[window] > PEAK / 2.0
}

fn mean_of(shares: &[f64; 48], chosen: fn(usize) -> bool) -> f64 {
    let chosen: Vec<f64> = (0..48).filter(|w| chosen(*w)).map(|w| shares[w]).collect();
    mean(&chosen)
}

impl Cluster {
    fn estimate(&self, of: impl Fn(&Day) -> f64) -> Estimate {
        Estimate::of_mean(&self.days.iter().map(of).collect::<Vec<f64>>())
    }

    /// By how much the share changes from no load to the peak, by the straight line through a day.
    fn slope(&self) -> Estimate {
        self.estimate(|day| {
            let point = |window: usize| (LOAD[window] / PEAK, day.either_way[window]);
            line(&(0..48).map(point).collect::<Vec<_>>()).0
        })
    }

    fn rows(&self) -> Vec<Row> {
        let paper: [f64; 48] = std::array::from_fn(drawn);
        let named = |what: &str| format!("{} nodes: {what}", self.nodes);
        let mut rows = Vec::new();
        for (words, chosen) in [
            ("up to 1/8 of the peak", is_low as fn(usize) -> bool),
            ("above half of the peak", is_high),
        ] {
            let what = named(&format!("mean share out of balance, {words}"));
            let figure = Figure::Number(mean_of(&paper, chosen));
            let found = self.estimate(|day| mean_of(&day.either_way, chosen));
            rows.push(Row::number(what, figure, found));
            let what = named(&format!("the same, only above the mean, {words}"));
            let found = self.estimate(|day| mean_of(&day.above, chosen));
            rows.push(Row::number(what, Figure::Nothing, found));
        }
        let most = |day: &Day| day.either_way.iter().copied().fold(0.0, f64::max);
        let what = named("largest share in a day");
        rows.push(Row::number(what, Figure::Number(2.0 / 9.0), self.estimate(most)));
        let slope = self.slope();
        let holds = slope.interval().is_some_and(|(_, high)| high < 0.0);
        let told = format!("{} from no load to the peak", spelt(slope.value));
        rows.push(Row::shape(named("the share falls as load rises"), "falls", told, holds));
        rows
    }
}

fn told(clusters: &[Cluster]) -> Reproduction {
    let words = |text: &str| text.to_string();
    let slopes: Vec<String> = clusters
        .iter()
        .map(|cluster| format!("{} with {} nodes", spelt(cluster.slope().value), cluster.nodes))
        .collect();
    let table = |cluster: &Cluster| Table::new(format!("{} nodes", cluster.nodes), cluster.rows());
    Reproduction {
        title: words("Figure 6: nodes out of balance against load"),
        paper: vec![
            words(
                "Section 6.2: over 24 hours in half-hours, a node is out of balance if its load \
                 deviates by 15 % or more from the mean; up to 20 % of nodes are at low load, \
                 close to 10 % at high load.",
            ),
            words(
                "The caption counts only nodes above the mean; both are shown. The drawing's \
                 shares are 0, 1 or 2 ninths, as of nine nodes, though section 6 speaks of a \
                 couple of hundred: both sizes are shown.",
            ),
            words(
                "In the drawing the mean share hardly changes with load (0.125 and 0.111); it is \
                 the largest that does. Low load in the drawing goes down to 1/16 of the peak, in \
                 the text to 1/8.",
            ),
        ],
        assumptions: vec![
            words("The load of each half-hour is that of the drawing."),
            words(
                "Load comes in sessions, all alike, each about a key of its own anywhere on the \
                 ring; each is received by the N = 3 homes of its key. More load is more sessions: \
                 the paper's own explanation.",
            ),
            words(
                "600 sessions a node and half-hour at the peak: chosen so that chance alone puts a \
                 fifth of nodes out of balance at 1/8 of it. 100 random tokens a node (strategy \
                 1).",
            ),
        ],
        bar: words("the share falls with load, for 9 and for 200 nodes, at 95 %"),
        outcome: format!("slope {}", slopes.join(", ")),
        remarks: vec![words(
            "The number of sessions is fitted to one point of the text; the rest follows. What \
             remains at high load is the unevenness of the tokens.",
        )],
        tables: clusters.iter().map(table).collect(),
        charts: vec![over_the_day(clusters), against_load(clusters)],
        scenarios: Vec::new(),
    }
}

/// The mean over all days in each half-hour.
fn means(cluster: &Cluster) -> impl Iterator<Item = (usize, Estimate)> + '_ {
    (0..48).map(|window| (window, cluster.estimate(|day| day.either_way[window])))
}

fn hours(window: usize) -> f64 {
    window as f64 / 2.0
}

fn over_the_day(clusters: &[Cluster]) -> Picture {
    let load = Series {
        label: "load".to_string(),
        points: LOAD.iter().enumerate().map(|(w, load)| (hours(w), Some(*load))).collect(),
        style: Style::Area,
        ..Series::default()
    };
    let mut shares: Vec<Series> = clusters
        .iter()
        .map(|cluster| Series {
            label: format!("{} nodes", cluster.nodes),
            points: means(cluster).map(|(w, it)| (hours(w), Some(it.value))).collect(),
            ..Series::default()
        })
        .collect();
    shares.push(Series {
        label: "drawing".to_string(),
        points: (0..48).map(|w| (hours(w), Some(drawn(w)))).collect(),
        style: Style::Hollow,
        like: Some(6),
        ..Series::default()
    });
    let panel =
        |y_title: &str, series| Panel { y_title: y_title.to_string(), series, ..Panel::default() };
    let panels = vec![panel("share out of balance", shares), panel("load, units", vec![load])];
    let chart = Chart {
        title: "Figure 6: nodes out of balance over a day".to_string(),
        subtitle: "15 % or more from the mean, either way; means over repetitions".to_string(),
        x: Axis { title: "hours".to_string(), ..Axis::default() },
        panels,
        ..Chart::default()
    };
    Picture { stem: "day", caption: "Shares out of balance over the day.".to_string(), chart }
}

fn against_load(clusters: &[Cluster]) -> Picture {
    let by_load = |mut points: Vec<(f64, Option<f64>)>| {
        points.sort_by(|one, other| one.0.total_cmp(&other.0));
        points
    };
    let mut series: Vec<Series> = clusters
        .iter()
        .map(|cluster| Series {
            label: format!("{} nodes", cluster.nodes),
            points: by_load(means(cluster).map(|(w, it)| (LOAD[w], Some(it.value))).collect()),
            style: Style::Points,
            ..Series::default()
        })
        .collect();
    series.push(Series {
        label: "drawing".to_string(),
        points: by_load((0..48).map(|w| (LOAD[w], Some(drawn(w)))).collect()),
        style: Style::Hollow,
        like: Some(6),
        ..Series::default()
    });
    let panel = Panel { y_title: "share out of balance".to_string(), series, ..Panel::default() };
    let chart = Chart {
        title: "Figure 6: nodes out of balance against load".to_string(),
        subtitle: "a point for each half-hour; means over repetitions".to_string(),
        x: Axis { title: "load, units".to_string(), from: Some(0.0), ..Axis::default() },
        panels: vec![panel],
        ..Chart::default()
    };
    Picture { stem: "load", caption: "Shares out of balance against load.".to_string(), chart }
}
