//! Where everything goes: the sheet, the margins and the panels, from the top down.

use plotters_backend::text_anchor::HPos;

use crate::report::plot::chart::Chart;
use crate::report::plot::heat;
use crate::report::plot::legend::Legend;
use crate::report::plot::palette::{FAINT_INK, FRAME, GRID, INK};
use crate::report::plot::panel;
use crate::report::plot::scale::{Range, Tick};
use crate::report::plot::scene::{Pen, Scene};
use crate::report::plot::shades::Shades;
use crate::report::plot::text::Face;

/// Width of the sheet in units. Shown at half of this, the smallest text is still legible.
const WIDTH: i32 = 1800;
/// Free space at the edges of the sheet.
pub const MARGIN: i32 = 36;
/// Room for the title of a vertical axis and between it and the labels of its ticks.
const Y_TITLE: i32 = 52;
/// Between a panel and what stands beside or beneath it.
pub const GAP: i32 = 14;
/// Room beneath the lowest panel for the labels of its ticks and the title of the axis.
const X_TITLE: i32 = 92;
/// Between one panel and the heading of the next.
const BETWEEN: i32 = 34;
/// How far apart the labels of the shared axis are, at least.
const X_TICKS_EVERY: f64 = 115.0;
/// How far apart the labels of a vertical axis are, at least.
const Y_TICKS_EVERY: f64 = 60.0;

/// A rectangle on the sheet, and what its axes make of seconds and values.
#[derive(Clone)]
pub struct Plot {
    /// The frame of the panel.
    pub left: i32,
    pub right: i32,
    pub top: i32,
    pub bottom: i32,
    /// The axis that all panels share.
    pub x: Range,
    /// The vertical axis.
    pub y: Range,
}

impl Plot {
    /// Where a part of the shared axis lies, 0 at its beginning and 1 at its end.
    pub fn across(&self, part: f64) -> i32 {
        self.left + libm::round(part * f64::from(self.right - self.left)) as i32
    }

    /// Where a part of the vertical axis lies, 0 at its lower end.
    pub fn up(&self, part: f64) -> i32 {
        self.bottom - libm::round(part * f64::from(self.bottom - self.top)) as i32
    }

    /// The ticks of the shared axis.
    pub fn x_ticks(&self) -> Vec<Tick> {
        self.x.ticks(f64::from(self.right - self.left) / X_TICKS_EVERY)
    }

    /// The ticks of the vertical axis.
    pub fn y_ticks(&self) -> Vec<Tick> {
        y_ticks(&self.y, self.bottom - self.top)
    }
}

fn y_ticks(range: &Range, height: i32) -> Vec<Tick> {
    range.ticks(f64::from(height) / Y_TICKS_EVERY)
}

/// How high a panel is when there are so many of them.
fn height_of_each(panels: usize) -> i32 {
    match panels {
        0 | 1 => 560,
        2 => 400,
        _ => 320,
    }
}

/// Lays a whole chart out.
pub fn lay_out(chart: &Chart) -> Scene {
    let x = shared_axis(chart);
    let left = left_of_panels(chart);
    let heated = chart.panels.iter().any(|panel| panel.heat.is_some());
    let right = WIDTH - MARGIN - GAP - if heated { heat::BAR_ROOM } else { 0 };
    let shades = Shades::place(&chart.shades, &x, left, right);
    let first = MARGIN + heading_height(chart) + shades.height();
    let plots = plots(chart, &x, (left, right), first);
    let end = plots.last().map_or(first, |(plot, _)| plot.bottom);

    let notes = lines(&chart.notes, right - left);
    let room = notes.len() as i32 * line_height() + if notes.is_empty() { 0 } else { GAP };
    let mut scene = Scene::new(WIDTH, end + X_TITLE + room + MARGIN / 2);
    write_heading(&mut scene, chart);
    shades.draw_bars(&mut scene, first - shades.height());
    for ((plot, legend), panel) in plots.iter().zip(&chart.panels) {
        draw_grid(&mut scene, plot);
        shades.draw_windows(&mut scene, plot);
        panel::draw(&mut scene, plot, panel, legend);
    }
    if let Some((plot, _)) = plots.last() {
        draw_shared_axis(&mut scene, plot, &chart.x.title);
    }
    let mut middle = end + X_TITLE + GAP;
    for note in notes {
        scene.text(&note, Face::Note, INK, HPos::Left, (left, middle));
        middle += line_height();
    }
    scene
}

/// From one note to the next.
fn line_height() -> i32 {
    Face::Note.size() * 3 / 2
}

/// The notes, broken between words where they are wider than the panels.
fn lines(notes: &[String], room: i32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for note in notes {
        lines.push(String::new());
        for word in note.split_inclusive(' ') {
            let longer = format!("{}{word}", lines.last().map_or("", String::as_str));
            match Face::Note.width(longer.trim_end()) <= room {
                true => *lines.last_mut().expect("one was begun") = longer,
                // What goes on stands under the text, not under its number.
                false => lines.push(format!("      {word}")),
            }
        }
    }
    lines.iter().map(|line| Face::Note.fit(line.trim_end(), room)).collect()
}

fn shared_axis(chart: &Chart) -> Range {
    let points = || chart.panels.iter().flat_map(|p| &p.series).flat_map(|s| &s.points);
    let hints = [chart.x.from, chart.x.to];
    let known = hints.iter().flatten().copied().chain(points().map(|point| point.0));
    if known.into_iter().any(f64::is_finite) {
        let bands = chart.panels.iter().flat_map(|p| &p.series).flat_map(|s| &s.band);
        let whiskers = chart.panels.iter().flat_map(|p| &p.series).flat_map(|s| &s.whiskers);
        let across = whiskers.filter_map(|it| it.across).flat_map(|(low, high)| [low, high]);
        let all = points().map(|point| point.0).chain(bands.map(|band| band.0)).chain(across);
        return Range::of_axis(&chart.x, all);
    }
    Range::of_axis(&chart.x, chart.shades.iter().flat_map(|shade| [shade.from, shade.to]))
}

/// All panels begin at the same place, right of the widest label.
fn left_of_panels(chart: &Chart) -> i32 {
    let height = height_of_each(chart.panels.len());
    let ticks = chart.panels.iter().flat_map(|panel| y_ticks(&Range::of_panel(panel), height));
    let labels = ticks.filter_map(|tick| tick.label);
    let widest = labels.map(|label| Face::Body.width(&label)).max().unwrap_or(0);
    MARGIN + Y_TITLE + widest + GAP
}

fn plots(chart: &Chart, x: &Range, (left, right): (i32, i32), first: i32) -> Vec<(Plot, Legend)> {
    let mut top = first;
    let height = height_of_each(chart.panels.len());
    let mut placed = Vec::new();
    for panel in &chart.panels {
        let legend = Legend::place(panel, left, right);
        top += legend.height();
        let y = Range::of_panel(panel);
        placed.push((Plot { left, right, top, bottom: top + height, x: x.clone(), y }, legend));
        top += height + BETWEEN;
    }
    placed
}

fn heading_height(chart: &Chart) -> i32 {
    let line = |text: &str, face: Face| if text.is_empty() { 0 } else { face.size() + GAP };
    line(&chart.title, Face::Title) + line(&chart.subtitle, Face::Body)
}

fn write_heading(scene: &mut Scene, chart: &Chart) {
    let mut top = MARGIN;
    let lines = [(&chart.title, Face::Title, INK), (&chart.subtitle, Face::Body, FAINT_INK)];
    for (text, face, colour) in lines.into_iter().filter(|(text, ..)| !text.is_empty()) {
        let text = face.fit(text, WIDTH - 2 * MARGIN);
        scene.text(&text, face, colour, HPos::Left, (MARGIN, top + face.size() / 2));
        top += face.size() + GAP;
    }
}

fn draw_grid(scene: &mut Scene, plot: &Plot) {
    let pen = Pen::fill(GRID, 1.0);
    for tick in plot.x_ticks().iter().filter(|tick| tick.label.is_some()) {
        let x = plot.across(tick.part);
        scene.rectangle((x - 1, plot.top), (x + 1, plot.bottom), pen);
    }
    for tick in plot.y_ticks().iter().filter(|tick| tick.label.is_some()) {
        let y = plot.up(tick.part);
        scene.rectangle((plot.left, y - 1), (plot.right, y + 1), pen);
    }
}

fn draw_shared_axis(scene: &mut Scene, plot: &Plot, title: &str) {
    let labels = plot.bottom + GAP + Face::Body.size() / 2;
    for tick in plot.x_ticks() {
        let x = plot.across(tick.part);
        let label = tick.label.unwrap_or_default();
        scene.rectangle((x - 1, plot.bottom), (x + 1, plot.bottom + 7), Pen::fill(FRAME, 1.0));
        scene.text(&label, Face::Body, INK, HPos::Center, (x, labels));
    }
    let middle = (plot.left + plot.right) / 2;
    let title = Face::Body.fit(title, plot.right - plot.left);
    scene.text(&title, Face::Body, INK, HPos::Center, (middle, labels + Face::Body.size() + GAP));
}
