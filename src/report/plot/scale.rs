//! Axes: from values to units on paper, and which values get a tick.
//!
//! Logarithms come from `libm`, which gives the same bits on every machine.

use crate::report::plot::chart::{Axis, Heat, Panel, Scale};
use crate::report::plot::number;

/// Values beyond this are gaps: the span between two of them must be a number too.
const LARGEST: f64 = 1e100;
/// Positive values below this count as zero.
const SMALLEST: f64 = 1e-100;
/// How many decades get a label, at most.
const MOST_DECADES: i32 = 8;
/// An axis of shares reaches up to 99.9 % at least, and to nine nines at most.
const MOST_COMMON_NINES: f64 = 3.0;
const MOST_NINES: f64 = 9.0;

/// A value with its label, or without one for a small tick.
#[derive(Clone, PartialEq, Debug)]
pub struct Tick {
    /// From 0 at the beginning of the axis to 1 at its end.
    pub part: f64,
    /// None: a small tick.
    pub label: Option<String>,
}

/// An axis.
#[derive(Clone, Debug)]
pub struct Range {
    /// How values become places.
    pub scale: Scale,
    /// Ends of the axis; for a logarithmic axis, powers of ten.
    from: f64,
    to: f64,
    /// Whether a logarithmic axis has a lane for zero beneath its lowest decade.
    pub zero: bool,
    /// What is written at 0, 1, 2 ... instead of numbers; empty: numbers.
    names: Vec<String>,
}

/// `value` if a chart can show it.
pub fn shown(value: f64) -> Option<f64> {
    let tiny = value.abs() < SMALLEST;
    (value.abs() <= LARGEST).then_some(if tiny { 0.0 } else { value })
}

/// Lowest and highest of `values`.
fn ends(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter_map(shown).fold(None, |ends, value| match ends {
        None => Some((value, value)),
        Some((low, high)) => Some((low.min(value), high.max(value))),
    })
}

/// Ten to the power of a whole number, to the last bit.
pub fn power_of_ten(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().expect("a power of ten is a number")
}

/// The largest whole number whose power of ten is not above `value`.
pub fn exponent(value: f64) -> i32 {
    let guess = libm::floor(libm::log10(value)) as i32;
    // The logarithm may be off by one bit, which matters at the powers of ten themselves.
    if power_of_ten(guess + 1) <= value {
        guess + 1
    } else if power_of_ten(guess) > value {
        guess - 1
    } else {
        guess
    }
}

/// 1, 2 or 5 times a power of ten, so that about `wanted` of them make up `span`; as the factor and
/// the exponent.
pub fn step(span: f64, wanted: f64) -> (f64, i32) {
    let least = span / wanted;
    let power = exponent(least);
    let factor = [1.0, 2.0, 5.0].into_iter().find(|f| f * power_of_ten(power) >= least);
    factor.map_or((1.0, power + 1), |factor| (factor, power))
}

impl Range {
    /// An axis that begins and ends where told or where `values` do, whichever is wider.
    pub fn of_axis(axis: &Axis, values: impl Iterator<Item = f64>) -> Range {
        let hints = [axis.from, axis.to].into_iter().flatten();
        if !axis.names.is_empty() {
            return Range::named(&axis.names);
        }
        match axis.scale {
            Scale::Nines => Range::nines(values.chain(hints)),
            Scale::Linear => {
                let (from, to) = ends(values.chain(hints)).unwrap_or((0.0, 1.0));
                Range::between_ends(Scale::Linear, from, apart(from, to))
            }
            Scale::Log => Range::logarithmic(values.collect(), hints),
        }
    }

    fn between_ends(scale: Scale, from: f64, to: f64) -> Range {
        Range { scale, from, to, zero: false, names: Vec::new() }
    }

    /// Half a place more on both sides, lest data lie on the frame.
    fn named(names: &[String]) -> Range {
        let to = names.len() as f64 - 0.5;
        Range { names: names.to_vec(), ..Range::between_ends(Scale::Linear, -0.5, to) }
    }

    /// The vertical axis of a panel.
    pub fn of_panel(panel: &Panel) -> Range {
        let points = panel.series.iter().flat_map(|series| &series.points);
        let values = points.filter_map(|point| shown(point.0).and(point.1).and_then(shown));
        let bands = panel.series.iter().flat_map(|series| &series.band);
        let values = values.chain(bands.flat_map(|(_, low, high)| [*low, *high]));
        let whiskers = panel.series.iter().flat_map(|series| &series.whiskers);
        let values = values.chain(whiskers.filter_map(|it| it.up).flat_map(|(a, b)| [a, b]));
        if !panel.y_names.is_empty() {
            return Range::named(&panel.y_names);
        }
        let hints = [panel.y_from, panel.y_to].into_iter().flatten();
        match panel.scale {
            Scale::Nines => Range::nines(values.chain(hints)),
            Scale::Linear => {
                let zero = panel.y_from.is_none().then_some(0.0);
                Range::linear(values.chain(hints).chain(zero), panel.y_to.is_none())
            }
            Scale::Log => Range::logarithmic(values.collect(), hints),
        }
    }

    /// `round_up`: the axis ends at a tick, so that the highest value has air above it.
    fn linear(values: impl Iterator<Item = f64>, round_up: bool) -> Range {
        let (from, to) = ends(values).unwrap_or((0.0, 1.0));
        let mut to = apart(from, to);
        if round_up {
            let (factor, power) = step(to - from, 5.0);
            let step = factor * power_of_ten(power);
            to = apart(from, libm::ceil(to / step) * step).max(to);
        }
        Range::between_ends(Scale::Linear, from, to)
    }

    fn logarithmic(values: Vec<f64>, hints: impl Iterator<Item = f64>) -> Range {
        let zero = values.iter().any(|value| *value <= 0.0);
        let known = values.into_iter().chain(hints).filter_map(shown);
        let positive = known.filter(|value| *value > 0.0);
        let (low, high) = ends(positive).unwrap_or((1.0, 10.0));
        let from = exponent(low);
        let top = exponent(high);
        let exact = power_of_ten(top) == high && top > from;
        let to = if exact { top } else { top + 1 };
        Range { zero, ..Range::between_ends(Scale::Log, f64::from(from), f64::from(to)) }
    }

    /// From nothing to the most nines of any value below 1, three at least: 99.9 %.
    fn nines(values: impl Iterator<Item = f64>) -> Range {
        let below = values.filter(|value| *value < 1.0).map(nines);
        let most = below.fold(MOST_COMMON_NINES, f64::max).min(MOST_NINES);
        Range::between_ends(Scale::Nines, 0.0, libm::ceil(most))
    }

    /// The axis of colours of a grid.
    pub fn of_heat(heat: &Heat) -> Range {
        let values = heat.cells.iter().map(|(_, _, value)| *value);
        match heat.scale {
            Scale::Nines => Range::nines(values),
            Scale::Linear => Range::linear(values.chain([0.0]), true),
            Scale::Log => Range::logarithmic(values.collect(), std::iter::empty()),
        }
    }

    /// Where `value` lies: 0 at the beginning of the axis, 1 at its end.
    pub fn part(&self, value: f64) -> f64 {
        let (place, from) = match self.scale {
            Scale::Linear => (value, self.from),
            Scale::Log => (self.power(value), self.bottom()),
            Scale::Nines if value >= 1.0 => (self.to, self.from),
            Scale::Nines => (nines(value), self.from),
        };
        ((place - from) / (self.to - from)).clamp(0.0, 1.0)
    }

    /// The lower end of a logarithmic axis, as a power of ten.
    fn bottom(&self) -> f64 {
        // The lane for zero is half a decade, more where decades are narrow.
        let lane = ((self.to - self.from) / 10.0).max(0.5);
        if self.zero { self.from - lane } else { self.from }
    }

    fn power(&self, value: f64) -> f64 {
        if value <= 0.0 { self.bottom() } else { libm::log10(value) }
    }

    /// The ticks, about `wanted` of them with a label.
    pub fn ticks(&self, wanted: f64) -> Vec<Tick> {
        if !self.names.is_empty() {
            let tick = |(place, name): (usize, &String)| Tick {
                part: self.part(place as f64),
                label: Some(name.clone()),
            };
            return self.names.iter().enumerate().map(tick).collect();
        }
        match self.scale {
            Scale::Linear => self.linear_ticks(wanted),
            Scale::Log => self.decades(),
            Scale::Nines => self.shares(),
        }
    }

    fn linear_ticks(&self, wanted: f64) -> Vec<Tick> {
        let (factor, power) = step(self.to - self.from, wanted);
        let step = factor * power_of_ten(power);
        // A hair of tolerance, lest rounding hides the tick at an end of the axis.
        let first = libm::ceil(self.from / step - 1e-9) as i64;
        let last = libm::floor(self.to / step + 1e-9) as i64;
        let largest = self.from.abs().max(self.to.abs());
        let tick = |multiple: i64| {
            let value = multiple as f64 * step;
            Tick { part: self.part(value), label: Some(number::label(value, largest, power)) }
        };
        (first..=last).map(tick).collect()
    }

    /// 0, 50, 90, 99, 99.9 % and so on; where there is room for no more, no 50.
    fn shares(&self) -> Vec<Tick> {
        let tick = |share: f64, label: String| Tick { part: self.part(share), label: Some(label) };
        let half = (self.to < MOST_COMMON_NINES + 2.0).then(|| tick(0.5, "50 %".to_string()));
        let powers = 0..=self.to as i32;
        let whole = powers.map(|power| {
            let decimals = usize::try_from(power - 2).unwrap_or(0);
            let share = 1.0 - power_of_ten(-power);
            tick(share, format!("{:.decimals$} %", 100.0 * share))
        });
        whole.chain(half).collect()
    }

    fn decades(&self) -> Vec<Tick> {
        let (from, to) = (self.from as i32, self.to as i32);
        let every = (to - from + MOST_DECADES - 1) / MOST_DECADES;
        let plain = (-3..=12).contains(&from) && (-3..=12).contains(&to);
        let zero = self.zero.then(|| Tick { part: 0.0, label: Some("0".to_string()) });
        let mut ticks: Vec<Tick> = zero.into_iter().collect();
        for decade in from..=to {
            let labelled = (decade - from) % every == 0;
            let label = labelled.then(|| number::decade(decade, plain));
            ticks.push(Tick { part: self.part(power_of_ten(decade)), label });
            if decade < to && every == 1 {
                ticks.extend(self.between(decade, to - from));
            }
        }
        ticks
    }

    /// Two to nine times a power of ten; where there are few decades, two and five are labelled.
    fn between(&self, decade: i32, decades: i32) -> impl Iterator<Item = Tick> {
        (2..10).map(move |multiple| {
            let value = f64::from(multiple) * power_of_ten(decade);
            let labelled = decades <= 2 && (multiple == 2 || multiple == 5);
            let label = labelled.then(|| number::label(value, value, decade));
            Tick { part: self.part(value), label }
        })
    }
}

/// How many nines a share below 1 has: 1 of 90 %, 2 of 99 %.
fn nines(share: f64) -> f64 {
    -libm::log10(1.0 - share.max(0.0))
}

/// An end for an axis that begins at `from`: `to`, unless no tick would fit between them.
fn apart(from: f64, to: f64) -> f64 {
    let least = from.abs() * 1e-9;
    if to - from > least { to } else { from + if least > 0.0 { from.abs() } else { 1.0 } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::chart::Series;

    fn labels(scale: Scale, hints: [Option<f64>; 2], values: &[f64]) -> String {
        let points = values.iter().map(|value| (0.0, Some(*value))).collect();
        let series = vec![Series { points, ..Series::default() }];
        let [y_from, y_to] = hints;
        let panel = Panel { scale, y_from, y_to, series, ..Panel::default() };
        let ticks = Range::of_panel(&panel).ticks(5.0);
        assert!(ticks.iter().all(|tick| (0.0..=1.0).contains(&tick.part)), "{ticks:?}");
        ticks.into_iter().filter_map(|tick| tick.label).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn linear_axes_read_well() {
        let rows: [(&[f64], &str); 11] = [
            (&[], "0.0 0.2 0.4 0.6 0.8 1.0"),
            (&[0.0, 0.0], "0.0 0.2 0.4 0.6 0.8 1.0"),
            (&[f64::NAN, f64::INFINITY], "0.0 0.2 0.4 0.6 0.8 1.0"),
            (&[0.0, 0.00047], "0.0000 0.0001 0.0002 0.0003 0.0004 0.0005"),
            (&[7.0], "0 2 4 6 8"),
            (&[0.0, 93.0], "0 20 40 60 80 100"),
            (&[3.0, 41_000.0], "0 10k 20k 30k 40k 50k"),
            (&[0.0, 2_300_000.0], "0 0.5M 1.0M 1.5M 2.0M 2.5M"),
            (&[-40.0, 40.0], "−40 −20 0 20 40"),
            (&[3e-7], "0 1×10⁻⁷ 2×10⁻⁷ 3×10⁻⁷"),
            (&[1e99], "0 2×10⁹⁸ 4×10⁹⁸ 6×10⁹⁸ 8×10⁹⁸ 10×10⁹⁸"),
        ];
        for (values, wanted) in rows {
            assert_eq!(labels(Scale::Linear, [None, None], values), wanted, "{values:?}");
        }
        let hints = [Some(0.9), Some(1.0)];
        assert_eq!(labels(Scale::Linear, hints, &[0.97]), "0.90 0.92 0.94 0.96 0.98 1.00");
        assert_eq!(labels(Scale::Linear, hints, &[0.3]), "0.4 0.6 0.8 1.0");
    }

    #[test]
    fn logarithmic_axes_read_well() {
        let rows: [(&[f64], &str); 7] = [
            (&[], "1 2 5 10"),
            (&[0.0, 0.0], "0 1 2 5 10"),
            (&[0.0, 4.0, 7000.0], "0 1 10 100 1k 10k"),
            (&[1e3, 1e9], "1k 10k 100k 1M 10M 100M 1G"),
            (&[0.02, 0.7], "0.01 0.02 0.05 0.1 0.2 0.5 1"),
            (&[1e-9, 1.0], "10⁻⁹ 10⁻⁷ 10⁻⁵ 10⁻³ 10⁻¹"),
            (&[12.0, -3.0], "0 10 20 50 100"),
        ];
        for (values, wanted) in rows {
            assert_eq!(labels(Scale::Log, [None, None], values), wanted, "{values:?}");
        }
    }

    #[test]
    fn axes_of_shares_read_well() {
        let rows: [(&[f64], &str); 3] = [
            (&[], "0 % 90 % 99 % 99.9 % 50 %"),
            (&[0.2, 0.9995, 1.0], "0 % 90 % 99 % 99.9 % 99.99 % 50 %"),
            (&[1.0 - 3e-6], "0 % 90 % 99 % 99.9 % 99.99 % 99.999 % 99.9999 %"),
        ];
        for (values, wanted) in rows {
            assert_eq!(labels(Scale::Nines, [None, None], values), wanted, "{values:?}");
        }
    }

    #[test]
    fn any_two_numbers_make_an_axis() {
        let odd = [0.0, 1.0, -1.0, 1e100, -1e100, 1e-99, 1e-320, 1e16, 1e16 + 2.0, 0.1 + 0.2, 0.3];
        for (a, b) in odd.iter().flat_map(|a| odd.iter().map(move |b| (*a, *b))) {
            for scale in [Scale::Linear, Scale::Log, Scale::Nines] {
                for hints in [[None, None], [Some(a), None], [Some(a), Some(b)]] {
                    let written = labels(scale, hints, &[a, b]);
                    assert!(written.split(' ').count() < 40, "{a} {b}: {written}");
                }
            }
        }
    }
}
