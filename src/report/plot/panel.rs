//! One panel: its data, its frame, its vertical axis and its heading.

use plotters_backend::text_anchor::HPos;

use crate::report::plot::chart::Panel;
use crate::report::plot::heat;
use crate::report::plot::labels;
use crate::report::plot::layout::{GAP, MARGIN, Plot};
use crate::report::plot::legend::Legend;
use crate::report::plot::palette::{FAINT_INK, FRAME, INK};
use crate::report::plot::scene::{Pen, Scene};
use crate::report::plot::series::{Drawn, Look};
use crate::report::plot::text::Face;

/// Lengths of a tick with a label and of one without.
const TICKS: (i32, i32) = (7, 4);

/// Draws everything of a panel but what it shares with the others.
pub fn draw(scene: &mut Scene, plot: &Plot, panel: &Panel, legend: &Legend) {
    // Beneath the data, which may run along an edge.
    draw_frame(scene, plot);
    // Markers tell lines apart; on one that has no name they would pass for data.
    let several = panel.series.len() > 1;
    let series = panel.series.iter().enumerate();
    let drawn: Vec<Drawn> = series
        .map(|(index, series)| {
            Drawn::new(plot, series, Look::of(series, index, several && !series.label.is_empty()))
        })
        .collect();
    drawn.iter().for_each(|series| series.draw_area(scene, plot));
    let behind =
        |muted: bool| panel.series.iter().zip(&drawn).filter(move |(s, _)| s.muted == muted);
    for (_, series) in behind(true).chain(behind(false)) {
        series.draw_line(scene, plot);
    }
    labels::draw(scene, plot, panel, &drawn);
    if let Some(heat) = &panel.heat {
        heat::draw(scene, plot, heat);
    }
    let heated = panel.heat.as_ref().is_some_and(|heat| !heat.cells.is_empty());
    if !heated && drawn.iter().all(Drawn::is_empty) {
        let middle = ((plot.left + plot.right) / 2, (plot.top + plot.bottom) / 2);
        scene.text("no data", Face::Heading, FAINT_INK, HPos::Center, middle);
    }
    draw_axis(scene, plot, &panel.y_title);
    legend.draw(scene, plot, panel);
}

fn draw_frame(scene: &mut Scene, plot: &Plot) {
    let (left, right, top, bottom) = (plot.left, plot.right, plot.top, plot.bottom);
    let corners = vec![(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
    scene.path(corners, Pen::line(FRAME, 2));
}

fn draw_axis(scene: &mut Scene, plot: &Plot, title: &str) {
    for tick in plot.y_ticks() {
        let y = plot.up(tick.part);
        let label = tick.label.unwrap_or_default();
        let length = if label.is_empty() { TICKS.1 } else { TICKS.0 };
        let pen = Pen::fill(FRAME, 1.0);
        scene.rectangle((plot.left - length, y - 1), (plot.left, y + 1), pen);
        scene.text(&label, Face::Body, INK, HPos::Right, (plot.left - GAP, y));
    }
    let middle = (plot.top + plot.bottom) / 2;
    let title = Face::Body.fit(title, plot.bottom - plot.top);
    scene.text_upwards(&title, Face::Body, INK, (MARGIN + Face::Body.size() / 2, middle));
}
