//! Figure 17: how soon a crash is noticed against how often a running node is suspected, by the
//! threshold of a phi accrual detector (Hayashibara et al., SRDS 2004, with Cassandra's exponential
//! gaps). The simulated nodes have the paper's own detector; this one listens to their gossip: it
//! is applied to the moments at which one node heard of another in the run.

use crate::gallery::figure::Drawn;
use crate::gallery::panes::{Pane, chart, estimate, grouped, told};
use crate::gallery::trial::{Cells, Seen, Setting, Trial};
use crate::id::NodeId;
use crate::report::plot::chart::{Panel, Scale, Series, Style, Whisker};
use crate::report::tabular::kinds::spread;
use crate::report::tabular::table::{Problem, Table};
use crate::reproduce::work::Effort;

const THRESHOLDS: [f64; 7] = [0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0];
const LOSSES: [&str; 2] = ["0", "0.3"];
/// As in the scenario: who crashes, and when.
const CRASHED: NodeId = NodeId(3);
const CRASH_S: f64 = 60.0;
/// Gaps over which a mean is taken, and those before which nothing is said.
const WINDOW: usize = 100;
const FIRST: usize = 20;
const LN_10: f64 = std::f64::consts::LN_10;

/// All runs.
pub fn trials(effort: Effort) -> Vec<Trial> {
    let seeds = if effort == Effort::Full { 8 } else { 3 };
    let each = LOSSES.into_iter().flat_map(|loss| (1..=seeds).map(move |seed| (loss, seed)));
    each.map(|(loss, seed)| {
        let setting = Setting::new("heartbeats", seed).set(format!("network.loss={loss}"));
        let setting = Setting { messages: true, ..setting };
        Trial::of(setting, vec![("loss", loss.to_string())], detected)
    })
    .collect()
}

fn detected(seen: &Seen) -> Vec<Cells> {
    let row = |phi: f64| {
        let (mut alarms, mut watched_s, mut noticed) = (0, 0.0, Vec::new());
        for ((_, from), heard) in &seen.watch.heard {
            let listener = Listener { phi, heard };
            let (own, time) = listener.false_alarms();
            (alarms, watched_s) = (alarms + own, watched_s + time);
            noticed.extend((*from == CRASHED).then(|| listener.noticed_after()).flatten());
        }
        let mean = noticed.iter().sum::<f64>() / noticed.len() as f64;
        vec![
            ("phi", Some(phi)),
            ("detection_s", (!noticed.is_empty()).then_some(mean)),
            ("false_alarms_per_hour", Some(f64::from(alarms) / (watched_s / 3600.0))),
        ]
    };
    THRESHOLDS.into_iter().map(row).collect()
}

/// A detector of one node about another.
struct Listener<'h> {
    phi: f64,
    heard: &'h [f64],
}

impl Listener<'_> {
    /// How long it waits after what it heard last, by the gaps before.
    fn patience(&self, last: usize) -> f64 {
        let first = last.saturating_sub(WINDOW);
        let mean = (self.heard[last] - self.heard[first]) / (last - first) as f64;
        self.phi * LN_10 * mean
    }

    /// Gaps before the crash that were longer than its patience, and how long it watched.
    fn false_alarms(&self) -> (u32, f64) {
        let before = self.heard.partition_point(|at| *at < CRASH_S);
        if before <= FIRST + 1 {
            return (0, 0.0);
        }
        let gap = |last: usize| self.heard[last + 1] - self.heard[last];
        let alarms = (FIRST..before - 1).filter(|last| gap(*last) > self.patience(*last)).count();
        (alarms as u32, self.heard[before - 1] - self.heard[FIRST])
    }

    /// From the crash until it suspects; it may have suspected already.
    fn noticed_after(&self) -> Option<f64> {
        let before = self.heard.partition_point(|at| *at < CRASH_S);
        let last = before.checked_sub(1).filter(|last| *last >= FIRST)?;
        Some((self.heard[last] + self.patience(last) - CRASH_S).max(0.0))
    }
}

/// The chart.
pub fn draw(table: &Table) -> Result<Drawn, Problem> {
    let pane = |y| Pane { x: "phi", y, by: vec!["loss"], ..Pane::default() };
    let (alarms, delays) =
        (grouped(table, &pane("false_alarms_per_hour"))?, grouped(table, &pane("detection_s"))?);
    let mut series = Vec::new();
    for (alarms, delays) in alarms.iter().zip(&delays) {
        let places = alarms.values.iter().zip(&delays.values);
        let places: Vec<_> =
            places.map(|((phi, x), (_, y))| (*phi, spread(x), spread(y))).collect();
        let whiskers = places.iter().map(|(_, x, y)| Whisker {
            at: (x.value, y.value),
            across: Some((x.low.max(0.0), x.high)),
            up: Some((y.low.max(0.0), y.high)),
        });
        series.push(Series {
            label: format!(
                "{} % of messages lost",
                alarms.name.parse::<f64>().unwrap_or(0.0) * 100.0
            ),
            points: places.iter().map(|(_, x, y)| (x.value, Some(y.value))).collect(),
            whiskers: whiskers.collect(),
            names: places.iter().map(|(phi, ..)| format!("phi {phi}")).collect(),
            style: Style::Joined,
            ..Series::default()
        });
    }
    let panel = Panel {
        y_title: "from the crash to the suspicion, s".to_string(),
        series,
        ..Panel::default()
    };
    let mut seen = Vec::new();
    for loss in LOSSES {
        for phi in ["1", "3"] {
            let at = |y: &str| estimate(table, y, &[("loss", loss), ("phi", phi)]).map(told);
            seen.push(format!(
                "Loss {loss}, phi {phi}: a crash is noticed after {} s, with {} false alarms an \
                 hour for each pair of nodes.",
                at("detection_s")?,
                at("false_alarms_per_hour")?
            ));
        }
    }
    let mut chart = chart(
        "A patient detector is seldom wrong and late: phi sets the trade",
        "phi accrual over the gossip that each node hears of each other; 95 % intervals over runs",
        "false alarms for each pair of nodes and hour",
        vec![panel],
    );
    chart.x.scale = Scale::Log;
    Ok(Drawn { charts: vec![("phi", chart)], seen })
}
