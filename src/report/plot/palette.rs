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

/// What is of lesser interest.
pub const MUTED: Colour = (150, 150, 150);

/// From little to much on a grid: cividis (Nuñez, Anderton and Renslow 2018) from its bright end to
/// its dark one, made for people with any kind of colour vision; luminance only falls.
const HEAT: [Colour; 10] = [
    (254, 232, 56),
    (225, 204, 85),
    (195, 179, 105),
    (165, 156, 116),
    (138, 134, 120),
    (112, 113, 115),
    (87, 93, 109),
    (59, 73, 108),
    (18, 53, 112),
    (0, 34, 78),
];

/// The colour of a part of a scale, 0 to 1.
pub fn heat(part: f64) -> Colour {
    let place = part.clamp(0.0, 1.0) * (HEAT.len() - 1) as f64;
    let below = (place as usize).min(HEAT.len() - 2);
    let (one, other, rest) = (HEAT[below], HEAT[below + 1], place - below as f64);
    let mix = |a: u8, b: u8| (f64::from(a) * (1.0 - rest) + f64::from(b) * rest + 0.5) as u8;
    (mix(one.0, other.0), mix(one.1, other.1), mix(one.2, other.2))
}

/// How bright a colour looks, 0 to 1 (the weights of ITU-R BT.709, on its plain values).
pub fn luminance((red, green, blue): Colour) -> f64 {
    (0.2126 * f64::from(red) + 0.7152 * f64::from(green) + 0.0722 * f64::from(blue)) / 255.0
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_of_a_grid_get_darker_all_the_way() {
        let shades: Vec<f64> =
            (0..=100).map(|part| luminance(heat(f64::from(part) / 100.0))).collect();
        assert!(shades.windows(2).all(|pair| pair[1] < pair[0]), "{shades:?}");
        assert!(shades[0] - shades[100] > 0.7);
    }
}
