//! The lines of a panel. Each series is told apart three times over: by colour, by the pattern of
//! its line, and by the markers along it.

use crate::report::plot::chart::{Series, Style};
use crate::report::plot::columns;
use crate::report::plot::dash::{dashes, length};
use crate::report::plot::layout::Plot;
use crate::report::plot::palette::{self, Colour};
use crate::report::plot::scale::shown;
use crate::report::plot::scene::{Pen, Place, Scene};
use crate::report::plot::whiskers::{self, Cross};

/// Width of a line.
const LINE: u32 = 4;
/// Width of a bar.
const BAR: u32 = 14;
/// Half the size of a marker.
const MARKER: i32 = 8;
/// The same of a small one.
const SPECK: i32 = 3;
/// A line that is longer than this is so jagged that no pattern could be seen in it.
const LONGEST_PATTERN: f64 = 30_000.0;
/// How far apart the markers along a line are.
const MARKERS_EVERY: i32 = 220;
/// Corners of what passes for a circle, in tenths of its radius.
const ROUND: [(i32, i32); 16] = [
    (10, 0),
    (9, 4),
    (7, 7),
    (4, 9),
    (0, 10),
    (-4, 9),
    (-7, 7),
    (-9, 4),
    (-10, 0),
    (-9, -4),
    (-7, -7),
    (-4, -9),
    (0, -10),
    (4, -9),
    (7, -7),
    (9, -4),
];
/// How much further right the markers of each next series begin, lest they cover each other.
const MARKERS_SHIFT: i32 = 55;

/// How one series looks, in the panel and in the legend.
#[derive(Clone, Copy)]
pub struct Look {
    /// Its place in the panel, which gives colour and marker.
    pub index: usize,
    /// The pattern of its line.
    pub style: Style,
    /// Whether it has markers along its line.
    pub marked: bool,
    /// Whether it has a tinted area behind it.
    pub banded: bool,
    /// Whether it is grey.
    pub muted: bool,
}

/// A series on the sheet.
pub struct Drawn {
    look: Look,
    /// Its points, split where there is a gap.
    runs: Vec<Vec<Place>>,
    /// The outline of the area behind it.
    band: Vec<Place>,
    /// The intervals of its points.
    whiskers: Vec<Cross>,
}

impl Drawn {
    /// Finds where the points of `series` lie.
    pub fn new(plot: &Plot, series: &Series, look: Look) -> Drawn {
        let whiskers = whiskers::place(plot, series);
        Drawn { look, runs: runs(plot, series), band: band(plot, series), whiskers }
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty() && self.band.is_empty()
    }

    /// Its points, in order, and its whiskers: what labels keep clear of.
    pub fn places(&self) -> (impl Iterator<Item = Place> + '_, &[Cross]) {
        (self.runs.iter().flatten().copied(), &self.whiskers)
    }

    /// What its line covers, about, as upper left and lower right corners: a staircase by its
    /// steps, a line that joins points by spots along it.
    pub fn covered(&self) -> Vec<(Place, Place)> {
        let around = |pair: &[Place]| {
            let (a, b) = (pair[0], pair[1]);
            ((a.0.min(b.0) - 3, a.1.min(b.1) - 3), (a.0.max(b.0) + 3, a.1.max(b.1) + 3))
        };
        let of_run = |run: &Vec<Place>| -> Vec<(Place, Place)> {
            match self.look.style {
                Style::Step => stepped(run).windows(2).map(around).collect(),
                Style::Joined => {
                    dashes(run, 1.0, 10.0).iter().map(|it| around(&[it[0], it[0]])).collect()
                }
                _no_names => Vec::new(),
            }
        };
        self.runs.iter().flat_map(of_run).collect()
    }

    /// Draws the area under the line; before all lines, lest it tints them.
    pub fn draw_area(&self, scene: &mut Scene, plot: &Plot) {
        for run in self.runs.iter().filter(|_| self.look.style == Style::Area) {
            let (first, last) = (run[0].0, run[run.len() - 1].0);
            let edge = [(last, plot.bottom), (first, plot.bottom)];
            self.look.tint(scene, run.iter().copied().chain(edge).collect());
        }
        for run in self.runs.iter().filter(|_| self.look.style == Style::Columns) {
            for pair in run.windows(2) {
                columns::draw(scene, self.look, pair[0], (pair[1].0, plot.bottom));
            }
        }
        if !self.band.is_empty() {
            self.look.tint(scene, self.band.clone());
        }
    }

    /// Draws lines and markers.
    pub fn draw_line(&self, scene: &mut Scene, plot: &Plot) {
        let look = self.look;
        let mut next_marker = plot.left + look.index as i32 % 4 * MARKERS_SHIFT + MARKERS_SHIFT / 2;
        self.whiskers.iter().for_each(|cross| cross.draw(scene, look.colour()));
        for run in self.runs.iter().filter(|_| look.style != Style::Columns) {
            if look.style == Style::Joined {
                look.draw_run(scene, run);
            }
            if look.style.is_marked() {
                run.iter().for_each(|place| look.marker(scene, *place));
                continue;
            }
            look.draw_run(scene, run);
            for place in run.iter().filter(|_| look.marked && look.style != Style::Bar) {
                if place.0 >= next_marker {
                    look.marker(scene, *place);
                    next_marker = place.0 + MARKERS_EVERY;
                }
            }
        }
    }
}

/// The points on the sheet, split where there is a gap.
fn runs(plot: &Plot, series: &Series) -> Vec<Vec<Place>> {
    let mut runs: Vec<Vec<Place>> = Vec::new();
    let mut gap = true;
    for (seconds, value) in &series.points {
        let (Some(x), Some(y)) = (shown(*seconds), value.and_then(shown)) else {
            gap = true;
            continue;
        };
        let place = (plot.across(plot.x.part(x)), plot.up(plot.y.part(y)));
        if gap {
            runs.push(Vec::new());
        }
        gap = false;
        runs.last_mut().expect("a run was begun").push(place);
    }
    match series.style {
        // Each of these is seen by itself.
        Style::Points | Style::Hollow | Style::Joined | Style::Columns | Style::Specks => runs,
        Style::Line | Style::Dashed | Style::Dotted | Style::Step | Style::Area | Style::Bar => {
            runs.iter().map(|run| thinned(run)).collect()
        }
    }
}

/// The outline of the area behind a series: along its lower edge, and back along the upper one.
fn band(plot: &Plot, series: &Series) -> Vec<Place> {
    let at = |x: f64, y: f64| {
        Some((plot.across(plot.x.part(shown(x)?)), plot.up(plot.y.part(shown(y)?))))
    };
    let lower = series.band.iter().filter_map(|(x, low, _)| at(*x, *low));
    let upper = series.band.iter().rev().filter_map(|(x, _, high)| at(*x, *high));
    lower.chain(upper).collect()
}

/// Of many points in one column of pixels only the first, lowest, highest and last can be seen.
fn thinned(run: &[Place]) -> Vec<Place> {
    let mut kept = Vec::new();
    for column in run.chunk_by(|a, b| a.0 == b.0) {
        let last = column.len() - 1;
        let lowest = (0..=last).max_by_key(|index| column[*index].1).unwrap_or(0);
        let highest = (0..=last).min_by_key(|index| column[*index].1).unwrap_or(0);
        let mut seen = [0, lowest, highest, last];
        seen.sort_unstable();
        kept.extend(seen.chunk_by(|a, b| a == b).map(|same| column[same[0]]));
    }
    kept
}

/// A line that holds each value until the next.
fn stepped(run: &[Place]) -> Vec<Place> {
    let corner = |pair: &[Place]| [(pair[1].0, pair[0].1), pair[1]];
    run.first().copied().into_iter().chain(run.windows(2).flat_map(corner)).collect()
}

impl Style {
    /// Whether each of its points has a marker.
    pub fn is_marked(self) -> bool {
        [Style::Points, Style::Hollow, Style::Joined, Style::Specks].contains(&self)
    }
}

impl Look {
    /// That of a series at this place in its panel, where lines are `marked` to tell them apart.
    pub fn of(series: &Series, place: usize, marked: bool) -> Look {
        let index = series.like.unwrap_or(place);
        Look {
            index,
            style: series.style,
            marked,
            banded: !series.band.is_empty(),
            muted: series.muted,
        }
    }

    /// The colour of its lines and markers.
    pub fn colour(self) -> Colour {
        if self.muted { palette::MUTED } else { palette::series(self.index) }
    }

    fn draw_run(self, scene: &mut Scene, run: &[Place]) {
        match run {
            // A line of one point would not be seen.
            [only] if self.style == Style::Bar => {
                scene.disc(*only, BAR / 2, Pen::fill(self.colour(), 1.0));
            }
            [only] => scene.disc(*only, LINE + 1, Pen::fill(self.colour(), 1.0)),
            _ if self.style == Style::Step => self.stroke(scene, &stepped(run)),
            _ => self.stroke(scene, run),
        }
    }

    /// A line in the pattern of the series.
    pub fn stroke(self, scene: &mut Scene, places: &[Place]) {
        let pen = Pen::line(self.colour(), LINE);
        // Line ends are round, so that a dash is longer and a gap shorter by the width of the line.
        let jagged = length(places) > LONGEST_PATTERN;
        match self.style {
            Style::Dashed | Style::Dotted if jagged => scene.path(places.to_vec(), pen),
            Style::Line | Style::Step | Style::Area | Style::Joined => {
                scene.path(places.to_vec(), pen)
            }
            Style::Dashed => {
                dashes(places, 14.0, 12.0).into_iter().for_each(|d| scene.path(d, pen));
            }
            Style::Dotted => dashes(places, 1.0, 9.0).into_iter().for_each(|d| scene.path(d, pen)),
            Style::Points | Style::Hollow | Style::Columns | Style::Specks => {}
            Style::Bar => {
                scene.path(places.to_vec(), Pen::line(self.colour(), BAR));
            }
        }
    }

    /// The pale area under a line.
    pub fn tint(self, scene: &mut Scene, outline: Vec<Place>) {
        scene.polygon(outline, Pen::fill(self.colour(), 0.22));
    }

    /// A marker, full or hollow: disc, square, triangle or diamond. A rim of paper lifts it off the
    /// lines.
    pub fn marker(self, scene: &mut Scene, at: Place) {
        if self.style == Style::Specks {
            return self.marker_of(scene, at, SPECK, Pen::fill(self.colour(), 0.6));
        }
        if self.style == Style::Hollow {
            return scene.path(self.outline(at), Pen::line(self.colour(), 3));
        }
        self.marker_of(scene, at, MARKER + 2, Pen::fill(palette::PAPER, 1.0));
        self.marker_of(scene, at, MARKER, Pen::fill(self.colour(), 1.0));
    }

    /// The outline of a hollow marker, wide enough that a full one inside it can be seen.
    fn outline(self, (x, y): Place) -> Vec<Place> {
        let half = MARKER + 4;
        let corners: Vec<Place> = match self.index % 4 {
            0 => {
                ROUND.iter().map(|(across, down)| (half * across / 10, half * down / 10)).collect()
            }
            1 => vec![(-half, -half), (half, -half), (half, half), (-half, half)],
            2 => vec![(0, -half - 5), (half + 4, half), (-half - 4, half)],
            _ => vec![(0, -half - 3), (half + 3, 0), (0, half + 3), (-half - 3, 0)],
        };
        let first = corners[0];
        corners.into_iter().chain([first]).map(|(across, down)| (x + across, y + down)).collect()
    }

    fn marker_of(self, scene: &mut Scene, (x, y): Place, half: i32, pen: Pen) {
        match self.index % 4 {
            0 => scene.disc((x, y), half.unsigned_abs(), pen),
            1 => scene.rectangle((x - half, y - half), (x + half, y + half), pen),
            2 => {
                let (top, foot) = (y - half - 2, y + half);
                scene.polygon(vec![(x, top), (x + half + 2, foot), (x - half - 2, foot)], pen);
            }
            _ => {
                let half = half + 2;
                let corners = vec![(x, y - half), (x + half, y), (x, y + half), (x - half, y)];
                scene.polygon(corners, pen);
            }
        }
    }
}
