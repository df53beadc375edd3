//! Rounds and bytes over the number of nodes.

use crate::report::plot::chart::{Axis, Chart, Panel, Scale, Series, Style};
use crate::reproduce::gossip::tables::{BUDGET, ROUNDS};
use crate::reproduce::gossip::{EXCHANGES, Sweep, of_exchange};
use crate::reproduce::result::Picture;
use crate::statistics::estimate::Estimate;

/// All pictures.
pub fn charts(sweeps: &[Sweep]) -> Vec<Picture> {
    vec![rounds(sweeps), bytes(sweeps)]
}

fn rounds(sweeps: &[Sweep]) -> Picture {
    let mut series: Vec<Series> = EXCHANGES
        .iter()
        .enumerate()
        .map(|(exchange, (_, words))| curve(words, sweeps, exchange, Sweep::whole_rounds))
        .collect();
    let points = ROUNDS.iter().map(|(nodes, rounds)| (f64::from(*nodes), Some(*rounds)));
    series.push(Series {
        label: "predicted".to_string(),
        points: points.collect(),
        style: Style::Hollow,
        like: Some(6),
        ..Series::default()
    });
    let panel = panel("whole rounds until all know", Scale::Linear, series);
    picture("rounds", "Rounds until every node knows of a change", vec![panel])
}

fn bytes(sweeps: &[Sweep]) -> Picture {
    let mut at_rest: Vec<Series> = EXCHANGES
        .iter()
        .enumerate()
        .map(|(exchange, (_, words))| curve(words, sweeps, exchange, |sweep| sweep.at_rest(100.0)))
        .collect();
    let ends = [sweeps.first(), sweeps.last()].into_iter().flatten();
    at_rest.push(Series {
        label: "5 % of 1 Gb/s".to_string(),
        points: ends.map(|sweep| (f64::from(sweep.nodes), Some(BUDGET))).collect(),
        style: Style::Dashed,
        ..Series::default()
    });
    let change = EXCHANGES.iter().enumerate().skip(1).map(|(exchange, (_, words))| {
        let like = Some(exchange);
        Series { like, ..curve(words, sweeps, exchange, |sweep| sweep.for_a_change(100.0)) }
    });
    let mut rest = panel("bytes/s a node sends", Scale::Log, at_rest);
    rest.title = "When nothing is new".to_string();
    let mut change = panel("bytes a node sends", Scale::Log, change.collect());
    change.title = "For one change".to_string();
    picture("bytes", "What gossip costs, 100 tokens a node", vec![rest, change])
}

fn curve(words: &str, sweeps: &[Sweep], exchange: usize, of: fn(&Sweep) -> Estimate) -> Series {
    let all = || of_exchange(sweeps, exchange).map(|sweep| (f64::from(sweep.nodes), of(sweep)));
    let band = |(nodes, it): (f64, Estimate)| it.interval().map(|(low, high)| (nodes, low, high));
    Series {
        label: words.to_string(),
        points: all().map(|(nodes, estimate)| (nodes, Some(estimate.value))).collect(),
        style: Style::Joined,
        like: None,
        band: all().filter_map(band).collect(),
        ..Series::default()
    }
}

fn panel(y_title: &str, scale: Scale, series: Vec<Series>) -> Panel {
    Panel { y_title: y_title.to_string(), scale, series, ..Panel::default() }
}

fn picture(stem: &'static str, title: &str, panels: Vec<Panel>) -> Picture {
    let x = Axis { title: "nodes".to_string(), scale: Scale::Log, ..Axis::default() };
    let chart = Chart {
        title: title.to_string(),
        subtitle: "one random peer a node and second; bands are 95 % intervals".to_string(),
        x,
        panels,
        ..Chart::default()
    };
    Picture { stem, caption: format!("{title}."), chart }
}
