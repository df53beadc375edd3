//! What does it cost an application not to handle reconciliation? Shopping carts under five
//! policies, three ways to order versions, more and more writers of one cart, and trouble; ten
//! shapes that were expected before anything was run.

use crate::report::plot::chart::{Axis, Chart, Panel, Scale, Series, Style};
use crate::reproduce::carts::{Laboratory, Measured, STRICT, TROUBLE, file};
use crate::reproduce::result::{Figure, Picture, Reproduction, Row, Table, spelt};
use crate::reproduce::shapes;
use crate::reproduce::work::{Effort, Stopped, Work};
use crate::statistics::estimate::Estimate;

/// Policies by their letters, names in files, and what they are.
const POLICIES: [(&str, &str, &str); 5] = [
    ("P0", "first_returned", "first returned version"),
    ("P1", "last_write_wins", "newest stamp, at the store too"),
    ("P2", "union", "union"),
    ("P3", "observed_remove", "observed-remove set"),
    ("P4", "blind", "union, written blindly"),
];
/// Writers of each cart.
const WRITERS: [u32; 7] = [1, 2, 4, 8, 16, 32, 64];

/// One line of the curve: lost adds by writers.
pub struct Curve {
    pub label: String,
    pub points: Vec<(u32, Measured)>,
}

/// The whole reproduction.
pub fn make(work: &mut Work<'_>) -> Result<Reproduction, Stopped> {
    let (seeds, writers) = match work.effort {
        Effort::Full => (3, &WRITERS[..]),
        Effort::Reduced => (1, &WRITERS[..5]),
    };
    let expected = 6 * writers.len() + 27 + shapes::RUNS;
    let mut laboratory = Laboratory::new(work, seeds, expected);
    let curves = curves(&mut laboratory, writers)?;
    let mut tables = Vec::new();
    let worlds: [(&str, &[&str]); 3] = [
        ("No faults", &[]),
        ("A partition of 10 s and a crash", &[TROUBLE]),
        ("The same with strict quorums", &[TROUBLE, STRICT]),
    ];
    for (title, world) in worlds {
        tables.push(policies(&mut laboratory, title, world)?);
    }
    let rows = shapes::all(&mut laboratory, &curves)?;
    let held = rows.iter().filter(|row| !row.verdict.is_bad()).count();
    let outcome = format!("{held} of {} statements of the ten expected shapes hold", rows.len());
    tables.insert(0, Table::new("The ten expected shapes", rows));
    tables.push(curve_table(&curves));
    Ok(Reproduction {
        title: "What it costs not to reconcile: shopping carts under five policies".to_string(),
        paper: paper(),
        assumptions: assumptions(),
        bar: "each of the ten expected shapes".to_string(),
        outcome,
        remarks: shapes::remarks(),
        charts: vec![picture(&curves)],
        tables,
        scenarios: vec![file()],
    })
}

/// The policies on dotted clocks, P1 where the last write wins; and the union on literal clocks.
fn curves(laboratory: &mut Laboratory<'_, '_>, writers: &[u32]) -> Result<Vec<Curve>, Stopped> {
    let mut lines: Vec<(String, &str, &str)> = POLICIES
        .iter()
        .map(|(letter, policy, what)| (format!("{letter}: {what}"), *policy, versioning(policy)))
        .collect();
    lines.push(("P2 on literal clocks".to_string(), "union", "literal"));
    let mut curves = Vec::new();
    for (label, policy, versioning) in lines {
        let mut points = Vec::new();
        for &count in writers {
            let changes = [
                format!("workload.cart_policy={policy}"),
                format!("cluster.versioning={versioning}"),
                format!("workload.writers_per_key={count}"),
            ];
            points.push((count, laboratory.run(&changes.each_ref().map(String::as_str))?));
        }
        curves.push(Curve { label, points });
    }
    Ok(curves)
}

/// What the store does under a policy, unless another is asked for.
fn versioning(policy: &str) -> &'static str {
    if policy == "last_write_wins" { "last_write_wins" } else { "dotted" }
}

/// Each policy under each way to order versions that it can be told from another by.
fn policies(
    laboratory: &mut Laboratory<'_, '_>,
    title: &str,
    world: &[&str],
) -> Result<Table, Stopped> {
    let mut rows = Vec::new();
    for (letter, policy, what) in POLICIES {
        let orders: &[&str] =
            if letter == "P1" { &["last_write_wins"] } else { &["dotted", "literal"] };
        for order in orders {
            let changes =
                [format!("workload.cart_policy={policy}"), format!("cluster.versioning={order}")];
            let mut changes: Vec<&str> = changes.iter().map(String::as_str).collect();
            changes.extend(world);
            let measured = laboratory.run(&changes)?;
            let name = format!("{letter} {what}, {order}");
            rows.extend(told(&name, &measured));
        }
    }
    Ok(Table::new(format!("{title}, 16 writers of each cart"), rows))
}

fn told(name: &str, measured: &Measured) -> Vec<Row> {
    let number =
        |what: &str, estimate| Row::number(format!("{name}: {what}"), Figure::Nothing, estimate);
    vec![
        number("lost adds, share", measured.lost()),
        number("removed items back at the end, share", measured.resurrected()),
        number("reads of several versions, share", Estimate::exact(measured.conflicts())),
        number("bytes of an answer", Estimate::exact(measured.bytes_per_reply())),
        number("bytes that a read returns, 99.9 %", measured.most_bytes()),
        number("reads that failed, share", Estimate::exact(measured.rejected()[0])),
        number("writes that failed, share", Estimate::exact(measured.rejected()[1])),
    ]
}

fn curve_table(curves: &[Curve]) -> Table {
    let row = |(label, (count, measured)): (&String, &(u32, Measured))| {
        let what = format!("{label}, {count} writers: lost adds, share");
        Row::number(what, Figure::Nothing, measured.lost())
    };
    let points = curves.iter().flat_map(|c| c.points.iter().map(move |p| (&c.label, p)));
    Table::new("Lost adds by writers of each cart, no faults", points.map(row).collect())
}

fn picture(curves: &[Curve]) -> Picture {
    let series = |curve: &Curve| Series {
        label: curve.label.clone(),
        points: curve
            .points
            .iter()
            .map(|(count, measured)| (f64::from(*count), Some(measured.lost().value)))
            .collect(),
        style: Style::Joined,
        ..Series::default()
    };
    let panel = Panel {
        y_title: "lost adds, share of acknowledged".to_string(),
        scale: Scale::Log,
        series: curves.iter().map(series).collect(),
        ..Panel::default()
    };
    let chart = Chart {
        title: "Acknowledged adds that are lost, by policy".to_string(),
        subtitle: "64 clients, 64 carts, no faults; 0 lies on the lower edge".to_string(),
        x: Axis { title: "writers of each cart".to_string(), scale: Scale::Log, ..Axis::default() },
        panels: vec![panel],
        ..Chart::default()
    };
    let caption = "Lost adds against writers of each cart, a line for each policy.".to_string();
    Picture { stem: "lost-adds", caption, chart }
}

fn paper() -> Vec<String> {
    [
        "Section 4.4: adding to a cart must never be lost; a deleted item can come back. Several \
         versions are reconciled by the application.",
        "Section 6: an application may also take the newest time stamp, or leave it to the store.",
        "Section 6.6: existing applications of Amazon took to it easily; others need some \
         analysis. What that is worth is not told: this experiment measures it.",
    ]
    .map(str::to_string)
    .to_vec()
}

fn assumptions() -> Vec<String> {
    [
        "64 clients in closed loops (0.5 s of thought) over 64 carts on 8 nodes, (N,R,W) = \
         (3,2,2): 30 % reads, 50 % adds, 20 % removes of one item, each after a read. With c \
         writers of a cart each client writes c carts, so that every cart is written equally often \
         for any c. The scenario stands beside this page.",
        "An add is lost if it was acknowledged, nobody began to take it out, and no home shows it \
         in the end; a removed item is back if a home shows it in the end.",
        "Carts have nothing to do with each other. So where robots, 2, 8 or 64 to a cart, write a \
         share of the carts and one client each of the others, several versions come back in that \
         share of what robots see everywhere, for the others see none: so the share of robots is \
         reckoned, not run.",
        "A cart is written after it was read: where the read fails nothing is written, so that \
         fewer writes fail where more reads do.",
        "The ten shapes were written down before anything was run.",
    ]
    .map(str::to_string)
    .to_vec()
}

/// A share as text.
pub fn share(value: f64) -> String {
    if value == 0.0 { "0".to_string() } else { format!("{} %", spelt(100.0 * value)) }
}
