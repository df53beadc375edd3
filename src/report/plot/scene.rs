//! A picture as a list of marks. Laying a chart out only adds marks, which cannot fail; the same
//! list is then drawn twice, as vectors and as pixels.
//!
//! Coordinates are whole units from the upper left corner; in the PNG a unit is a pixel.

use plotters_backend::text_anchor::HPos;
use plotters_backend::{BackendColor, BackendStyle, DrawingBackend, DrawingErrorKind};

use crate::report::plot::palette::{self, Colour};
use crate::report::plot::text::{Face, Writing};

/// A place: units from the left, units from the top.
pub type Place = (i32, i32);

/// A filled or stroked colour.
#[derive(Clone, Copy)]
pub struct Pen {
    colour: BackendColor,
    width: u32,
}

impl Pen {
    /// An opaque line of this width.
    pub fn line(colour: Colour, width: u32) -> Pen {
        Pen { colour: palette::backend(colour, 1.0), width }
    }

    /// A fill of this opacity, 0 to 1.
    pub fn fill(colour: Colour, alpha: f64) -> Pen {
        Pen { colour: palette::backend(colour, alpha), width: 0 }
    }
}

impl BackendStyle for Pen {
    fn color(&self) -> BackendColor {
        self.colour
    }

    fn stroke_width(&self) -> u32 {
        self.width
    }
}

enum Mark {
    Rectangle { from: Place, to: Place, pen: Pen },
    Path { places: Vec<Place>, pen: Pen },
    Polygon { places: Vec<Place>, pen: Pen },
    Disc { centre: Place, radius: u32, pen: Pen },
    Text { text: String, writing: Writing, at: Place },
}

/// A picture, in the order in which it is drawn.
pub struct Scene {
    width: i32,
    height: i32,
    marks: Vec<Mark>,
}

/// What drawing on a backend of plotters comes to.
pub type Drawn<B> = Result<(), DrawingErrorKind<<B as DrawingBackend>::ErrorType>>;

impl Scene {
    /// An empty sheet of paper.
    pub fn new(width: i32, height: i32) -> Scene {
        let mut scene = Scene { width, height, marks: Vec::new() };
        scene.rectangle((0, 0), (width, height), Pen::fill(palette::PAPER, 1.0));
        scene
    }

    /// Width and height.
    pub fn size(&self) -> (u32, u32) {
        (self.width.unsigned_abs(), self.height.unsigned_abs())
    }

    /// A filled rectangle between two corners.
    pub fn rectangle(&mut self, from: Place, to: Place, pen: Pen) {
        self.marks.push(Mark::Rectangle { from, to, pen });
    }

    /// A line through all places.
    pub fn path(&mut self, places: Vec<Place>, pen: Pen) {
        self.marks.push(Mark::Path { places, pen });
    }

    /// A filled polygon.
    pub fn polygon(&mut self, places: Vec<Place>, pen: Pen) {
        self.marks.push(Mark::Polygon { places, pen });
    }

    /// A filled disc.
    pub fn disc(&mut self, centre: Place, radius: u32, pen: Pen) {
        self.marks.push(Mark::Disc { centre, radius, pen });
    }

    /// Text whose capitals are centred on the height of `at`, and that starts, is centred or ends
    /// there as `side` says.
    pub fn text(&mut self, text: &str, face: Face, colour: Colour, side: HPos, at: Place) {
        self.write(text, at, Writing { face, colour: opaque(colour), side, upwards: false });
    }

    /// Text that runs upwards, centred on `at`.
    pub fn text_upwards(&mut self, text: &str, face: Face, colour: Colour, at: Place) {
        let side = HPos::Center;
        self.write(text, at, Writing { face, colour: opaque(colour), side, upwards: true });
    }

    fn write(&mut self, text: &str, middle: Place, writing: Writing) {
        let at = writing.anchor_for(middle);
        self.marks.push(Mark::Text { text: printable(text), writing, at });
    }

    /// Draws all marks on `backend`.
    pub fn draw<B: DrawingBackend>(&self, backend: &mut B) -> Drawn<B> {
        backend.ensure_prepared()?;
        for mark in &self.marks {
            match mark {
                Mark::Rectangle { from, to, pen } => backend.draw_rect(*from, *to, pen, true)?,
                Mark::Path { places, pen } => backend.draw_path(places.iter().copied(), pen)?,
                Mark::Polygon { places, pen } => {
                    backend.fill_polygon(places.iter().copied(), pen)?;
                }
                Mark::Disc { centre, radius, pen } => {
                    backend.draw_circle(*centre, *radius, pen, true)?;
                }
                Mark::Text { text, writing, at } => backend.draw_text(text, writing, *at)?,
            }
        }
        backend.present()
    }
}

/// An SVG must not hold control characters and the like.
fn printable(text: &str) -> String {
    let odd =
        |character: char| character.is_control() || ('\u{FFFE}'..='\u{FFFF}').contains(&character);
    text.chars().map(|character| if odd(character) { ' ' } else { character }).collect()
}

fn opaque(colour: Colour) -> BackendColor {
    palette::backend(colour, 1.0)
}
