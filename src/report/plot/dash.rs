//! Dashed lines, cut by hand: plotters knows none that an SVG and a bitmap show alike.

use crate::report::plot::scene::Place;

/// Cuts a line into dashes of a length, with gaps of a length between them. Corners within a dash
/// are kept.
pub fn dashes(places: &[Place], dash: f64, gap: f64) -> Vec<Vec<Place>> {
    let mut cut = Cut { dashes: Vec::new(), drawing: false, left: 0.0, lengths: [gap, dash] };
    for ends in places.windows(2) {
        cut.segment(ends[0], ends[1]);
    }
    cut.dashes
}

/// How long a line is.
pub fn length(places: &[Place]) -> f64 {
    places.windows(2).map(|ends| between(ends[0], ends[1])).sum()
}

fn between(a: Place, b: Place) -> f64 {
    let (along_x, along_y) = (f64::from(b.0 - a.0), f64::from(b.1 - a.1));
    (along_x * along_x + along_y * along_y).sqrt()
}

struct Cut {
    dashes: Vec<Vec<Place>>,
    /// Whether the pen is on the paper.
    drawing: bool,
    /// How far until it is lifted or set down.
    left: f64,
    /// Of gaps and of dashes.
    lengths: [f64; 2],
}

impl Cut {
    fn segment(&mut self, from: Place, to: Place) {
        let (along_x, along_y) = (f64::from(to.0 - from.0), f64::from(to.1 - from.1));
        let length = between(from, to);
        let mut walked = 0.0;
        while length - walked >= self.left && length > 0.0 {
            walked += self.left;
            let part = walked / length;
            let x = from.0 + libm::round(part * along_x) as i32;
            let y = from.1 + libm::round(part * along_y) as i32;
            self.turn((x, y));
        }
        self.left -= length - walked;
        if self.drawing && length > walked {
            self.extend(to);
        }
    }

    /// Lifts the pen or sets it down.
    fn turn(&mut self, at: Place) {
        if self.drawing {
            self.extend(at);
        } else {
            self.dashes.push(vec![at]);
        }
        self.drawing = !self.drawing;
        self.left = self.lengths[usize::from(self.drawing)];
    }

    fn extend(&mut self, to: Place) {
        if let Some(dash) = self.dashes.last_mut() {
            dash.push(to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_keep_their_rhythm_around_corners() {
        let cut = dashes(&[(0, 0), (10, 0), (10, 0), (10, 10), (10, 30)], 12.0, 4.0);
        let wanted = [vec![(0, 0), (10, 0), (10, 2)], vec![(10, 6), (10, 10), (10, 18)]];
        assert_eq!(cut[..2], wanted);
        assert_eq!(cut[2], [(10, 22), (10, 30)]);
        assert_eq!(cut.len(), 3);
        assert!(dashes(&[(3, 3)], 12.0, 4.0).is_empty());
        assert!(dashes(&[], 12.0, 4.0).is_empty());
    }
}
