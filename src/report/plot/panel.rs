//! One panel: its data, its frame, its vertical axis and its heading.

use plotters_backend::text_anchor::HPos;

use crate::report::plot::chart::Panel;
use crate::report::plot::layout::{GAP, Plot};
use crate::report::plot::legend::Legend;
use crate::report::plot::palette::{FAINT_INK, FRAME, INK};
use crate::report::plot::scene::{Pen, Scene};
use crate::report::plot::series::{self, Look};
use crate::report::plot::text::Face;

/// Lengths of a tick with a label and of one without.
const TICKS: (i32, i32) = (7, 4);

/// Draws everything of a panel but what it shares with the others.
pub fn draw(scene: &mut Scene, plot: &Plot, panel: &Panel, legend: &Legend) {
    let several = panel.series.len() > 1;
    let mut drawn = false;
    for (index, series) in panel.series.iter().enumerate() {
        let look = Look { index, style: series.style, marked: several };
        drawn |= series::draw(scene, plot, series, look);
    }
    if !drawn {
        let middle = ((plot.left + plot.right) / 2, (plot.top + plot.bottom) / 2);
        scene.text("no data", Face::Heading, FAINT_INK, HPos::Center, middle);
    }
    draw_frame(scene, plot);
    draw_axis(scene, plot, &panel.y_title);
    legend.draw(scene, plot, panel);
}

fn draw_frame(scene: &mut Scene, plot: &Plot) {
    let (left, right, top, bottom) = (plot.left, plot.right, plot.top, plot.bottom);
    let corners = vec![(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
    scene.path(corners, Pen::line(FRAME, 2));
}

fn draw_axis(scene: &mut Scene, plot: &Plot, title: &str) {
    let mut widest = 0;
    for tick in plot.y_ticks() {
        let y = plot.up(tick.part);
        let label = tick.label.unwrap_or_default();
        let length = if label.is_empty() { TICKS.1 } else { TICKS.0 };
        let pen = Pen::fill(FRAME, 1.0);
        scene.rectangle((plot.left - length, y - 1), (plot.left, y + 1), pen);
        scene.text(&label, Face::Body, INK, HPos::Right, (plot.left - GAP, y));
        widest = widest.max(Face::Body.width(&label));
    }
    let x = plot.left - GAP - widest - GAP - Face::Body.size() / 2;
    let title = Face::Body.fit(title, plot.bottom - plot.top);
    scene.text_upwards(&title, Face::Body, INK, (x, (plot.top + plot.bottom) / 2));
}
