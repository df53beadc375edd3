//! The intervals of single points: a thin line with a cap at each end, up, across or both.

use crate::report::plot::chart::Series;
use crate::report::plot::layout::Plot;
use crate::report::plot::palette::Colour;
use crate::report::plot::scale::shown;
use crate::report::plot::scene::{Pen, Place, Scene};

/// Half the length of a cap.
const CAP: i32 = 8;
/// Width of the lines.
const LINE: u32 = 2;

/// The interval of one point on the sheet: pairs of ends.
pub struct Cross {
    /// From left to right.
    pub across: Option<(Place, Place)>,
    /// From the lower end to the upper one.
    pub up: Option<(Place, Place)>,
}

/// Finds where the intervals of `series` lie.
pub fn place(plot: &Plot, series: &Series) -> Vec<Cross> {
    let x = |value: f64| shown(value).map(|value| plot.across(plot.x.part(value)));
    let y = |value: f64| shown(value).map(|value| plot.up(plot.y.part(value)));
    let crosses = series.whiskers.iter().filter_map(|whisker| {
        let (at_x, at_y) = (x(whisker.at.0)?, y(whisker.at.1)?);
        let across = whisker.across.and_then(|(low, high)| Some((x(low)?, x(high)?)));
        let up = whisker.up.and_then(|(low, high)| Some((y(low)?, y(high)?)));
        Some(Cross {
            across: across.map(|(low, high)| ((low, at_y), (high, at_y))),
            up: up.map(|(low, high)| ((at_x, low), (at_x, high))),
        })
    });
    crosses.collect()
}

impl Cross {
    /// Draws it. One so short that the marker covers it is left out.
    pub fn draw(&self, scene: &mut Scene, colour: Colour) {
        let pen = Pen::line(colour, LINE);
        let cap = |scene: &mut Scene, (x, y): Place, (across, down): Place| {
            scene.path(vec![(x - across, y - down), (x + across, y + down)], pen);
        };
        for ((low, high), along) in [(self.up, (CAP, 0)), (self.across, (0, CAP))]
            .into_iter()
            .filter_map(|(ends, along)| Some((ends?, along)))
            .filter(|((low, high), _)| low != high)
        {
            scene.path(vec![low, high], pen);
            cap(scene, low, along);
            cap(scene, high, along);
        }
    }

    /// The rectangles that it covers, as upper left and lower right corners.
    pub fn covered(&self) -> impl Iterator<Item = (Place, Place)> {
        let around = |(a, b): (Place, Place)| {
            let (left, right) = (a.0.min(b.0), a.0.max(b.0));
            let (top, bottom) = (a.1.min(b.1), a.1.max(b.1));
            ((left - 3, top - 3), (right + 3, bottom + 3))
        };
        self.across.into_iter().chain(self.up).map(around)
    }
}
