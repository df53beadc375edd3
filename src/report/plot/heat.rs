//! Coloured cells, their numbers where there is room, and the scale bar beside them.

use plotters_backend::text_anchor::HPos;

use crate::report::plot::chart::Heat;
use crate::report::plot::layout::{GAP, Plot};
use crate::report::plot::palette::{self, FRAME, INK, PAPER};
use crate::report::plot::scale::Range;
use crate::report::plot::scene::{Pen, Scene};
use crate::report::plot::text::Face;

/// Room at the right of the panel for the scale bar.
pub const BAR_ROOM: i32 = 210;
/// From the panel to the bar, and the bar's width.
const BAR: (i32, i32) = (30, 36);
/// More cells than this have no numbers.
const MOST_NUMBERS: usize = 120;

/// Draws all cells of a panel and its scale bar.
pub fn draw(scene: &mut Scene, plot: &Plot, heat: &Heat) {
    let range = Range::of_heat(heat);
    for (column, row, value) in heat.cells.iter().filter(|cell| cell.2.is_finite()) {
        cell(scene, plot, (*column, *row), (*value, range.part(*value)), heat);
    }
    scale_bar(scene, plot, heat, &range);
}

fn cell(
    scene: &mut Scene,
    plot: &Plot,
    (column, row): (usize, usize),
    (value, part): (f64, f64),
    heat: &Heat,
) {
    let x = |place: f64| plot.across(plot.x.part(place));
    let y = |place: f64| plot.up(plot.y.part(place));
    let (column, row) = (column as f64, row as f64);
    let (left, right) = (x(column - 0.5), x(column + 0.5));
    let (top, bottom) = (y(row + 0.5), y(row - 0.5));
    let colour = palette::heat(part);
    scene.rectangle((left, top), (right, bottom), Pen::fill(colour, 1.0));
    let edge = vec![(left, bottom), (left, top), (right, top), (right, bottom), (left, bottom)];
    scene.path(edge, Pen::line(PAPER, 2));
    let number = spelt(value);
    let fits = Face::Body.width(&number) + 8 <= right - left && Face::Body.size() <= bottom - top;
    if heat.cells.len() <= MOST_NUMBERS && fits {
        let ink = if palette::luminance(colour) > 0.45 { INK } else { PAPER };
        let middle = ((left + right) / 2, (top + bottom) / 2);
        scene.text(&number, Face::Body, ink, HPos::Center, middle);
    }
}

/// Three digits that count, few enough for a cell.
fn spelt(value: f64) -> String {
    let size = value.abs();
    let text = match size {
        0.0 => "0".to_string(),
        size if size < 1e-4 => format!("{value:.0e}"),
        size if size < 0.1 => format!("{value:.4}"),
        size if size < 1.0 => format!("{value:.3}"),
        size if size < 10.0 => format!("{value:.2}"),
        size if size < 100.0 => format!("{value:.1}"),
        size if size < 1e5 => format!("{value:.0}"),
        _large => format!("{value:.2e}"),
    };
    text.replace('-', "−")
}

fn scale_bar(scene: &mut Scene, plot: &Plot, heat: &Heat, range: &Range) {
    let (left, right) = (plot.right + BAR.0, plot.right + BAR.0 + BAR.1);
    let height = plot.bottom - plot.top;
    for line in 0..height {
        let part = 1.0 - f64::from(line) / f64::from(height);
        let y = plot.top + line;
        scene.rectangle((left, y), (right, y + 1), Pen::fill(palette::heat(part), 1.0));
    }
    let (top, bottom) = (plot.top, plot.bottom);
    let edge = vec![(left, bottom), (left, top), (right, top), (right, bottom), (left, bottom)];
    scene.path(edge, Pen::line(FRAME, 2));
    let ticks = range.ticks(f64::from(height) / 60.0);
    let mut widest = 0;
    for (tick, label) in ticks.iter().filter_map(|tick| Some((tick, tick.label.as_ref()?))) {
        let y = plot.up(tick.part);
        scene.rectangle((right, y - 1), (right + 7, y + 1), Pen::fill(FRAME, 1.0));
        scene.text(label, Face::Body, INK, HPos::Left, (right + GAP, y));
        widest = widest.max(Face::Body.width(label));
    }
    let title = Face::Body.fit(&heat.title, height);
    let at = (right + GAP + widest + Face::Body.size(), (top + bottom) / 2);
    scene.text_upwards(&title, Face::Body, INK, at);
}
