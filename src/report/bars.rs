//! The faults of a run as bars: nodes up the side, time across.

use crate::faults::parties::nodes;
use crate::report::plot::chart::{Axis, Chart, Panel, Series, Style};
use crate::sim::plan::Plan;
use crate::trace::layout::Layout;

/// A chart with a bar for each fault and each node that it concerns; a kind has one colour.
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
        for node in nodes(&fault.what, plan.cluster.nodes) {
            let height = Some(f64::from(node.0));
            series[place].points.extend([(from, height), (to, height), (to, None)]);
        }
    }
    let panel = Panel {
        title: "Faults, by the nodes that they concern".to_string(),
        y_title: "node".to_string(),
        // Half a node more on both sides, lest bars lie on the frame.
        y_from: Some(-0.5),
        y_to: Some(f64::from(plan.cluster.nodes) - 0.5),
        series,
        ..Panel::default()
    };
    let to = Some(plan.duration.seconds());
    Chart {
        title: "What goes wrong".to_string(),
        subtitle: format!("{name}, seed {}", plan.seed),
        x: Axis { title: "simulated time, s".to_string(), from: Some(0.0), to, ..Axis::default() },
        panels: vec![panel],
        shades: Vec::new(),
    }
}
