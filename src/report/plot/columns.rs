//! Columns of histograms and of bars: tinted, outlined, and hatched so that they can be told apart
//! without colour.

use crate::report::plot::scene::{Pen, Place, Scene};
use crate::report::plot::series::Look;

/// From one line of the hatching to the next.
const EVERY: i32 = 16;

/// Draws one between two corners, the upper left and the lower right.
pub fn draw(scene: &mut Scene, look: Look, (left, top): Place, (right, bottom): Place) {
    if top >= bottom || left >= right {
        return;
    }
    let colour = look.colour();
    scene.rectangle((left, top), (right, bottom), Pen::fill(colour, 0.3));
    let (rising, falling) = match look.index % 4 {
        0 => (false, false),
        1 => (true, false),
        2 => (false, true),
        _ => (true, true),
    };
    let pen = Pen::line(colour, 2);
    let first = (left - (bottom - top)).div_euclid(EVERY) * EVERY;
    for foot in (first..right).step_by(EVERY as usize) {
        // A line that rises by one for each step to the right, cut at the edges.
        let (from, to) = (foot.max(left), (foot + bottom - top).min(right));
        if from < to && rising {
            scene.path(vec![(from, bottom - (from - foot)), (to, bottom - (to - foot))], pen);
        }
        if from < to && falling {
            scene.path(vec![(from, top + (from - foot)), (to, top + (to - foot))], pen);
        }
    }
    let corners = vec![(left, bottom), (left, top), (right, top), (right, bottom), (left, bottom)];
    scene.path(corners, Pen::line(colour, 3));
}
