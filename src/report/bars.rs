//! The faults of a run as bars and its orders as marks: nodes up the side, time across.

use crate::faults::parties::nodes;
use crate::id::NodeId;
use crate::report::plot::chart::{Axis, Chart, Panel, Series, Style};
use crate::sim::administration::Order;
use crate::sim::plan::Plan;
use crate::trace::layout::Layout;

/// A chart with a bar for each fault and each node that it concerns; a kind has one colour. Orders
/// are marks.
pub fn bars(name: &str, plan: &Plan, layout: &Layout) -> Chart {
    let mut series: Vec<Series> = Vec::new();
    for (fault, window) in plan.faults.iter().zip(&layout.faults) {
        let known = series.iter().position(|series| series.label == window.kind);
        let place = known.unwrap_or_else(|| {
            let label = window.kind.to_string();
            series.push(Series { label, style: Style::Bar, ..Series::default() });
            series.len() - 1
        });
        let (from, to) = (window.from.seconds(), window.to.seconds());
        for node in nodes(&fault.what, plan.machines()) {
            let height = Some(f64::from(node.0));
            series[place].points.extend([(from, height), (to, height), (to, None)]);
        }
    }
    for (label, told) in told(plan) {
        series.push(Series { label, style: Style::Points, points: told, ..Series::default() });
    }
    let panel = Panel {
        title: "Faults and orders, by the nodes that they concern".to_string(),
        y_title: "node".to_string(),
        // Half a node more on both sides, lest bars lie on the frame.
        y_from: Some(-0.5),
        y_to: Some(f64::from(plan.machines()) - 0.5),
        series,
        ..Panel::default()
    };
    let to = Some(plan.duration.seconds());
    Chart {
        title: "What happens".to_string(),
        subtitle: format!("{name}, seed {}", plan.seed),
        x: Axis { title: "simulated time, s".to_string(), from: Some(0.0), to, ..Axis::default() },
        panels: vec![panel],
        ..Chart::default()
    }
}

/// Points of a chart.
type Marks = Vec<(f64, Option<f64>)>;

/// What an administrator tells whom: a mark for each order that starts a node or makes one go.
fn told(plan: &Plan) -> Vec<(String, Marks)> {
    let marks = |whom: fn(&Order) -> Option<NodeId>| {
        let mark = |order: &Order| Some((order.at().seconds(), Some(f64::from(whom(order)?.0))));
        let mut marks: Vec<_> = plan.administration.iter().filter_map(mark).collect();
        marks.sort_by(|a, b| a.0.total_cmp(&b.0));
        marks
    };
    let both =
        [("told to come in, or started", marks(Order::starts)), ("to go", marks(Order::goes))];
    let given = both.into_iter().filter(|(_, marks)| !marks.is_empty());
    given.map(|(label, marks)| (label.to_string(), marks)).collect()
}
