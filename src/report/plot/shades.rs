//! Windows of trouble: pale bands through all panels, and above the first panel a strip of bars
//! that say what each band is. Bars that would touch lie in different rows.

use plotters_backend::text_anchor::HPos;

use crate::report::plot::chart::Shade;
use crate::report::plot::layout::{GAP, Plot};
use crate::report::plot::palette::{self, FAINT_INK, INK};
use crate::report::plot::scale::{Range, shown};
use crate::report::plot::scene::{Pen, Scene};
use crate::report::plot::text::Face;

/// Height of one row of the strip.
const ROW: i32 = 34;
/// Height of a bar.
const BAR: i32 = 28;
/// Between a bar and its label beside it, and between one label and the next bar.
const BESIDE: i32 = 10;
/// Rows of the strip, at most; what does not fit is counted instead.
const MOST_ROWS: usize = 6;
/// A window narrower than this is drawn as a moment.
const NARROW: i32 = 3;

/// One window on the sheet.
struct Band {
    left: i32,
    right: i32,
    colour: usize,
    label: String,
    /// Where the label goes, and which end of it is there; none if no row had room.
    place: Option<(usize, i32, HPos)>,
}

/// All windows of a chart.
pub struct Shades {
    bands: Vec<Band>,
    rows: usize,
    right: i32,
}

impl Shades {
    /// Finds a row for each window.
    pub fn place(shades: &[Shade], x: &Range, left: i32, right: i32) -> Shades {
        let across = |part: f64| left + libm::round(part * f64::from(right - left)) as i32;
        let end = |value: f64| if value.is_nan() { None } else { Some(across(x.part(value))) };
        let visible = shades.iter().filter(|shade| shown(shade.from).is_some());
        let mut bands: Vec<Band> = visible
            .filter_map(|shade| Some((end(shade.from)?, end(shade.to)?, shade)))
            .map(|(from, to, shade)| Band::new(from, to.max(from), shade, right - left))
            .collect();
        bands.sort_by_key(|band| (band.left, band.right));
        let mut rows: Vec<Vec<(i32, i32)>> = Vec::new();
        for band in &mut bands {
            band.find_row(&mut rows, left, right);
        }
        Shades { bands, rows: rows.len(), right }
    }

    /// The room that the strip takes.
    pub fn height(&self) -> i32 {
        if self.rows == 0 { 0 } else { self.rows as i32 * ROW + GAP }
    }

    /// Draws the strip.
    pub fn draw_bars(&self, scene: &mut Scene, top: i32) {
        for band in &self.bands {
            if let Some((row, x, side)) = band.place {
                let middle = top + GAP / 2 + row as i32 * ROW + ROW / 2;
                let pen = Pen::fill(palette::shade(band.colour), 0.55);
                let (from, to) = band.widened();
                scene.rectangle((from, middle - BAR / 2), (to, middle + BAR / 2), pen);
                scene.text(&band.label, Face::Note, INK, side, (x, middle));
            }
        }
        let missing = self.bands.iter().filter(|band| band.place.is_none()).count();
        if missing > 0 {
            let text = format!("and {missing} more");
            let at = (self.right, top - Face::Note.size() / 2);
            scene.text(&text, Face::Note, FAINT_INK, HPos::Right, at);
        }
    }

    /// Draws the bands in one panel.
    pub fn draw_windows(&self, scene: &mut Scene, plot: &Plot) {
        for band in &self.bands {
            let colour = palette::shade(band.colour);
            if band.right - band.left >= NARROW {
                let pen = Pen::fill(colour, 0.16);
                scene.rectangle((band.left, plot.top), (band.right, plot.bottom), pen);
            }
            // Edges keep overlapping bands apart, also without colour.
            for x in [band.left, band.right] {
                let pen = Pen::fill(colour, 0.6);
                scene.rectangle((x - 1, plot.top), (x + 1, plot.bottom), pen);
            }
        }
    }
}

impl Band {
    fn new(left: i32, right: i32, shade: &Shade, room: i32) -> Band {
        let label = Face::Note.fit(&shade.label, room / 2);
        Band { left, right, colour: shade.colour, label, place: None }
    }

    /// The ends of its bar: a moment gets one that can be seen.
    fn widened(&self) -> (i32, i32) {
        let narrow = self.right - self.left < NARROW;
        if narrow { (self.left - 3, self.right + 3) } else { (self.left, self.right) }
    }

    /// The first row with room; a new one if there is none and the strip may still grow.
    fn find_row(&mut self, rows: &mut Vec<Vec<(i32, i32)>>, left: i32, right: i32) {
        let (x, side, taken) = self.place_label(left, right);
        let free = |row: &Vec<(i32, i32)>| {
            row.iter().all(|(from, to)| taken.1 + BESIDE <= *from || *to + BESIDE <= taken.0)
        };
        let row = rows.iter().position(free).unwrap_or(rows.len());
        if row == MOST_ROWS {
            return;
        }
        if row == rows.len() {
            rows.push(Vec::new());
        }
        rows[row].push(taken);
        self.place = Some((row, x, side));
    }

    /// Inside the bar if it fits there, else at its right, else at its left; and what bar and label
    /// take up together.
    fn place_label(&self, left: i32, right: i32) -> (i32, HPos, (i32, i32)) {
        let (from, to) = self.widened();
        let width = Face::Note.width(&self.label);
        if width + BESIDE <= to - from {
            ((from + to) / 2, HPos::Center, (from, to))
        } else if to + BESIDE + width <= right {
            (to + BESIDE, HPos::Left, (from, to + BESIDE + width))
        } else if from - BESIDE - width >= left {
            (from - BESIDE, HPos::Right, (from - BESIDE - width, to))
        } else {
            let middle = ((from + to) / 2).clamp(left + width / 2, right - width / 2);
            (middle, HPos::Center, (from.min(middle - width / 2), to.max(middle + width / 2)))
        }
    }
}
