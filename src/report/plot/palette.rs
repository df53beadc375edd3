//! Colours: the palette of Okabe and Ito, which people with any kind of colour vision can tell
//! apart, and pale tints of it for the windows behind the data.

use plotters_backend::BackendColor;

/// Red, green and blue.
pub type Colour = (u8, u8, u8);

/// Text and titles.
pub const INK: Colour = (34, 34, 34);
/// Text of lesser rank.
pub const FAINT_INK: Colour = (95, 95, 95);
/// The frame around a panel.
pub const FRAME: Colour = (90, 90, 90);
/// Grid lines.
pub const GRID: Colour = (222, 222, 222);
/// The paper.
pub const PAPER: Colour = (255, 255, 255);

/// Blue, vermilion, green, purple, orange, sky blue, black. The yellow of the palette is left out:
/// it cannot be seen as a line on white paper.
const SERIES: [Colour; 7] = [
    (0, 114, 178),
    (213, 94, 0),
    (0, 158, 115),
    (204, 121, 167),
    (230, 159, 0),
    (86, 180, 233),
    (0, 0, 0),
];

/// Grey, orange, sky blue, green, purple, yellow.
const SHADES: [Colour; 6] = [
    (120, 120, 120),
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (204, 121, 167),
    (240, 228, 66),
];

/// The colour of the series at this place in its panel.
pub fn series(index: usize) -> Colour {
    SERIES[index % SERIES.len()]
}

/// The colour of a window.
pub fn shade(index: usize) -> Colour {
    SHADES[index % SHADES.len()]
}

/// As the drawing backends want it; `alpha` 0 is invisible, 1 opaque.
pub fn backend(colour: Colour, alpha: f64) -> BackendColor {
    BackendColor { alpha, rgb: colour }
}
