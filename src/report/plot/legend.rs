//! The heading of a panel: its title, a remark on its scale, and which line is which.

use plotters_backend::text_anchor::HPos;

use crate::report::plot::chart::{Panel, Scale, Style};
use crate::report::plot::columns;
use crate::report::plot::layout::{GAP, Plot};
use crate::report::plot::palette::{FAINT_INK, INK};
use crate::report::plot::scale::Range;
use crate::report::plot::scene::{Place, Scene};
use crate::report::plot::series::Look;
use crate::report::plot::text::Face;

/// Height of one row of the heading.
const ROW: i32 = 40;
/// Length of the sample of a line.
const SAMPLE: i32 = 92;
/// Between a sample and its name.
const TO_NAME: i32 = 12;
/// Between one entry and the next.
const APART: i32 = 40;

/// A heading that knows where its entries go.
pub struct Legend {
    rows: i32,
    /// For each series: left end of its sample, and the row, from 0.
    entries: Vec<(i32, i32)>,
    title: String,
    remark: &'static str,
}

impl Legend {
    /// Places the entries at the right of the title if all fit there, else in rows beneath it.
    pub fn place(panel: &Panel, left: i32, right: i32) -> Legend {
        let remark = remark(panel);
        let title = Face::Heading.fit(&panel.title, right - left - 2 * APART);
        let taken = Face::Heading.width(&title) + GAP + Face::Note.width(remark);
        let widths: Vec<i32> = panel.series.iter().map(|s| width(&s.label, right - left)).collect();
        let total: i32 = widths.iter().filter(|it| **it > 0).map(|width| width + APART).sum();
        let beside = taken + total <= right - left;
        let alone = title.is_empty() && remark.is_empty();
        let (start, row) = match beside {
            true => (right - total + APART, 0),
            false => (left, if alone { 0 } else { 1 }),
        };
        let entries = flow(&widths, (left, right), start, row);
        let rows = entries.last().map_or(0, |entry| entry.1) + 1;
        let empty = alone && entries.is_empty();
        Legend { rows: if empty { 0 } else { rows }, entries, title, remark }
    }

    /// The room it takes above the panel.
    pub fn height(&self) -> i32 {
        if self.rows == 0 { GAP } else { self.rows * ROW + GAP }
    }

    /// Draws it above `plot`.
    pub fn draw(&self, scene: &mut Scene, plot: &Plot, panel: &Panel) {
        let first = plot.top - self.height() + ROW / 2;
        scene.text(&self.title, Face::Heading, INK, HPos::Left, (plot.left, first));
        let after = plot.left + Face::Heading.width(&self.title);
        let after = if self.title.is_empty() { after } else { after + GAP };
        scene.text(self.remark, Face::Note, FAINT_INK, HPos::Left, (after, first + 1));
        let several = panel.series.len() > 1;
        for (index, (series, (x, row))) in panel.series.iter().zip(&self.entries).enumerate() {
            if series.label.is_empty() {
                continue;
            }
            let at = (*x, first + row * ROW);
            let look = Look::of(series, index, several);
            draw_sample(scene, look, at);
            let name = Face::Body.fit(&series.label, plot.right - plot.left - SAMPLE - TO_NAME);
            let name_at = (at.0 + SAMPLE + TO_NAME, at.1);
            scene.text(&name, Face::Body, INK, HPos::Left, name_at);
        }
    }
}

/// What a reader must know about the vertical axis.
fn remark(panel: &Panel) -> &'static str {
    match (panel.scale, Range::of_panel(panel).zero) {
        (Scale::Linear, _) => "",
        (Scale::Nines, _) => "stretched towards 100 %",
        (Scale::Log, false) => "log scale",
        (Scale::Log, true) => "log scale, zero on the lower edge",
    }
}

/// A series without a name has no entry.
fn width(label: &str, room: i32) -> i32 {
    if label.is_empty() {
        return 0;
    }
    (SAMPLE + TO_NAME + Face::Body.width(label)).min(room)
}

/// Fills rows from left to right.
fn flow(widths: &[i32], (left, right): (i32, i32), start: i32, row: i32) -> Vec<(i32, i32)> {
    let (mut x, mut row) = (start, row);
    let mut places = Vec::new();
    for width in widths {
        if *width > 0 && x > left && x + width > right {
            (x, row) = (left, row + 1);
        }
        places.push((x, row));
        x += if *width > 0 { width + APART } else { 0 };
    }
    places
}

fn draw_sample(scene: &mut Scene, look: Look, (x, y): Place) {
    if look.style == Style::Columns {
        return columns::draw(scene, look, (x + SAMPLE / 4, y - 13), (x + 3 * SAMPLE / 4, y + 13));
    }
    if look.style == Style::Area || look.banded {
        look.tint(scene, vec![(x, y), (x + SAMPLE, y), (x + SAMPLE, y + 13), (x, y + 13)]);
    }
    look.stroke(scene, &[(x, y), (x + SAMPLE, y)]);
    let look = match look.style {
        Style::Specks => Look { style: Style::Points, ..look },
        _ => look,
    };
    if look.marked && look.style != Style::Bar || look.style.is_marked() {
        look.marker(scene, (x + SAMPLE / 2, y));
    }
}
