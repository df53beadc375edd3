//! The page of a figure and the page over all, as text in Markdown; and the numbers behind a chart
//! that has no table of its own.

use crate::gallery::figure::{Drawn, Figure, Make};
use crate::report::plot::chart::Chart;
use crate::report::tabular::table::{Row, Table};

/// What the numbers of a figure are called in its folder.
pub const TABLE: &str = "table.csv";

/// The page of one figure.
pub fn page(figure: &Figure, drawn: &Drawn) -> String {
    let mut text = format!("# {}. {}\n\n", figure.number, figure.name);
    text += &format!("Shows {}.\n\nSource of the figure: {}.\n", figure.shows, figure.source);
    for (stem, chart) in &drawn.charts {
        text += &format!("\n![{}]({stem}.png)\n\n", chart.title);
        text += &format!("**{}** {} ([as vectors]({stem}.svg))\n", chart.title, chart.subtitle);
    }
    text += "\n## What is seen\n\n";
    for sentence in &drawn.seen {
        text += &format!("- {sentence}\n");
    }
    text += "\n## How it was made\n\n";
    text += &format!(
        "`dynamo-sim gallery {}`; the numbers are in [{TABLE}]({TABLE}), and\n",
        figure.name
    );
    text += &format!("`dynamo-sim plot {TABLE} --figure {}` draws them again", figure.name);
    text += match figure.make {
        Make::Measured { .. } => ".\n",
        Make::Again { .. } => " (which for this figure means to run it again).\n",
    };
    if figure.scenarios.is_empty() {
        text += "\nThe scenarios are written by the program.\n";
    } else {
        let runs = figure.scenarios.iter().map(|name| format!("`dynamo-sim run {name}`"));
        text += &format!("\nOne of its runs: {}.\n", runs.collect::<Vec<_>>().join(", "));
    }
    text
}

/// The page over all figures that are there: each with its first chart.
pub fn overview(figures: &[(&Figure, String)]) -> String {
    let mut text = "# Gallery\n\n\
        Figures on consistency, availability and latency, from runs of the event-driven \
        simulator; imbalance and placement count on the ring that its nodes use, without a run. \
        `dynamo-sim gallery` makes all of them again, to the byte. Intervals are those of means \
        over runs by Student's t at 95 %, cut at what is possible: no share is below 0 or above \
        1.\n\n| | figure | shows | source |\n|---|---|---|---|\n"
        .to_string();
    for (figure, _) in figures {
        let Figure { number, name, shows, source, .. } = figure;
        text += &format!("| {number} | [{name}]({name}/README.md) | {shows} | {source} |\n");
    }
    for (figure, stem) in figures {
        let Figure { number, name, shows, .. } = figure;
        text += &format!(
            "\n## {number}. {name}\n\n[![{shows}]({name}/{stem}.png)]({name}/README.md)\n"
        );
    }
    text
}

/// The points of charts as a table.
pub fn points(charts: &[(&'static str, Chart)]) -> Table {
    let columns = ["chart", "panel", "series", "x", "y", "low", "high"].map(str::to_string);
    let mut rows = Vec::new();
    for (stem, chart) in charts {
        for panel in &chart.panels {
            for series in &panel.series {
                for (x, y) in &series.points {
                    let band = series.band.iter().find(|(at, ..)| at == x);
                    let cells = vec![
                        stem.to_string(),
                        panel.y_title.clone(),
                        series.label.clone(),
                        format!("{x}"),
                        y.map_or(String::new(), |y| format!("{y}")),
                        band.map_or(String::new(), |(_, low, _)| format!("{low}")),
                        band.map_or(String::new(), |(_, _, high)| format!("{high}")),
                    ];
                    rows.push(Row { line: rows.len() as u64 + 2, cells });
                }
            }
        }
    }
    Table { name: TABLE.to_string(), columns: columns.to_vec(), rows }
}
