//! A canvas of pixels with smooth edges, for plotters to draw on, and its PNG.
//!
//! Plotters' own bitmap draws lines wider than one pixel with ragged edges. Here every shape is
//! first a mask of how much of each pixel it covers, so that a line that crosses itself is not
//! darker there. Only `+ - * /` and square roots are used: they give the same bits everywhere.
//! Coordinates are those of SVG: whole numbers lie between pixels.

use std::convert::Infallible;
use std::ops::Range;

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind,
};

/// Lines of samples in each line of pixels of a polygon.
const SLICES: i32 = 4;

/// An image under construction: 8 bits each of red, green and blue.
pub struct Canvas {
    width: i32,
    height: i32,
    /// Red, green and blue of all pixels, row by row.
    pixels: Vec<u8>,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl Canvas {
    /// A black canvas.
    pub fn new((width, height): (u32, u32)) -> Canvas {
        let pixels = vec![0; width as usize * height as usize * 3];
        Canvas { width: width.cast_signed(), height: height.cast_signed(), pixels }
    }

    /// The image as a PNG file.
    pub fn png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let mut file = Vec::new();
        let (width, height) = self.get_size();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        // Flat colour compresses best as it is.
        encoder.set_filter(png::Filter::NoFilter);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.pixels)?;
        writer.finish()?;
        Ok(file)
    }

    fn blend(&mut self, x: i32, y: i32, colour: BackendColor, coverage: f64) {
        if !(0..self.width).contains(&x) || !(0..self.height).contains(&y) {
            return;
        }
        let weight = colour.alpha * coverage;
        let start = (y as usize * self.width as usize + x as usize) * 3;
        let (red, green, blue) = colour.rgb;
        for (channel, wanted) in self.pixels[start..start + 3].iter_mut().zip([red, green, blue]) {
            let mixed = f64::from(*channel) * (1.0 - weight) + f64::from(wanted) * weight;
            *channel = (mixed + 0.5) as u8;
        }
    }

    fn apply(&mut self, mask: &Mask, colour: BackendColor) {
        for y in mask.rows.clone() {
            for x in mask.columns.clone() {
                let coverage = mask.covered[mask.index(x, y)];
                if coverage > 0.0 {
                    self.blend(x, y, colour, f64::from(coverage.min(1.0)));
                }
            }
        }
    }

    /// An empty mask around `places`, `margin` wider on all sides, within the canvas.
    fn mask(&self, places: &[BackendCoord], margin: i32) -> Mask {
        let around = |coordinates: Vec<i32>, end: i32| {
            let low = coordinates.iter().min().map_or(0, |low| low.saturating_sub(margin));
            let high = coordinates.iter().max().map_or(0, |high| high.saturating_add(margin));
            low.clamp(0, end)..high.clamp(0, end)
        };
        let columns = around(places.iter().map(|place| place.0).collect(), self.width);
        let rows = around(places.iter().map(|place| place.1).collect(), self.height);
        let covered = vec![0.0; columns.len() * rows.len()];
        Mask { columns, rows, covered }
    }
}

/// How much of each pixel in a rectangle a shape covers.
struct Mask {
    columns: Range<i32>,
    rows: Range<i32>,
    covered: Vec<f32>,
}

impl Mask {
    fn index(&self, x: i32, y: i32) -> usize {
        (y - self.rows.start) as usize * self.columns.len() + (x - self.columns.start) as usize
    }

    /// Covers what lies within `radius` of the line from `a` to `b`.
    fn stroke(&mut self, a: BackendCoord, b: BackendCoord, radius: f64) {
        let reach = radius as i32 + 2;
        let (left, right) = (a.0.min(b.0) - reach, a.0.max(b.0) + reach);
        let (top, bottom) = (a.1.min(b.1) - reach, a.1.max(b.1) + reach);
        for y in top.max(self.rows.start)..bottom.min(self.rows.end) {
            for x in left.max(self.columns.start)..right.min(self.columns.end) {
                let away = distance((f64::from(x) + 0.5, f64::from(y) + 0.5), a, b);
                let coverage = (radius + 0.5 - away).clamp(0.0, 1.0) as f32;
                let index = self.index(x, y);
                self.covered[index] = self.covered[index].max(coverage);
            }
        }
    }

    /// Covers the inside of a polygon, by the even-odd rule.
    fn fill(&mut self, places: &[BackendCoord]) {
        for slice in self.rows.start * SLICES..self.rows.end * SLICES {
            let height = (f64::from(slice) + 0.5) / f64::from(SLICES);
            let crossings = crossings(places, height);
            for inside in crossings.chunks_exact(2) {
                self.cover_span(slice / SLICES, inside[0], inside[1]);
            }
        }
    }

    /// Adds one slice of a row from `from` to `to`.
    fn cover_span(&mut self, y: i32, from: f64, to: f64) {
        let first = (from as i32).max(self.columns.start);
        let last = (to as i32 + 1).min(self.columns.end);
        for x in first..last {
            let part = to.min(f64::from(x) + 1.0) - from.max(f64::from(x));
            let index = self.index(x, y);
            self.covered[index] += part.max(0.0) as f32 / SLICES as f32;
        }
    }
}

/// Where the outline of a polygon crosses a height, from left to right.
fn crossings(places: &[BackendCoord], height: f64) -> Vec<f64> {
    let ends = places.iter().zip(places.iter().cycle().skip(1));
    let mut found: Vec<f64> = ends
        .filter(|(a, b)| (f64::from(a.1) < height) != (f64::from(b.1) < height))
        .map(|(a, b)| {
            let part = (height - f64::from(a.1)) / f64::from(b.1 - a.1);
            f64::from(a.0) + part * f64::from(b.0 - a.0)
        })
        .collect();
    found.sort_by(f64::total_cmp);
    found
}

/// How far `point` is from the line between `a` and `b`.
fn distance(point: (f64, f64), a: BackendCoord, b: BackendCoord) -> f64 {
    let (x, y) = (point.0 - f64::from(a.0), point.1 - f64::from(a.1));
    let (along_x, along_y) = (f64::from(b.0 - a.0), f64::from(b.1 - a.1));
    let squared = along_x * along_x + along_y * along_y;
    let part = if squared > 0.0 { (x * along_x + y * along_y) / squared } else { 0.0 };
    let part = part.clamp(0.0, 1.0);
    let (off_x, off_y) = (x - part * along_x, y - part * along_y);
    (off_x * off_x + off_y * off_y).sqrt()
}

impl DrawingBackend for Canvas {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (self.width.unsigned_abs(), self.height.unsigned_abs())
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, colour: BackendColor) -> Drawn {
        self.blend(x, y, colour, 1.0);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        if !fill {
            let corners = [from, (to.0, from.1), to, (from.0, to.1), from];
            return self.draw_path(corners, style);
        }
        let mut mask = self.mask(&[from, to], 0);
        mask.covered.fill(1.0);
        self.apply(&mask, style.color());
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, style: &S) -> Drawn {
        self.draw_path([a, b], style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let places: Vec<BackendCoord> = path.into_iter().collect();
        let radius = f64::from(style.stroke_width()) / 2.0;
        let mut mask = self.mask(&places, radius as i32 + 2);
        for ends in places.windows(2) {
            mask.stroke(ends[0], ends[1], radius);
        }
        self.apply(&mask, style.color());
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        assert!(fill, "charts draw no hollow circles");
        let mut mask = self.mask(&[centre], radius.cast_signed() + 2);
        mask.stroke(centre, centre, f64::from(radius));
        self.apply(&mask, style.color());
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let places: Vec<BackendCoord> = path.into_iter().collect();
        let mut mask = self.mask(&places, 1);
        mask.fill(&places);
        self.apply(&mask, style.color());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::scene::Pen;

    fn painted(draw: impl Fn(&mut Canvas)) -> f64 {
        let mut canvas = Canvas::new((60, 40));
        draw(&mut canvas);
        canvas.pixels.iter().step_by(3).map(|red| f64::from(*red) / 255.0).sum()
    }

    #[test]
    fn shapes_cover_their_area() {
        let ink = Pen::fill((255, 255, 255), 1.0);
        let line = Pen::line((255, 255, 255), 4);
        let rows = [
            (painted(|c| c.draw_rect((5, 5), (15, 10), &ink, true).unwrap()), 50.0),
            (painted(|c| c.fill_polygon([(5, 5), (25, 5), (5, 25)], &ink).unwrap()), 200.0),
            (painted(|c| c.draw_circle((20, 20), 10, &ink, true).unwrap()), 314.2),
            (painted(|c| c.draw_path([(10, 10), (40, 10)], &line).unwrap()), 132.6),
            (painted(|c| c.draw_path([(10, 10), (40, 10), (10, 10)], &line).unwrap()), 132.6),
        ];
        for (row, (area, wanted)) in rows.iter().enumerate() {
            assert!((area - wanted).abs() < 2.0, "row {row}: {area} instead of {wanted}");
        }
    }

    #[test]
    fn what_lies_outside_is_left_out() {
        let pen = Pen::line((255, 255, 255), 4);
        let area = painted(|canvas| {
            canvas.draw_path([(-500, 20), (500, 20)], &pen).unwrap();
            canvas.draw_rect((-10, -10), (-5, 90), &pen, true).unwrap();
            canvas.draw_circle((200, 200), 5, &pen, true).unwrap();
            canvas.fill_polygon([(-5, 90), (70, 95), (0, 99)], &pen).unwrap();
        });
        assert!((area - 240.0).abs() < 2.0, "{area}");
    }
}
