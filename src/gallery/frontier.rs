//! Figure 19: staleness against yield during a partition, a point for each (N, R, W) and kind of
//! quorum.

use crate::gallery::figure::Drawn;
use crate::gallery::panes::{Pane, grouped};
use crate::gallery::trial::{Cells, Seen, Setting, Trial};
use crate::report::plot::pareto::{Better, Plane, Point, Side};
use crate::report::tabular::grouped::Group;
use crate::report::tabular::kinds::spread;
use crate::report::tabular::table::{Problem, Table};
use crate::reproduce::work::Effort;

const QUORUMS: [(u32, u32, u32); 7] =
    [(3, 1, 1), (3, 1, 2), (3, 2, 1), (3, 2, 2), (3, 3, 1), (3, 1, 3), (5, 3, 3)];

/// All runs.
pub fn trials(effort: Effort) -> Vec<Trial> {
    let seeds = if effort == Effort::Full { 8 } else { 3 };
    let settings = QUORUMS.into_iter().flat_map(|it| ["sloppy", "strict"].map(|kind| (it, kind)));
    let each = settings.flat_map(|it| (1..=seeds).map(move |seed| (it, seed)));
    each.map(|(((n, r, w), kind), seed)| {
        let setting = Setting::new("quorums-parted", seed)
            .set(format!("cluster.n={n}"))
            .set(format!("cluster.r={r}"))
            .set(format!("cluster.w={w}"))
            .set(format!("cluster.quorum={kind}"));
        Trial::of(setting, vec![("setting", format!("({n},{r},{w}) {kind}"))], during)
    })
    .collect()
}

/// Of the operations that began during the partition.
fn during(seen: &Seen) -> Vec<Cells> {
    let count = |function: &str, what: &str| {
        seen.figure(&format!("operations.during.{function}.{what}")).unwrap_or(0.0)
    };
    let both = |what: &str| count("get", what) + count("put", what);
    vec![vec![
        ("stale_share", seen.figure("staleness.during.share")),
        ("yield_share", Some(both("ok") / both("invoked"))),
    ]]
}

/// The chart.
pub fn draw(table: &Table) -> Result<Drawn, Problem> {
    let pane = |y| Pane { x: "seed", y, by: vec!["setting"], ..Pane::default() };
    let all = |y| -> Result<Vec<(String, Vec<f64>)>, Problem> {
        let flat = |group: &Group| {
            let values = group.values.iter().flat_map(|(_, values)| values).copied().collect();
            (group.name.clone(), values)
        };
        Ok(grouped(table, &pane(y))?.iter().map(flat).collect())
    };
    let (stale, answered) = (all("stale_share")?, all("yield_share")?);
    let point = |((name, x), (_, y)): (&(String, Vec<f64>), &(String, Vec<f64>))| Point {
        name: name.clone(),
        x: spread(x),
        y: spread(y),
    };
    let plane = Plane {
        title: "During a partition: what answers more returns older data".to_string(),
        subtitle: "10 nodes in two halves; (N,R,W) and kind of quorum; 95 % intervals over runs"
            .to_string(),
        x: Side {
            title: "stale reads, share of answered".to_string(),
            better: Better::Low,
            ..Side::default()
        },
        y: Side {
            title: "answered operations, share".to_string(),
            better: Better::High,
            ..Side::default()
        },
        points: stale.iter().zip(&answered).map(point).collect(),
    };
    let front = plane.front();
    let names: Vec<String> = front
        .iter()
        .map(|it| format!("{} ({:.3} stale, {:.3} answered)", it.name, it.x.value, it.y.value))
        .collect();
    let seen = vec![
        format!("The front, from fresh to available: {}.", names.join(", ")),
        format!(
            "{} of {} settings are dominated.",
            plane.points.len() - front.len(),
            plane.points.len()
        ),
    ];
    Ok(Drawn { charts: vec![("plane", plane.chart())], seen })
}
