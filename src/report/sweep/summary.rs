//! What a sweep comes to: at each point, the mean of each figure over the runs and its interval.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::report::sweep::plan::{Plan, Task, Until};
use crate::report::sweep::row::{Row, Status};
use crate::statistics::estimate::{Estimate, LEVEL};
use crate::statistics::sequential::{Next, Precision};

/// All points of a sweep.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Summary {
    pub tool: String,
    pub version: String,
    pub scenario: String,
    /// Fingerprint of the plan.
    pub plan: String,
    /// How often an interval shall hold the truth.
    pub level: f64,
    pub runs: u64,
    /// How many runs ended how.
    pub statuses: BTreeMap<&'static str, u64>,
    pub points: Vec<PointSummary>,
}

/// One point of a sweep.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PointSummary {
    pub point: usize,
    /// The value of each axis, by its path.
    pub settings: BTreeMap<String, Value>,
    pub runs: u64,
    pub statuses: BTreeMap<&'static str, u64>,
    /// Whether the repetitions have made the intervals as narrow as they were to be.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub until: BTreeMap<String, Reached>,
    /// By the path of the figure; none where no run had anything to say.
    pub figures: BTreeMap<String, Mean>,
}

/// What became of an interval that was to be narrow.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Reached {
    /// Half of its length, at most.
    pub half_width: f64,
    /// Is it? Otherwise the most repetitions were made before.
    pub reached: bool,
}

/// A mean over runs.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Mean {
    pub mean: f64,
    /// The lower end of its interval; none of a single run.
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// Runs that had something to say.
    pub runs: usize,
}

/// A summary under way: runs come in the order of the plan.
pub struct Summing<'p> {
    plan: &'p Plan,
    summary: Summary,
    open: Option<Open>,
}

/// A point under way.
struct Open {
    point: usize,
    runs: u64,
    statuses: BTreeMap<&'static str, u64>,
    values: Vec<Vec<f64>>,
}

impl<'p> Summing<'p> {
    /// No run yet.
    pub fn new(plan: &'p Plan) -> Summing<'p> {
        let summary = Summary {
            tool: plan.tool.clone(),
            version: plan.version.clone(),
            scenario: plan.scenario.clone(),
            plan: plan.plan.clone(),
            level: LEVEL,
            runs: 0,
            statuses: BTreeMap::new(),
            points: Vec::new(),
        };
        Summing { plan, summary, open: None }
    }

    /// Adds the next run.
    pub fn add(&mut self, task: Task, row: &Row) {
        if self.open.as_ref().is_none_or(|open| open.point != task.point) {
            self.close();
            let values = vec![Vec::new(); self.plan.figures.len()];
            let statuses = BTreeMap::new();
            self.open = Some(Open { point: task.point, runs: 0, statuses, values });
        }
        let open = self.open.as_mut().expect("it was opened");
        open.runs += 1;
        *open.statuses.entry(row.status.name()).or_default() += 1;
        for (values, figure) in open.values.iter_mut().zip(&row.figures) {
            values.extend(figure.as_ref().and_then(serde_json::Number::as_f64));
        }
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let plan = self.plan;
        let mean = |(path, values): (&String, &Vec<f64>)| {
            (!values.is_empty()).then(|| (path.clone(), Mean::of(values)))
        };
        let paths = plan.axes.iter().map(|axis| axis.path.clone());
        let mut figures: BTreeMap<String, Mean> =
            plan.figures.iter().zip(&open.values).filter_map(mean).collect();
        let mut reached = BTreeMap::new();
        for until in &plan.until {
            let place = plan.figures.iter().position(|path| *path == until.figure);
            let values = place.map_or(&[][..], |place| &open.values[place]);
            let (estimate, narrow) = stopped(plan, until, values);
            // What decided when to stop has the interval of that rule.
            figures.extend(estimate.map(|mean| (until.figure.clone(), mean)));
            let half_width = until.half_width;
            reached.insert(until.figure.clone(), Reached { half_width, reached: narrow });
        }
        let point = PointSummary {
            until: reached,
            point: open.point,
            settings: paths.zip(plan.points[open.point].values.iter().cloned()).collect(),
            runs: open.runs,
            statuses: open.statuses,
            figures,
        };
        self.summary.runs += point.runs;
        for (status, count) in &point.statuses {
            *self.summary.statuses.entry(status).or_default() += count;
        }
        self.summary.points.push(point);
    }

    /// All points.
    pub fn finish(mut self) -> Summary {
        self.close();
        self.summary
    }
}

impl Mean {
    fn of(values: &[f64]) -> Mean {
        Mean::from(Estimate::of_mean(values))
    }
}

impl From<Estimate> for Mean {
    fn from(estimate: Estimate) -> Mean {
        let (low, high) = estimate.interval().unzip();
        Mean { mean: estimate.value, low, high, runs: estimate.runs }
    }
}

/// The values of a figure, of those rows that have one.
pub fn values_of(plan: &Plan, figure: &str, rows: &[Row]) -> Vec<f64> {
    let Some(place) = plan.figures.iter().position(|path| path == figure) else {
        return Vec::new();
    };
    rows.iter().filter_map(|row| row.figures[place].as_ref()?.as_f64()).collect()
}

/// The rule by which repetitions of a point end.
pub fn precision(plan: &Plan, until: &Until) -> Precision {
    Precision::to(until.half_width, usize::try_from(plan.seeds.count).unwrap_or(usize::MAX))
}

/// The mean by the rule that ended the repetitions, and whether its interval is narrow enough.
fn stopped(plan: &Plan, until: &Until, values: &[f64]) -> (Option<Mean>, bool) {
    match precision(plan, until).next(values) {
        Next::Done(estimate) => (Some(Mean::from(estimate)), true),
        Next::Spent(estimate) => (Some(Mean::from(estimate)), false),
        Next::More(_) => (None, false),
    }
}

impl Summary {
    /// How many runs ended so.
    pub fn count(&self, status: Status) -> u64 {
        self.statuses.get(status.name()).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sweep::plan::tests::sample;

    #[test]
    fn each_point_has_its_means() {
        let plan = sample();
        let mut summing = Summing::new(&plan);
        for index in 0..plan.size() {
            let task = plan.task(index);
            let mut row = Row::panicked(&plan, task, "");
            row.status = if index == 7 { Status::Panicked } else { Status::Held };
            row.figures[0] = Some((10 * task.point as u64 + task.seed).into());
            summing.add(task, &row);
        }
        let summary = summing.finish();
        assert_eq!((summary.runs, summary.count(Status::Panicked)), (8, 1));
        let means: Vec<f64> =
            summary.points.iter().map(|it| it.figures["availability.get"].mean).collect();
        assert_eq!(means, [6.5, 16.5]);
        let mean = summary.points[0].figures["availability.get"];
        // 5, 6, 7, 8: the deviation is 1.29099, t with 3 degrees of freedom 3.18245.
        assert!((mean.low.unwrap() - 4.4457).abs() < 1e-4, "{mean:?}");
        assert!(!summary.points[0].figures.contains_key("latency.get.p99_ms"));
    }
}
