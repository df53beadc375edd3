//! Text from a glyph atlas that is part of the program, so that a chart needs no font and looks the
//! same on every machine. The atlas is DejaVu Sans at a few sizes, made by `atlas/make_atlas.py`.

use std::convert::Infallible;

use plotters_backend::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendTextStyle, FontFamily, FontStyle, FontTransform,
};

static ATLAS: &[u8] = include_bytes!("atlas/atlas.bin");

/// The fonts an SVG asks for. The first is the one in the atlas; Verdana is about as wide, the rest
/// are narrower, so that text never outgrows the room that the atlas measured for it.
const FAMILY: &str = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif";

/// Where plotters puts the baseline below the top of the text, in parts of the font size.
const BASELINE: f64 = 0.76;
/// Half the height of a capital letter, in parts of the font size.
const HALF_CAPITAL: f64 = 0.365;
/// Plotters divides the font size by this before it writes it into an SVG.
const SVG_SIZE_DIVISOR: f64 = 1.24;

/// The sizes of text, in the order of the atlas.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Face {
    /// Labels of windows, remarks.
    Note,
    /// Ticks, legends, axis titles.
    Body,
    /// Titles of panels, bold.
    Heading,
    /// The title of the chart, bold.
    Title,
}

/// One character's picture.
#[derive(Clone, Copy, Debug)]
struct Glyph {
    /// How far the pen moves on.
    advance: i32,
    /// The box, from the pen and down from the baseline.
    left: i32,
    top: i32,
    width: usize,
    height: usize,
    /// Where its coverage starts in the atlas.
    start: usize,
}

fn word(at: usize) -> usize {
    usize::from(ATLAS[at]) | usize::from(ATLAS[at + 1]) << 8
}

fn double_word(at: usize) -> usize {
    word(at) | word(at + 2) << 16
}

impl Face {
    /// Where the atlas describes this face: size, number of glyphs, start of the records.
    fn entry(self) -> usize {
        5 + 7 * self as usize
    }

    /// The font size in pixels.
    pub fn size(self) -> i32 {
        i32::from(ATLAS[self.entry()])
    }

    /// The room that `text` takes from left to right.
    pub fn width(self, text: &str) -> i32 {
        text.chars().map(|character| self.glyph(character).advance).sum()
    }

    /// `text`, cut and ended with dots if it is wider than `room`.
    pub fn fit(self, text: &str, room: i32) -> String {
        if self.width(text) <= room {
            return text.to_string();
        }
        let mut cut: Vec<char> = text.chars().collect();
        while !cut.is_empty() {
            cut.pop();
            let shorter = cut.iter().collect::<String>().trim_end().to_string() + "…";
            if self.width(&shorter) <= room {
                return shorter;
            }
        }
        String::new()
    }

    /// The picture of `character`, or that of a question mark if the atlas has none.
    fn glyph(self, character: char) -> Glyph {
        self.find(character).or_else(|| self.find('?')).expect("the atlas has a question mark")
    }

    fn find(self, character: char) -> Option<Glyph> {
        let count = word(self.entry() + 1);
        let records = double_word(self.entry() + 3);
        let wanted = usize::try_from(u32::from(character)).ok()?;
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = (low + high) / 2;
            if word(records + 12 * middle) < wanted { low = middle + 1 } else { high = middle }
        }
        let record = records + 12 * low;
        (low < count && word(record) == wanted).then(|| Glyph::read(record))
    }
}

impl Glyph {
    fn read(record: usize) -> Glyph {
        let signed = |at: usize| i32::from(ATLAS[at].cast_signed());
        Glyph {
            advance: i32::from(ATLAS[record + 2]),
            left: signed(record + 3),
            top: signed(record + 4),
            width: usize::from(ATLAS[record + 5]),
            height: usize::from(ATLAS[record + 6]),
            start: double_word(record + 8),
        }
    }

    /// How much of the pixel the glyph covers, 0 to 1.
    fn coverage(&self, column: usize, row: usize) -> f64 {
        let index = row * self.width + column;
        let pair = ATLAS[self.start + index / 2];
        let level = if index.is_multiple_of(2) { pair >> 4 } else { pair & 15 };
        f64::from(level) / 15.0
    }

    /// Every pixel that the glyph touches, from the pen at the baseline, with its coverage.
    fn pixels(self) -> impl Iterator<Item = (i32, i32, f64)> {
        let all = (0..self.height).flat_map(move |row| (0..self.width).map(move |x| (x, row)));
        all.map(move |(x, y)| (self.left + x as i32, self.top + y as i32, self.coverage(x, y)))
            .filter(|(_, _, coverage)| *coverage > 0.0)
    }
}

/// How a piece of text is written; what plotters asks of any text style.
#[derive(Clone, Copy)]
pub struct Writing {
    /// Size and weight.
    pub face: Face,
    /// Colour and opacity.
    pub colour: BackendColor,
    /// Which end of the text is at the given point.
    pub side: HPos,
    /// Written upwards, for the titles of vertical axes.
    pub upwards: bool,
}

impl Writing {
    /// Where plotters wants its anchor so that capitals are centred on `middle`.
    pub fn anchor_for(&self, middle: (i32, i32)) -> (i32, i32) {
        let lift = f64::from(self.face.size()) * (HALF_CAPITAL - BASELINE);
        let lift = libm::round(lift) as i32;
        if self.upwards { (middle.0 + lift, middle.1) } else { (middle.0, middle.1 + lift) }
    }
}

impl BackendTextStyle for Writing {
    type FontError = Infallible;

    fn color(&self) -> BackendColor {
        self.colour
    }

    fn size(&self) -> f64 {
        f64::from(self.face.size()) * SVG_SIZE_DIVISOR
    }

    fn transform(&self) -> FontTransform {
        if self.upwards { FontTransform::Rotate270 } else { FontTransform::None }
    }

    fn style(&self) -> FontStyle {
        match self.face {
            Face::Note | Face::Body => FontStyle::Normal,
            Face::Heading | Face::Title => FontStyle::Bold,
        }
    }

    fn anchor(&self) -> Pos {
        // Of the three only this one does not depend on the font that a browser finds.
        Pos::new(self.side, VPos::Top)
    }

    fn family(&self) -> FontFamily<'_> {
        FontFamily::Name(FAMILY)
    }

    fn layout_box(&self, text: &str) -> Result<(BackendCoord, BackendCoord), Infallible> {
        Ok(((0, 0), (self.face.width(text), self.face.size())))
    }

    fn draw<E, Draw: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        text: &str,
        position: BackendCoord,
        mut draw: Draw,
    ) -> Result<Result<(), E>, Infallible> {
        let baseline = libm::round(f64::from(self.face.size()) * BASELINE) as i32 + position.1;
        let mut pen = position.0;
        for character in text.chars() {
            let glyph = self.face.glyph(character);
            for (x, y, coverage) in glyph.pixels() {
                if let Err(error) = draw(pen + x, baseline + y, self.colour.mix(coverage)) {
                    return Ok(Err(error));
                }
            }
            pen += glyph.advance;
        }
        Ok(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACES: [Face; 4] = [Face::Note, Face::Body, Face::Heading, Face::Title];

    #[test]
    fn the_atlas_has_what_charts_write() {
        for face in FACES {
            for character in "azAZ09 .,%/()µμ→≤≥–—−×·²³⁻⁹…é".chars() {
                assert!(face.find(character).is_some(), "{face:?} {character}");
            }
            assert!(face.width("MMM") > face.width("iii"), "{face:?}");
        }
    }

    #[test]
    fn a_missing_glyph_is_a_question_mark() {
        for face in FACES {
            assert!(face.find('漢').is_none());
            assert_eq!(face.glyph('漢').start, face.glyph('?').start);
            assert_eq!(face.width("🦀"), face.width("?"));
        }
    }

    #[test]
    fn every_glyph_lies_inside_the_atlas() {
        for (face, code) in FACES.iter().flat_map(|f| (0..=0xFFFF).map(move |c| (f, c))) {
            let glyph = char::from_u32(code).and_then(|character| face.find(character));
            if let Some(glyph) = glyph {
                assert!(glyph.start + (glyph.width * glyph.height).div_ceil(2) <= ATLAS.len());
                assert!(glyph.pixels().all(|(_, _, coverage)| coverage <= 1.0));
            }
        }
    }

    #[test]
    fn long_text_is_cut_to_fit() {
        for room in [0, 30, 100, 400] {
            let cut = Face::Body.fit("a rather long name of a scenario", room);
            assert!(Face::Body.width(&cut) <= room, "{cut}");
        }
        assert_eq!(Face::Body.fit("short", 400), "short");
    }
}
