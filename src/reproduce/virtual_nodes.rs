//! Section 4.2: with several tokens for each node, the load of a node that fails spreads over all
//! the others. Who takes it over, and how unevenly, by the number of tokens.

use crate::dynamo::config::Partitioning;
use crate::dynamo::ring::placement::{RangeId, Ring};
use crate::dynamo::ring::strategy::first_tokens;
use crate::id::NodeId;
use crate::report::plot::chart::{Axis, Chart, Panel, Scale, Series, Style};
use crate::reproduce::placements::{luck_of, ring};
use crate::reproduce::result::{Figure, Picture, Reproduction, Row, Table, spelt};
use crate::reproduce::work::{Stopped, Work};
use crate::statistics::estimate::Estimate;

/// S and N, as in figure 8.
const NODES: u32 = 30;
const COPIES: u32 = 3;
/// T of each point.
const TOKENS: [u32; 11] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
/// The most even that can be: one part for each of the others.
const EVEN: f64 = 1.0 / (NODES - 1) as f64;

/// How the load of one failed node is taken over.
#[derive(Clone, Copy, Debug)]
struct Inheritance {
    /// Nodes that take over something.
    heirs: f64,
    /// What the one that takes most takes, of all.
    largest: f64,
    /// How uneven the parts of all others are, from 0 (all the same) to 1.
    gini: f64,
    /// Mean part of the others, divided by the largest.
    efficiency: f64,
}

/// The same, over placements.
struct Point {
    tokens: u32,
    heirs: Estimate,
    largest: Estimate,
    gini: Estimate,
    efficiency: Estimate,
}

/// The whole reproduction.
pub fn make(work: &mut Work<'_>) -> Result<Reproduction, Stopped> {
    let placements = work.choose(1_000, 100);
    let mut points = Vec::new();
    for (place, tokens) in TOKENS.into_iter().enumerate() {
        work.done(place as f64 / TOKENS.len() as f64)?;
        let settings = Partitioning { strategy: 1, tokens, ..Partitioning::default() };
        let one = |placement| {
            let luck = luck_of(work.seed, tokens, placement);
            inheritance(&ring(&settings, COPIES, &first_tokens(&settings, NODES, &luck)))
        };
        points.push(Point::new(tokens, &(0..placements).map(one).collect::<Vec<_>>()));
    }
    work.done(1.0)?;
    let (first, last) = (&points[0], &points[points.len() - 1]);
    Ok(Reproduction {
        title: "Virtual nodes: who takes over from a failed node".to_string(),
        paper: vec![
            "Section 4.2: when a node becomes unavailable, its load is dispersed evenly across \
             the remaining nodes, because each node has several tokens. No numbers are given."
                .to_string(),
        ],
        assumptions: vec![
            format!(
                "S = {NODES}, N = {COPIES}, strategy 1, even load over the ring; n0 fails. For \
                 each range of which it kept copies, the next node of the preference list, the \
                 first stand-in, takes over."
            ),
            "Evenly is taken to mean: from T = 256 on, no heir takes more than twice an even \
             part, and at T = 1024 at least 95 % of the others are heirs."
                .to_string(),
        ],
        bar: "with one token N heirs, with many nearly all; the largest part falls with each T"
            .to_string(),
        outcome: format!(
            "{} heirs at T = 1, {} of {} at T = {}; the largest part falls from {} to {}",
            spelt(first.heirs.value),
            spelt(last.heirs.value),
            NODES - 1,
            last.tokens,
            spelt(first.largest.value),
            spelt(last.largest.value)
        ),
        remarks: Vec::new(),
        tables: vec![claims(&points), numbers(&points)],
        charts: vec![picture(&points)],
        scenarios: Vec::new(),
    })
}

/// What becomes of the load of `n0`.
fn inheritance(ring: &Ring) -> Inheritance {
    let mut parts = vec![0.0; NODES as usize];
    let kept = |range: &RangeId| ring.is_home(NodeId(0), *range);
    for range in (0..ring.ranges()).map(RangeId).filter(kept) {
        let heir = ring.walk(range).nth(COPIES as usize).expect("there are more nodes than copies");
        parts[heir.index()] += ring.length(range);
    }
    let all: f64 = parts.iter().sum();
    let mut parts: Vec<f64> = parts[1..].iter().map(|part| part / all).collect();
    parts.sort_unstable_by(f64::total_cmp);
    let largest = parts[parts.len() - 1];
    let count = parts.len() as f64;
    let ranked = parts.iter().zip(1u32..).map(|(part, rank)| f64::from(rank) * part);
    Inheritance {
        heirs: parts.iter().filter(|part| **part > 0.0).count() as f64,
        largest,
        gini: 2.0 * ranked.sum::<f64>() / count - (count + 1.0) / count,
        efficiency: 1.0 / count / largest,
    }
}

impl Point {
    fn new(tokens: u32, found: &[Inheritance]) -> Point {
        let over = |what: fn(&Inheritance) -> f64| {
            Estimate::of_mean(&found.iter().map(what).collect::<Vec<f64>>())
        };
        Point {
            tokens,
            heirs: over(|one| one.heirs),
            largest: over(|one| one.largest),
            gini: over(|one| one.gini),
            efficiency: over(|one| one.efficiency),
        }
    }
}

fn claims(points: &[Point]) -> Table {
    let (first, last) = (&points[0], &points[points.len() - 1]);
    let falls = points.windows(2).all(|pair| pair[1].largest.value < pair[0].largest.value);
    let many = points.iter().filter(|point| point.tokens >= 256);
    let worst = many.map(|point| point.largest.value).fold(0.0, f64::max);
    let others = f64::from(NODES - 1);
    let rows = vec![
        Row::shape(
            "heirs of a node with one token",
            "N = 3, its neighbours",
            spelt(first.heirs.value),
            first.heirs.value == f64::from(COPIES),
        ),
        Row::shape(
            format!("heirs of a node with {} tokens", last.tokens),
            "nearly all of the others",
            format!("{} of {}", spelt(last.heirs.value), NODES - 1),
            last.heirs.value >= 0.95 * others,
        ),
        Row::shape(
            "largest part of one heir, with each doubling of the tokens",
            "falls",
            if falls { "falls" } else { "does not always fall" },
            falls,
        ),
        Row::shape(
            "largest part of one heir with 256 tokens or more, in even parts",
            "even, so at most 2",
            spelt(worst / EVEN),
            worst <= 2.0 * EVEN,
        ),
    ];
    Table::new("What the paper claims", rows)
}

fn numbers(points: &[Point]) -> Table {
    let mut rows = Vec::new();
    for point in points {
        let row = |what: &str, estimate: Estimate| {
            Row::number(format!("T = {}: {what}", point.tokens), Figure::Nothing, estimate)
        };
        rows.push(row("heirs", point.heirs));
        rows.push(row("largest part of one heir", point.largest));
        rows.push(row("Gini coefficient of the parts", point.gini));
        rows.push(row("efficiency (mean / largest part)", point.efficiency));
    }
    Table::new("By tokens of each node, means over placements", rows)
}

fn picture(points: &[Point]) -> Picture {
    let series = |label: &str, of: fn(&Point) -> Estimate| {
        let at = |point: &Point| (f64::from(point.tokens), of(point));
        let band = points
            .iter()
            .map(at)
            .filter_map(|(x, estimate)| estimate.interval().map(|(low, high)| (x, low, high)));
        Series {
            label: label.to_string(),
            points: points.iter().map(at).map(|(x, e)| (x, Some(e.value))).collect(),
            style: Style::Joined,
            band: band.collect(),
            ..Series::default()
        }
    };
    let even = Series {
        label: "even part".to_string(),
        points: points.iter().map(|point| (f64::from(point.tokens), Some(EVEN))).collect(),
        style: Style::Dashed,
        ..Series::default()
    };
    let panel = |title: &str, top, series| Panel {
        y_title: title.to_string(),
        y_from: Some(0.0),
        y_to: Some(top),
        series,
        ..Panel::default()
    };
    let parts = vec![
        series("largest part of one heir", |point| point.largest),
        series("Gini coefficient", |point| point.gini),
        series("efficiency (mean / largest)", |point| point.efficiency),
        even,
    ];
    let chart = Chart {
        title: "Virtual nodes: who takes over from a failed node".to_string(),
        subtitle: format!("S = {NODES}, N = {COPIES}; means over random placements"),
        x: Axis {
            title: "tokens of each node, T".to_string(),
            scale: Scale::Log,
            ..Axis::default()
        },
        panels: vec![
            panel("heirs", 30.0, vec![series("heirs", |point| point.heirs)]),
            panel("share", 1.0, parts),
        ],
        ..Chart::default()
    };
    let caption = "Heirs of a failed node, and how unevenly they take over.".to_string();
    Picture { stem: "heirs", caption, chart }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_inheritance_has_no_gini_and_one_heir_has_it_all() {
        let tokens = |tokens| Partitioning { strategy: 1, tokens, ..Partitioning::default() };
        let one = |count| {
            let luck = luck_of(1, count, 0);
            let settings = tokens(count);
            inheritance(&ring(&settings, COPIES, &first_tokens(&settings, NODES, &luck)))
        };
        let (few, many) = (one(1), one(2_000));
        assert_eq!(few.heirs, 3.0);
        assert!(few.gini > 0.9 && few.largest >= 1.0 / 3.0, "{few:?}");
        assert!(many.gini < 0.1 && many.heirs == 29.0 && many.efficiency > 0.8, "{many:?}");
    }
}
