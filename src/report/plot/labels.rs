//! Names beside points. Each goes where it covers no marker, no whisker and no other name; if there
//! is no such place close by, it goes further off, with a line back to its point that crosses no
//! name. Many names of one point stand in lines below each other.

use plotters_backend::text_anchor::HPos;

use crate::report::plot::chart::Panel;
use crate::report::plot::layout::Plot;
use crate::report::plot::palette::{FAINT_INK, INK};
use crate::report::plot::scene::{Pen, Place, Scene};
use crate::report::plot::series::Drawn;
use crate::report::plot::text::Face;

/// Half of what a marker covers.
const MARKER: i32 = 12;
/// How far names may go from their points, in turn; beyond the first a line leads back.
const DISTANCES: [i32; 10] = [18, 34, 58, 88, 126, 170, 220, 280, 350, 430];
/// Directions in turn: right, left, up, down, and between.
const DIRECTIONS: [(i32, i32); 8] =
    [(1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1)];

/// The height of a line of names.
fn line_height() -> i32 {
    Face::Note.size() + 4
}

/// Upper left and lower right corner.
type Box = (Place, Place);

/// Writes the names of all series, those that are not grey first.
pub fn draw(scene: &mut Scene, plot: &Plot, panel: &Panel, drawn: &[Drawn]) {
    if panel.series.iter().all(|series| series.names.is_empty()) {
        return;
    }
    let mut taken = obstacles(drawn);
    let mut order: Vec<usize> = (0..drawn.len()).collect();
    order.sort_by_key(|place| panel.series[*place].muted);
    for place in order {
        let series = &panel.series[place];
        let named = series.names.iter().zip(drawn[place].places().0);
        for (name, at) in named.filter(|(name, _)| !name.is_empty()) {
            let lines = lines(name, (plot.right - plot.left) / 4);
            let width = lines.iter().map(|line| Face::Note.width(line)).max().unwrap_or(0);
            let (room, far) = find(plot, &taken, at, (width, lines.len() as i32));
            taken.push(room);
            let ink = if series.muted { FAINT_INK } else { INK };
            if far {
                scene.path(vec![at, nearest(room, at)], Pen::line(FAINT_INK, 1));
            }
            let mut middle = room.0.1 + line_height() / 2;
            for line in lines {
                scene.text(&line, Face::Note, ink, HPos::Left, (room.0.0 + 2, middle));
                middle += line_height();
            }
        }
    }
}

fn obstacles(drawn: &[Drawn]) -> Vec<Box> {
    let mut taken = Vec::new();
    for series in drawn {
        taken.extend(series.covered());
        let (places, whiskers) = series.places();
        taken.extend(places.map(|(x, y)| ((x - MARKER, y - MARKER), (x + MARKER, y + MARKER))));
        taken.extend(whiskers.iter().flat_map(|cross| cross.covered()));
    }
    taken
}

/// The names of one point, in lines of at most this width where one name is not wider.
fn lines(names: &str, width: i32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for name in names.split_inclusive(", ") {
        match lines.last_mut() {
            Some(line) if Face::Note.width(&format!("{line}{}", name.trim_end())) <= width => {
                line.push_str(name);
            }
            _full => lines.push(name.to_string()),
        }
    }
    lines.iter().map(|line| Face::Note.fit(line.trim_end(), width * 3)).collect()
}

/// The first room that covers nothing, else the one that covers least; and whether it is far off.
fn find(plot: &Plot, taken: &[Box], at: Place, size: (i32, i32)) -> (Box, bool) {
    let mut best: Option<(i64, Box, bool)> = None;
    for (turn, distance) in DISTANCES.into_iter().enumerate() {
        for direction in DIRECTIONS {
            let room = beside(at, direction, distance, size);
            let outside = overlap(room, room) - overlap(room, frame(plot));
            let covered: i64 = taken.iter().map(|other| overlap(room, *other)).sum();
            // Better over a marker than cut off.
            let crossed = if turn > 0 { crossed(taken, at, nearest(room, at)) } else { 0 };
            // A line over a name is legible still, a name over a name is not.
            let cost = 1_000 * (covered + 50 * outside) + crossed;
            if best.is_none_or(|(least, ..)| cost < least) {
                best = Some((cost, room, turn > 0));
            }
            if cost == 0 {
                return (room, turn > 0);
            }
        }
    }
    best.map_or((((0, 0), (0, 0)), false), |(_, room, far)| (room, far))
}

fn frame(plot: &Plot) -> Box {
    ((plot.left + 4, plot.top + 4), (plot.right - 4, plot.bottom - 4))
}

/// Room for a name in this direction from a point.
fn beside((x, y): Place, (right, down): Place, distance: i32, (width, lines): (i32, i32)) -> Box {
    let (width, height) = (width + 4, lines * line_height());
    let left = match right {
        1 => x + distance,
        -1 => x - distance - width,
        _centred => x - width / 2,
    };
    // Sideways names stand a little nearer above and below.
    let top = match down {
        1 => y + distance * 2 / 3,
        -1 => y - distance * 2 / 3 - height,
        _centred => y - height / 2,
    };
    ((left, top), (left + width, top + height))
}

/// The area that two share.
fn overlap(one: Box, other: Box) -> i64 {
    let across = one.1.0.min(other.1.0) - one.0.0.max(other.0.0);
    let down = one.1.1.min(other.1.1) - one.0.1.max(other.0.1);
    i64::from(across.max(0)) * i64::from(down.max(0))
}

/// How much of a line from a point lies over what is taken, but for what is at the point itself.
fn crossed(taken: &[Box], from: Place, to: Place) -> i64 {
    const STEPS: i32 = 40;
    let at = |step| {
        let along = |from: i32, to: i32| from + (to - from) * step / STEPS;
        (along(from.0, to.0), along(from.1, to.1))
    };
    let is_in = |(x, y): Place, room: &Box| {
        (room.0.0..=room.1.0).contains(&x) && (room.0.1..=room.1.1).contains(&y)
    };
    let others = taken.iter().filter(|room| !is_in(from, room));
    let over = |room: &Box| (0..=STEPS).filter(|step| is_in(at(*step), room)).count() as i64;
    others.map(over).sum()
}

/// The place of a rectangle that is nearest to a point.
fn nearest(room: Box, (x, y): Place) -> Place {
    (x.clamp(room.0.0, room.1.0), y.clamp(room.0.1, room.1.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::chart::{Axis, Panel};
    use crate::report::plot::scale::Range;

    #[test]
    fn names_of_crowded_points_cover_nothing() {
        let x = Range::of_axis(&Axis::default(), std::iter::empty());
        let y = Range::of_panel(&Panel::default());
        let plot = Plot { left: 100, right: 1700, top: 50, bottom: 600, x, y };
        // Two dozen points in a corner and along an edge.
        let points: Vec<Place> =
            (0..24).map(|i| (120 + 9 * (i % 6) + 500 * (i / 12), 70 + 40 * (i / 6))).collect();
        let around = |(x, y): Place| ((x - MARKER, y - MARKER), (x + MARKER, y + MARKER));
        let mut taken: Vec<Box> = points.iter().copied().map(around).collect();
        for at in points {
            let (room, _) = find(&plot, &taken, at, (120, 1));
            assert!(taken.iter().all(|other| overlap(room, *other) == 0), "{at:?} {room:?}");
            assert_eq!(overlap(room, frame(&plot)), overlap(room, room), "{at:?} is cut off");
            taken.push(room);
        }
    }
}
