//! Figure 8: how evenly the three strategies of section 6.2 load the nodes, against the size of the
//! membership table. No workload is needed: keys lie evenly over the ring, so a node's load is the
//! part of the ring of which it keeps copies, and the figure is a mean over random placements.

use crate::report::plot::chart::{Axis, Chart, Panel, Scale, Series, Style};
use crate::reproduce::placements::{Point, Setting, measure, placements};
use crate::reproduce::result::{Figure, Picture, Reproduction, Row, Table, Verdict, spelt};
use crate::reproduce::work::{Stopped, Work};

/// How far a mean may lie from the paper's point.
const BAR: f64 = 0.015;

/// The points of the paper's figure, measured on its drawing: T, and strategies 1, 2 and 3.
const PAPER: [(u32, [f64; 3]); 10] = [
    (2, [0.52, 0.53, 0.86]),
    (4, [0.61, 0.61, 0.87]),
    (8, [0.69, 0.70, 0.90]),
    (16, [0.76, 0.76, 0.92]),
    (32, [0.82, 0.82, 0.94]),
    (64, [0.87, 0.85, 0.96]),
    (128, [0.91, 0.88, 0.97]),
    (256, [0.93, 0.87, 0.98]),
    (512, [0.95, 0.85, 0.98]),
    (1024, [0.96, 0.84, 0.99]),
];

/// The whole reproduction.
pub fn make(work: &mut Work<'_>) -> Result<Reproduction, Stopped> {
    let setting = Setting::new(&work.settings).expect("settings are looked at before the work");
    let points = measure(work, &setting)?;
    let mut tables = vec![efficiencies(&setting, &points)];
    if work.settings.is_empty() {
        tables.extend([claims(&points), metadata(&points)]);
    }
    Ok(Reproduction {
        title: "Figure 8: load-balancing efficiency of three placement strategies".to_string(),
        paper: sentences(&[
            "Section 6.2: with S = 30 and N = 3, the mean load of a node divided by that of the \
             hottest one, against the size of the membership table in abstract units; strategy 3 \
             is the best and strategy 2 the worst.",
            "The points are measured on the paper's drawing, whose values lie on two decimals; \
             sizes are S T for T = 2, 4, ... 1024, and Q for strategy 3.",
            "Section 6.2: compared with strategy 1, strategy 3 reduces the table at each node by \
             three orders of magnitude.",
        ]),
        assumptions: assumptions(work),
        bar: format!("each of the 30 points within {BAR} of the paper's"),
        outcome: outcome(&setting, &points),
        remarks: sentences(&[
            "Strategy 2 falls at last because S T is then far above Q: every partition picks its \
             nodes nearly at random, and Q alone decides how uneven that is.",
            "The text's three orders of magnitude are not in figure 8: on the drawing's own axis, \
             equal efficiency costs strategy 3 about 11 to 16 times less, which is one order, and \
             so it is here. In bytes, with 24 for a token at any place and 4 for the number of a \
             partition, as this simulator counts them, the ratios are six times as large.",
        ]),
        tables,
        charts: pictures(&setting, &points),
        scenarios: Vec::new(),
    })
}

/// The paper's efficiencies with so many tokens for each node, if it has them.
fn paper(setting: &Setting, tokens: u32) -> Option<[f64; 3]> {
    let drawn = PAPER.iter().find(|(known, _)| *known == tokens);
    let same = (setting.nodes, setting.copies, setting.partitions) == (30, 3, 1_024);
    drawn.filter(|_| same).map(|(_, efficiency)| *efficiency)
}

fn assumptions(work: &Work<'_>) -> Vec<String> {
    let (few, many) = (placements(work, 16), placements(work, 32));
    vec![
        "Q = 1024 for strategy 2, if nothing else is set: the paper does not give it. It is \
         inferred from where the drawn curve bends; 900 to 1200 would fit."
            .to_string(),
        "Load is even over the ring, and each of the N homes of a range carries it.".to_string(),
        format!(
            "An efficiency is the mean over random placements: {few} of them up to T = 16 and \
             {many} above, each of its own luck. Strategies 1 and 2 share their tokens."
        ),
    ]
}

fn sentences(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| text.to_string()).collect()
}

fn efficiencies(setting: &Setting, points: &[Point]) -> Table {
    let mut rows = Vec::new();
    for strategy in 0..3 {
        for point in points {
            let simulated = point.efficiency[strategy];
            let size = if strategy == 2 { "Q" } else { "S T" };
            let what = format!(
                "strategy {}, {size} = {} (T = {})",
                strategy + 1,
                point.size,
                point.tokens
            );
            rows.push(match paper(setting, point.tokens) {
                None => Row::number(what, Figure::Nothing, simulated),
                Some(paper) => {
                    let difference = simulated.value - paper[strategy];
                    let what = format!("{what}: difference {difference:+.4}");
                    Row::within(what, paper[strategy], simulated, BAR)
                }
            });
        }
    }
    Table::new(format!("Efficiency (mean load / largest load), {}", setting.spelt()), rows)
}

/// How many points are within the bar, and the largest difference.
fn outcome(setting: &Setting, points: &[Point]) -> String {
    let difference = |point: &Point| {
        let paper = paper(setting, point.tokens)?;
        Some([0, 1, 2].map(|strategy| (point.efficiency[strategy].value - paper[strategy]).abs()))
    };
    let differences: Vec<f64> = points.iter().filter_map(difference).flatten().collect();
    if differences.is_empty() {
        return format!("{}: the paper has nothing to compare with", setting.spelt());
    }
    let near = differences.iter().filter(|difference| **difference <= BAR).count();
    let largest = differences.iter().copied().fold(0.0, f64::max);
    let all = differences.len();
    format!("{near} of {all} points within {BAR}; the largest difference is {largest:.4}")
}

fn claims(points: &[Point]) -> Table {
    let best = points.iter().filter(|point| {
        let [one, two, three] = point.efficiency.map(|estimate| estimate.value);
        three > one && three > two
    });
    let best = best.count();
    let large = || points.iter().filter(|point| point.tokens >= 64);
    let worst =
        large().filter(|point| point.efficiency[1].value < point.efficiency[0].value).count();
    let rows = vec![
        Row::shape(
            "sizes at which strategy 3 is the most even",
            "all",
            format!("{best} of {}", points.len()),
            best == points.len(),
        ),
        Row::shape(
            "sizes from T = 64 on at which strategy 2 is the least even",
            "all",
            format!("{worst} of {}", large().count()),
            worst == large().count(),
        ),
    ];
    Table::new("What the paper concludes", rows)
}

/// How much larger the table of strategy 1 is than that of strategy 3 where both are as even.
fn metadata(points: &[Point]) -> Table {
    let row = |efficiency: f64, drawn: &str| {
        let size = |strategy: usize| size_at(points, strategy, efficiency);
        let ratio = match (size(0), size(2)) {
            (Some(one), Some(three)) => spelt(one / three),
            (Some(_) | None, _) => "beyond the sizes that were tried".to_string(),
        };
        let words = |what: String, paper: &str| Row {
            paper: Figure::Words(paper.to_string()),
            ..Row::words(what, paper, ratio.clone(), Verdict::NoBar)
        };
        let said = format!("the same at efficiency {efficiency}, by the text");
        [
            words(format!("times the units, at efficiency {efficiency}, by the drawing"), drawn),
            words(said, "1000 (three orders of magnitude)"),
        ]
    };
    let rows = [row(0.87, "16 (1,920 and 120)"), row(0.96, "16 (30,720 and 1,920)")];
    let rows = rows.into_iter().flatten().collect();
    Table::new("Table of strategy 1 against that of strategy 3, equally even", rows)
}

/// The size at which a strategy reaches an efficiency, between points on a logarithmic axis.
fn size_at(points: &[Point], strategy: usize, efficiency: f64) -> Option<f64> {
    let at = |point: &Point| (libm::log(point.size.into()), point.efficiency[strategy].value);
    points.windows(2).find_map(|pair| {
        let ((x, y), (to_x, to_y)) = (at(&pair[0]), at(&pair[1]));
        let reached = y <= efficiency && efficiency <= to_y;
        reached.then(|| libm::exp(x + (to_x - x) * (efficiency - y) / (to_y - y)))
    })
}

/// The figure in the paper's own form, and once more with the small sizes apart.
fn pictures(setting: &Setting, points: &[Point]) -> Vec<Picture> {
    let picture = |stem, scale, caption: &str| {
        let x = Axis {
            title: "size of the membership table of a node, units".to_string(),
            from: (scale == Scale::Linear).then_some(0.0),
            scale,
            ..Axis::default()
        };
        let chart = Chart {
            title: "Figure 8: load-balancing efficiency".to_string(),
            subtitle: format!(
                "{}; mean over random placements, 95 % intervals as bands",
                setting.spelt()
            ),
            x,
            panels: vec![panel(setting, points)],
            ..Chart::default()
        };
        Picture { stem, caption: caption.to_string(), chart }
    };
    vec![
        picture("efficiency", Scale::Linear, "Efficiency against the size of the table."),
        picture("efficiency-log", Scale::Log, "The same, sizes by decades."),
    ]
}

fn panel(setting: &Setting, points: &[Point]) -> Panel {
    let mut series = Vec::new();
    for strategy in 0..3 {
        let at = |point: &Point| (f64::from(point.size), point.efficiency[strategy]);
        let band = points
            .iter()
            .map(at)
            .filter_map(|(x, estimate)| estimate.interval().map(|(low, high)| (x, low, high)));
        series.push(Series {
            label: format!("strategy {}", strategy + 1),
            points: points.iter().map(at).map(|(x, e)| (x, Some(e.value))).collect(),
            style: Style::Joined,
            band: band.collect(),
            ..Series::default()
        });
    }
    for strategy in 0..3 {
        let of = |point: &Point| Some((point.size, paper(setting, point.tokens)?));
        let drawn: Vec<_> = points.iter().filter_map(of).collect();
        if drawn.is_empty() {
            break;
        }
        series.push(Series {
            label: format!("strategy {}, paper", strategy + 1),
            points: drawn.iter().map(|(x, y)| (f64::from(*x), Some(y[strategy]))).collect(),
            style: Style::Hollow,
            like: Some(strategy),
            ..Series::default()
        });
    }
    Panel {
        y_title: "efficiency (mean / largest load)".to_string(),
        y_from: Some(0.4),
        y_to: Some(1.0),
        series,
        ..Panel::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::estimate::Estimate;

    #[test]
    fn sizes_are_read_off_between_points() {
        let point = |size, mean| Point { tokens: 1, size, efficiency: [Estimate::exact(mean); 3] };
        let points = [point(100, 0.5), point(10_000, 0.7)];
        assert!((size_at(&points, 0, 0.6).unwrap() - 1_000.0).abs() < 1e-6);
        assert_eq!(size_at(&points, 0, 0.8), None);
    }
}
