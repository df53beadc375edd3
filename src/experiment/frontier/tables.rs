//! The points as CSV, as text and as plain data.

use serde::Serialize;

use crate::experiment::frontier::axes::Axis;
use crate::experiment::frontier::planes::{PLANES, Stand, stands};
use crate::experiment::frontier::points::{MEASURES, Measure, Measured, Point};
use crate::statistics::estimate::Estimate;

/// All that a frontier comes to, for machines.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Frontier {
    pub scenario: String,
    pub seeds: Vec<u64>,
    /// The fields that were varied.
    pub axes: Vec<String>,
    pub points: Vec<Row>,
    /// What the trade is, in words.
    pub words: String,
}

/// One setting.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Row {
    pub name: String,
    /// By axis.
    pub values: Vec<String>,
    pub consistency: Option<Estimate>,
    pub availability: Option<Estimate>,
    pub durability: Option<Estimate>,
    pub calm_consistency: Option<Estimate>,
    pub calm_latency_ms: Option<Estimate>,
    /// Where it stands in each plane.
    pub stands: Vec<Place>,
    /// Seed by seed.
    pub runs: Vec<Measured>,
}

/// Where a setting stands in one plane.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Place {
    pub plane: &'static str,
    /// Is it on the front? None if there was nothing to measure.
    pub front: Option<bool>,
    /// The setting that beats it.
    pub beaten_by: Option<String>,
}

/// Puts everything together.
pub fn frontier(
    scenario: &str,
    seeds: &[u64],
    axes: &[Axis],
    points: &[Point],
    words: String,
) -> Frontier {
    let all: Vec<Vec<Stand>> = PLANES.iter().map(|plane| stands(points, *plane)).collect();
    let place = |at: usize, (plane, stands): (&'static str, &Vec<Stand>)| match stands[at] {
        Stand::Front => Place { plane, front: Some(true), beaten_by: None },
        Stand::Beaten(by) => {
            Place { plane, front: Some(false), beaten_by: Some(points[by].name.clone()) }
        }
        Stand::Nowhere => Place { plane, front: None, beaten_by: None },
    };
    let row = |(at, point): (usize, &Point)| Row {
        name: point.name.clone(),
        values: point.values.clone(),
        consistency: point.estimate(Measure::Consistency),
        availability: point.estimate(Measure::Availability),
        durability: point.estimate(Measure::Durability),
        calm_consistency: point.estimate(Measure::CalmConsistency),
        calm_latency_ms: point.estimate(Measure::CalmLatency),
        stands: PLANES.iter().map(|it| it.stem).zip(&all).map(|it| place(at, it)).collect(),
        runs: point.runs.clone(),
    };
    Frontier {
        scenario: scenario.to_string(),
        seeds: seeds.to_vec(),
        axes: axes.iter().map(|axis| axis.path.clone()).collect(),
        points: points.iter().enumerate().map(row).collect(),
        words,
    }
}

impl Row {
    fn estimates(&self) -> [Option<Estimate>; MEASURES.len()] {
        let (calm, latency) = (self.calm_consistency, self.calm_latency_ms);
        [self.consistency, self.availability, self.durability, calm, latency]
    }
}

impl Frontier {
    /// Heading and lines for a CSV: a line for each setting.
    pub fn csv(&self) -> Vec<Vec<String>> {
        let mut heading = vec!["setting".to_string()];
        heading.extend(self.axes.iter().cloned());
        heading.push("seeds".to_string());
        for (_, name, _) in MEASURES {
            heading.extend([name.to_string(), format!("{name}_low"), format!("{name}_high")]);
        }
        for plane in PLANES {
            heading.extend([format!("{}_front", plane.stem), format!("{}_beaten_by", plane.stem)]);
        }
        let mut lines = vec![heading];
        lines.extend(self.points.iter().map(|row| self.csv_line(row)));
        lines
    }

    fn csv_line(&self, row: &Row) -> Vec<String> {
        let mut line = vec![row.name.clone()];
        line.extend(row.values.iter().cloned());
        line.push(self.seeds.len().to_string());
        let written =
            |value: f64| if value.is_finite() { value.to_string() } else { String::new() };
        for estimate in row.estimates() {
            let cells = estimate.map(|it| [it.value, it.low, it.high].map(written));
            line.extend(cells.unwrap_or_default());
        }
        for place in &row.stands {
            line.push(place.front.map_or(String::new(), |front| front.to_string()));
            line.push(place.beaten_by.clone().unwrap_or_default());
        }
        line
    }

    /// A table for people, and what it means.
    pub fn text(&self) -> String {
        let seeds = match self.seeds.as_slice() {
            [only] => format!("seed {only}"),
            [first, .., last] => format!("{} seeds, {first} to {last}", self.seeds.len()),
            [] => "no seeds".to_string(),
        };
        let mut lines = vec![
            format!("{}: {} settings, {seeds}", self.scenario, self.points.len()),
            String::new(),
        ];
        let width = self.points.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
        let heads = ["consistency", "availability", "durability", "calm cons.", "calm ms"];
        let heads: String = heads.iter().map(|head| format!("  {head:>17}")).collect();
        lines.push(format!("{:width$}{heads}  front", "setting"));
        for row in &self.points {
            let cells: String =
                row.estimates().iter().map(|it| format!("  {:>17}", cell(it))).collect();
            let front = row.stands.iter().map(|place| match place.front {
                Some(true) => '*',
                Some(false) => '.',
                None => '-',
            });
            let front: String = front.collect();
            lines.push(format!("{:width$}{cells}  {front}", row.name));
        }
        lines.push(String::new());
        lines.push("means over seeds ± half of the 95 % interval".to_string());
        lines.push(format!(
            "front: * on it, . surely beaten by another, - nothing to measure; in the planes {}",
            PLANES.map(|plane| plane.stem).join(", ")
        ));
        lines.push(String::new());
        lines.push(self.words.clone());
        lines.join("\n") + "\n"
    }
}

fn cell(estimate: &Option<Estimate>) -> String {
    match estimate {
        None => "-".to_string(),
        Some(it) if it.runs < 2 => format!("{:.4}", it.value),
        Some(it) => format!("{:.4} ±{:.4}", it.value, it.half_width()),
    }
}
