//! Numbers as people write them beside an axis: `0.0002`, `10k`, `2.5M`, `3×10⁻⁷`.

use crate::report::plot::scale::power_of_ten;

/// Suffixes with their powers of ten, from the largest.
const SUFFIXES: [(&str, i32); 4] = [("T", 12), ("G", 9), ("M", 6), ("k", 3)];

const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/// A value on a linear axis whose largest value is `largest` and whose steps are of the size of ten
/// to the power of `step`.
pub fn label(value: f64, largest: f64, step: i32) -> String {
    if value == 0.0 && (largest >= 1e4 || step < -5) {
        return "0".to_string();
    }
    let text = if largest >= 1e15 || (step < -5 && largest < 1e-3) {
        format!("{}×10{}", fixed(value / power_of_ten(step), 0), superscript(step))
    } else {
        suffixed(value, largest, step)
    };
    text.replace('-', "−")
}

/// With a suffix if that shortens it; else all digits.
fn suffixed(value: f64, largest: f64, step: i32) -> String {
    let fits = |(_, power): &&(&str, i32)| largest >= power_of_ten(*power) && step >= power - 2;
    let suffix = SUFFIXES.iter().find(fits).filter(|_| largest >= 1e4);
    let (suffix, power) = suffix.copied().unwrap_or(("", 0));
    fixed(value / power_of_ten(power), power - step) + suffix
}

/// A power of ten on a logarithmic axis, `plain` as a number, else as a power.
pub fn decade(power: i32, plain: bool) -> String {
    if !plain {
        return format!("10{}", superscript(power));
    }
    let suffix = SUFFIXES.iter().find(|(_, least)| power >= *least);
    let (suffix, less) = suffix.copied().unwrap_or(("", 0));
    fixed(power_of_ten(power - less), less - power) + suffix
}

/// With this many digits after the point; none if negative.
fn fixed(value: f64, decimals: i32) -> String {
    let decimals = usize::try_from(decimals).unwrap_or(0);
    format!("{value:.decimals$}")
}

fn superscript(number: i32) -> String {
    let raise = |character: char| match character.to_digit(10) {
        Some(digit) => RAISED[digit as usize],
        None => '⁻',
    };
    number.to_string().chars().map(raise).collect()
}
