//! Figure 8: how evenly the three strategies of section 6.2 load the nodes, against the size of the
//! membership table. No workload is needed: keys lie evenly over the ring, so a node's load is the
//! part of the ring of which it keeps copies, and the figure is a mean over random placements.

use std::rc::Rc;

use crate::dynamo::config::Partitioning;
use crate::dynamo::ring::placement::Ring;
use crate::dynamo::ring::position::KeySpace;
use crate::dynamo::ring::shares::Tokens;
use crate::dynamo::ring::strategy::{Placement, first_tokens, partitions};
use crate::random::luck::Luck;
use crate::random::purpose::Purpose;
use crate::random::source::Source;
use crate::report::plot::chart::{Axis, Chart, Panel, Scale, Series, Style};
use crate::reproduce::result::{Figure, Picture, Reproduction, Row, Table, spelt};
use crate::reproduce::statistics::Estimate;
use crate::reproduce::work::{Stopped, Work};

/// How far a mean may lie from the paper's point.
const BAR: f64 = 0.015;

/// What is varied, and over what.
#[derive(Clone, Debug)]
pub struct Setting {
    /// S.
    pub nodes: u32,
    /// N.
    pub copies: u32,
    /// T of each point; strategy 3 has Q = S T there.
    pub tokens: Vec<u32>,
    /// Q of strategy 2.
    pub partitions: u32,
    /// Random placements of a point with so many tokens for each node.
    pub placements: fn(&Work<'_>, u32) -> u32,
}

/// Efficiency at one size of the table: mean over placements, for strategies 1, 2 and 3.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Point {
    pub tokens: u32,
    /// Size of the table, S T or Q.
    pub size: u32,
    pub efficiency: [Estimate; 3],
}

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
    let setting = Setting {
        nodes: 30,
        copies: 3,
        tokens: PAPER.iter().map(|(tokens, _)| *tokens).collect(),
        partitions: 1_024,
        placements: |work, tokens| match tokens {
            ..=16 => work.choose(2_000, 1_000),
            _more => work.choose(400, 100),
        },
    };
    let points = measure(work, &setting)?;
    let tables = vec![efficiencies(&points), claims(&points), metadata(&points)];
    let (near, largest) = closeness(&points);
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
        assumptions: sentences(&[
            "Q = 1024 for strategy 2: the paper does not give it. It is inferred from where the \
             drawn curve bends; 900 to 1200 would fit.",
            "Load is even over the ring, and each of the N homes of a range carries it.",
            "An efficiency is the mean over random placements: 2000 of them up to T = 16 and 400 \
             above, each of its own luck. Strategies 1 and 2 share their tokens.",
        ]),
        bar: format!("each of the 30 points within {BAR} of the paper's"),
        outcome: format!("{near} of 30 points within {BAR}; the largest difference is {largest}"),
        remarks: sentences(&[
            "Strategy 2 falls at last because S T is then far above Q: every partition picks its \
             nodes nearly at random, and Q alone decides how uneven that is.",
            "Three orders of magnitude are not in figure 8: on its own axis, equal efficiency \
             costs strategy 3 about 11 to 16 times less, which is one order. In bytes, with 24 \
             for a token at any place and 4 for the number of a partition, as this simulator \
             counts them, it is six times as much.",
        ]),
        tables,
        charts: pictures(&points),
        scenarios: Vec::new(),
    })
}

fn sentences(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| text.to_string()).collect()
}

/// Efficiency of all three strategies at every T of the setting.
pub fn measure(work: &mut Work<'_>, setting: &Setting) -> Result<Vec<Point>, Stopped> {
    let mut points = Vec::new();
    let all: f64 = setting.tokens.iter().map(|tokens| f64::from(*tokens)).sum();
    let mut spent = 0.0;
    for &tokens in &setting.tokens {
        let placements = (setting.placements)(work, tokens);
        let mut found = [(); 3].map(|()| Vec::with_capacity(placements as usize));
        for placement in 0..placements {
            let share = f64::from(placement) / f64::from(placements);
            work.done((spent + share * f64::from(tokens)) / all)?;
            let luck = luck_of(work.seed, tokens, placement);
            let efficiency = efficiencies_of(setting, tokens, &luck);
            found.iter_mut().zip(efficiency).for_each(|(all, one)| all.push(one));
        }
        spent += f64::from(tokens);
        let efficiency = found.map(|values| Estimate::of(&values));
        points.push(Point { tokens, size: setting.nodes * tokens, efficiency });
    }
    work.done(1.0)?;
    Ok(points)
}

/// The luck of one placement.
pub fn luck_of(seed: u64, tokens: u32, placement: u32) -> Luck {
    let own = Luck::new(seed).draw(Purpose::Placement, tokens.into(), placement.into()).next_u64();
    Luck::new(own)
}

/// One placement under each strategy.
fn efficiencies_of(setting: &Setting, tokens: u32, luck: &Luck) -> [f64; 3] {
    let Setting { nodes, copies, .. } = *setting;
    let settings = |strategy, partitions| Partitioning {
        strategy,
        tokens,
        partitions,
        ..Partitioning::default()
    };
    let at_random = settings(1, None);
    let same_number = settings(3, Some(nodes * tokens));
    let shared = first_tokens(&at_random, nodes, luck);
    let dealt = first_tokens(&same_number, nodes, luck);
    let over_equal = settings(2, Some(setting.partitions));
    [
        efficiency(&ring(&at_random, copies, &shared)),
        efficiency(&ring(&over_equal, copies, &shared)),
        efficiency(&ring(&same_number, copies, &dealt)),
    ]
}

/// The ring of these tokens.
pub fn ring(settings: &Partitioning, copies: u32, tokens: &Tokens) -> Ring {
    let plain = Placement::by_tokens(copies, Rc::new(KeySpace::at(Vec::new())));
    let placement = Placement { partitions: partitions(settings), ..plain };
    Ring::of_ranges(tokens.iter().map(|(node, tokens)| (*node, &tokens[..])), &placement)
}

fn efficiency(ring: &Ring) -> f64 {
    let carried = ring.carried();
    let most = carried.iter().copied().fold(0.0, f64::max);
    carried.iter().sum::<f64>() / carried.len() as f64 / most
}

fn efficiencies(points: &[Point]) -> Table {
    let mut rows = Vec::new();
    for strategy in 0..3 {
        for (point, (tokens, paper)) in points.iter().zip(PAPER) {
            let (simulated, paper) = (point.efficiency[strategy], paper[strategy]);
            let size = if strategy == 2 { "Q" } else { "S T" };
            let what = format!(
                "strategy {}, {size} = {} (T = {tokens}): difference {:+.4}",
                strategy + 1,
                point.size,
                simulated.mean - paper
            );
            rows.push(Row::within(what, paper, simulated, BAR));
        }
    }
    Table::new("Efficiency (mean load / largest load), S = 30, N = 3", rows)
}

/// How many points are within the bar, and the largest difference in words.
fn closeness(points: &[Point]) -> (usize, String) {
    let differences = points.iter().zip(PAPER).flat_map(|(point, (_, paper))| {
        (0..3).map(move |strategy| (point.efficiency[strategy].mean - paper[strategy]).abs())
    });
    let differences: Vec<f64> = differences.collect();
    let near = differences.iter().filter(|difference| **difference <= BAR).count();
    (near, format!("{:.4}", differences.iter().copied().fold(0.0, f64::max)))
}

fn claims(points: &[Point]) -> Table {
    let best = points.iter().filter(|point| {
        let [one, two, three] = point.efficiency.map(|estimate| estimate.mean);
        three > one && three > two
    });
    let best = best.count();
    let large = || points.iter().filter(|point| point.tokens >= 64);
    let worst = large().filter(|point| point.efficiency[1].mean < point.efficiency[0].mean).count();
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
            ..Row::words(what, paper, ratio.clone(), crate::reproduce::result::Verdict::NoBar)
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
    let at = |point: &Point| (libm::log(point.size.into()), point.efficiency[strategy].mean);
    points.windows(2).find_map(|pair| {
        let ((x, y), (to_x, to_y)) = (at(&pair[0]), at(&pair[1]));
        let reached = y <= efficiency && efficiency <= to_y;
        reached.then(|| libm::exp(x + (to_x - x) * (efficiency - y) / (to_y - y)))
    })
}

/// The figure in the paper's own form, and once more with the small sizes apart.
fn pictures(points: &[Point]) -> Vec<Picture> {
    let picture = |stem, scale, caption: &str| {
        let x = Axis {
            title: "size of the membership table of a node, units".to_string(),
            from: Some(if scale == Scale::Linear { 0.0 } else { 50.0 }),
            to: Some(if scale == Scale::Linear { 35_000.0 } else { 40_000.0 }),
            scale,
            ..Axis::default()
        };
        let chart = Chart {
            title: "Figure 8: load-balancing efficiency".to_string(),
            subtitle: "S = 30, N = 3; mean over random placements, 95 % intervals as bands"
                .to_string(),
            x,
            panels: vec![panel(points)],
            shades: Vec::new(),
        };
        Picture { stem, caption: caption.to_string(), chart }
    };
    vec![
        picture("efficiency", Scale::Linear, "Efficiency against the size of the table."),
        picture("efficiency-log", Scale::Log, "The same, sizes by decades."),
    ]
}

fn panel(points: &[Point]) -> Panel {
    let mut series = Vec::new();
    for strategy in 0..3 {
        let at = |point: &Point| (f64::from(point.size), point.efficiency[strategy]);
        let band = points
            .iter()
            .map(at)
            .filter_map(|(x, estimate)| estimate.interval.map(|(low, high)| (x, low, high)));
        series.push(Series {
            label: format!("strategy {}", strategy + 1),
            points: points.iter().map(at).map(|(x, e)| (x, Some(e.mean))).collect(),
            style: Style::Joined,
            band: band.collect(),
            ..Series::default()
        });
    }
    for strategy in 0..3 {
        let paper = points.iter().zip(PAPER);
        series.push(Series {
            label: format!("strategy {}, paper", strategy + 1),
            points: paper.map(|(p, (_, paper))| (p.size.into(), Some(paper[strategy]))).collect(),
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

    #[test]
    fn any_cluster_can_be_measured() {
        let setting = Setting {
            nodes: 4,
            copies: 4,
            tokens: vec![1, 3],
            partitions: 16,
            placements: |_, _| 5,
        };
        let mut pulse = |_: f64| true;
        let mut work = Work::new(crate::reproduce::work::Effort::Full, 1, &mut pulse);
        let points = measure(&mut work, &setting).unwrap();
        assert_eq!(points.iter().map(|point| point.size).collect::<Vec<_>>(), [4, 12]);
        // Whoever keeps copies of all carries as much as all others.
        let means = points.iter().flat_map(|point| point.efficiency.map(|e| e.mean));
        assert!(means.into_iter().all(|mean| (mean - 1.0).abs() < 1e-9));
        let other = Setting { copies: 1, ..setting };
        let points = measure(&mut work, &other).unwrap();
        assert!(points.iter().all(|point| point.efficiency[0].mean < 0.99));
        assert!(points.iter().all(|point| (point.efficiency[2].mean - 1.0).abs() < 1e-9));
    }

    #[test]
    fn sizes_are_read_off_between_points() {
        let point = |size, mean| Point { tokens: 1, size, efficiency: [Estimate::exact(mean); 3] };
        let points = [point(100, 0.5), point(10_000, 0.7)];
        assert!((size_at(&points, 0, 0.6).unwrap() - 1_000.0).abs() < 1e-6);
        assert_eq!(size_at(&points, 0, 0.8), None);
    }
}
