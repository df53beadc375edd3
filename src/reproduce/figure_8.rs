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
use crate::reproduce::work::{Settings, Stopped, Work};

/// How far a mean may lie from the paper's point.
const BAR: f64 = 0.015;

/// What can be asked for beside the paper's cluster.
pub const SETTINGS: [&str; 4] = ["nodes", "copies", "tokens", "partitions"];

/// What is varied, and over what.
#[derive(Clone, PartialEq, Debug)]
pub struct Setting {
    /// S.
    pub nodes: u32,
    /// N.
    pub copies: u32,
    /// T of each point; strategy 3 has Q = S T there.
    pub tokens: Vec<u32>,
    /// Q of strategy 2.
    pub partitions: u32,
}

impl Setting {
    /// The paper's cluster but for what is set; the error says what would do.
    pub fn new(settings: &Settings) -> Result<Setting, String> {
        let one = |name, usual| match settings.get(name) {
            None => Ok(usual),
            Some([number]) => Ok(*number),
            Some(_several) => Err(format!("{name} is one number")),
        };
        let tokens = PAPER.iter().map(|(tokens, _)| *tokens).collect();
        let setting = Setting {
            nodes: one("nodes", 30)?,
            copies: one("copies", 3)?,
            tokens: settings.get("tokens").map_or(tokens, <[u32]>::to_vec),
            partitions: one("partitions", 1_024)?,
        };
        setting.problem().map_or(Ok(setting), Err)
    }

    fn problem(&self) -> Option<String> {
        let most = self.tokens.iter().copied().max().unwrap_or(0);
        let ring = u64::from(self.nodes) * u64::from(most);
        let rules = [
            (self.nodes >= 1, "nodes is at least 1".to_string()),
            (
                (1..=self.nodes).contains(&self.copies),
                format!("copies is from 1 to nodes, which is {}", self.nodes),
            ),
            (!self.tokens.contains(&0), "each node has at least 1 token".to_string()),
            (
                self.tokens.is_sorted_by(|one, next| one < next),
                "tokens go from few to many".to_string(),
            ),
            (
                ring <= u64::from(RING_LIMIT),
                format!("{ring} tokens are too many; at most {RING_LIMIT}"),
            ),
            (
                (1..=RING_LIMIT).contains(&self.partitions),
                format!("partitions is from 1 to {RING_LIMIT}"),
            ),
        ];
        rules.into_iter().find(|(holds, _)| !holds).map(|(_, told)| told)
    }

    /// The paper's efficiencies with so many tokens for each node, if it has them.
    fn paper(&self, tokens: u32) -> Option<[f64; 3]> {
        let drawn = PAPER.iter().find(|(known, _)| *known == tokens);
        let same = (self.nodes, self.copies, self.partitions) == (30, 3, 1_024);
        drawn.filter(|_| same).map(|(_, efficiency)| *efficiency)
    }

    fn spelt(&self) -> String {
        format!("S = {}, N = {}", self.nodes, self.copies)
    }
}

/// Most tokens of all nodes, and most equal ranges.
const RING_LIMIT: u32 = 2_000_000;

/// Random placements of a point with so many tokens for each node.
fn placements(work: &Work<'_>, tokens: u32) -> u32 {
    match tokens {
        ..=16 => work.choose(2_000, 1_000),
        _more => work.choose(400, 100),
    }
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
        assumptions: sentences(&[
            "Q = 1024 for strategy 2, if nothing else is set: the paper does not give it. It is \
             inferred from where the drawn curve bends; 900 to 1200 would fit.",
            "Load is even over the ring, and each of the N homes of a range carries it.",
            "An efficiency is the mean over random placements: 2000 of them up to T = 16 and 400 \
             above, each of its own luck. Strategies 1 and 2 share their tokens.",
        ]),
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

fn sentences(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| text.to_string()).collect()
}

/// Efficiency of all three strategies at every T of the setting.
pub fn measure(work: &mut Work<'_>, setting: &Setting) -> Result<Vec<Point>, Stopped> {
    let mut points = Vec::new();
    let all: f64 = setting.tokens.iter().map(|tokens| f64::from(*tokens)).sum();
    let mut spent = 0.0;
    for &tokens in &setting.tokens {
        let placements = placements(work, tokens);
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
            rows.push(match setting.paper(point.tokens) {
                None => Row::number(what, Figure::Nothing, simulated),
                Some(paper) => {
                    let difference = simulated.mean - paper[strategy];
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
        let paper = setting.paper(point.tokens)?;
        Some([0, 1, 2].map(|strategy| (point.efficiency[strategy].mean - paper[strategy]).abs()))
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
            shades: Vec::new(),
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
        let paper = |point: &Point| Some((point, setting.paper(point.tokens)?));
        let drawn: Vec<_> = points.iter().filter_map(paper).collect();
        if drawn.is_empty() {
            break;
        }
        series.push(Series {
            label: format!("strategy {}, paper", strategy + 1),
            points: drawn.iter().map(|(p, paper)| (p.size.into(), Some(paper[strategy]))).collect(),
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
    use crate::reproduce::work::Effort;

    #[test]
    fn any_cluster_can_be_measured() {
        let mut pulse = |_: f64| true;
        let mut work = Work::new(Effort::Reduced, 1, &mut pulse);
        let mut points = |texts: &[&str]| measure(&mut work, &setting(texts).unwrap()).unwrap();
        // Whoever keeps copies of all carries as much as all others.
        let all = points(&["nodes=4", "copies=4", "tokens=1,3", "partitions=16"]);
        assert_eq!(all.iter().map(|point| point.size).collect::<Vec<_>>(), [4, 12]);
        let means = all.iter().flat_map(|point| point.efficiency.map(|estimate| estimate.mean));
        assert!(means.into_iter().all(|mean| (mean - 1.0).abs() < 1e-9));
        let one = points(&["nodes=4", "copies=1", "tokens=1,3"]);
        assert!(one.iter().all(|point| point.efficiency[0].mean < 0.99));
        assert!(one.iter().all(|point| (point.efficiency[2].mean - 1.0).abs() < 1e-9));
    }

    fn setting(texts: &[&str]) -> Result<Setting, String> {
        let texts: Vec<String> = texts.iter().map(|text| text.to_string()).collect();
        Setting::new(&Settings::read(&texts, &SETTINGS)?)
    }

    #[test]
    fn settings_that_cannot_be_are_refused() {
        for (texts, told) in [
            (&["node=4"][..], "`node` cannot be set; there are nodes, copies, tokens, partitions"),
            (&["nodes"], "write whole numbers, as in nodes=8,64"),
            (&["nodes=3,4"], "nodes is one number"),
            (&["nodes=0"], "nodes is at least 1"),
            (&["nodes=2"], "copies is from 1 to nodes, which is 2"),
            (&["tokens=0"], "each node has at least 1 token"),
            (&["tokens=8,8"], "tokens go from few to many"),
            (&["tokens=100000"], "3000000 tokens are too many; at most 2000000"),
            (&["partitions=0"], "partitions is from 1 to 2000000"),
        ] {
            assert_eq!(setting(texts), Err(told.to_string()));
        }
    }

    #[test]
    fn sizes_are_read_off_between_points() {
        let point = |size, mean| Point { tokens: 1, size, efficiency: [Estimate::exact(mean); 3] };
        let points = [point(100, 0.5), point(10_000, 0.7)];
        assert!((size_at(&points, 0, 0.6).unwrap() - 1_000.0).abs() < 1e-6);
        assert_eq!(size_at(&points, 0, 0.8), None);
    }
}
