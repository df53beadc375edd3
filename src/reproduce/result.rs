//! What a reproduction comes to, as plain data.

use crate::report::plot::chart::Chart;
use crate::statistics::estimate::Estimate;

/// All that is said of one reproduction.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Reproduction {
    pub title: String,
    /// What the paper says, and where: sentences with section numbers.
    pub paper: Vec<String>,
    /// What had to be assumed beyond the paper, fixed before the numbers were looked at: sentences.
    pub assumptions: Vec<String>,
    /// What it is held to: one sentence.
    pub bar: String,
    /// What came out: one sentence for the summary.
    pub outcome: String,
    /// What else a reader should know of the numbers: sentences.
    pub remarks: Vec<String>,
    pub tables: Vec<Table>,
    pub charts: Vec<Picture>,
    /// The scenarios that it ran, each with its name, as canonical JSON text.
    pub scenarios: Vec<(String, String)>,
}

/// A chart, the stem of its file's name, and what it shows.
#[derive(Clone, PartialEq, Debug)]
pub struct Picture {
    pub stem: &'static str,
    pub caption: String,
    pub chart: Chart,
}

/// Rows about one thing.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Table {
    pub title: String,
    pub rows: Vec<Row>,
}

/// One comparison.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// What is compared, with its unit.
    pub what: String,
    pub paper: Figure,
    pub simulated: Figure,
    /// The 95 % interval of the simulated mean over repetitions, if there were any.
    pub interval: Option<(f64, f64)>,
    pub verdict: Verdict,
}

/// A side of a comparison.
#[derive(Clone, PartialEq, Debug)]
pub enum Figure {
    Number(f64),
    Words(String),
    /// Nothing was said or measured.
    Nothing,
}

/// How a comparison ends. Later ones are worse.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Verdict {
    /// There is nothing to be held to.
    NoBar,
    /// A shape (a sign, an order, a slope) is as it should be.
    ShapeHolds,
    /// A number is within its bar, or what must be equal is.
    Within,
    ShapeFails,
    Outside,
}

impl Verdict {
    /// As tables spell it.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::NoBar => "no bar",
            Verdict::ShapeHolds => "shape holds",
            Verdict::Within => "within",
            Verdict::ShapeFails => "shape fails",
            Verdict::Outside => "outside",
        }
    }

    /// Is it not what was hoped for?
    pub fn is_bad(self) -> bool {
        match self {
            Verdict::NoBar | Verdict::ShapeHolds | Verdict::Within => false,
            Verdict::ShapeFails | Verdict::Outside => true,
        }
    }
}

impl Reproduction {
    /// The worst of all comparisons.
    pub fn verdict(&self) -> Verdict {
        self.rows().map(|row| row.verdict).max().unwrap_or(Verdict::NoBar)
    }

    /// All comparisons.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.tables.iter().flat_map(|table| &table.rows)
    }
}

impl Table {
    /// Rows under a heading.
    pub fn new(title: impl Into<String>, rows: Vec<Row>) -> Table {
        Table { title: title.into(), rows }
    }
}

impl Row {
    /// What must be equal to the letter.
    pub fn exact(what: impl Into<String>, paper: &str, simulated: String) -> Row {
        let verdict = if paper == simulated { Verdict::Within } else { Verdict::Outside };
        Row::words(what, paper, simulated, verdict)
    }

    /// A number that must not be further than `tolerance` from the paper's.
    pub fn within(what: impl Into<String>, paper: f64, simulated: Estimate, tolerance: f64) -> Row {
        let near = (simulated.value - paper).abs() <= tolerance;
        let verdict = if near { Verdict::Within } else { Verdict::Outside };
        Row { verdict, ..Row::number(what, Figure::Number(paper), simulated) }
    }

    /// A number that is only shown.
    pub fn number(what: impl Into<String>, paper: Figure, simulated: Estimate) -> Row {
        let interval = simulated.interval();
        let simulated = Figure::Number(simulated.value);
        Row { what: what.into(), paper, simulated, interval, verdict: Verdict::NoBar }
    }

    /// The same row with a number's bar kept or not.
    pub fn held_to(self, kept: bool) -> Row {
        Row { verdict: if kept { Verdict::Within } else { Verdict::Outside }, ..self }
    }

    /// A shape that holds or does not.
    pub fn shape(
        what: impl Into<String>,
        paper: &str,
        simulated: impl Into<String>,
        holds: bool,
    ) -> Row {
        let verdict = if holds { Verdict::ShapeHolds } else { Verdict::ShapeFails };
        Row::words(what, paper, simulated, verdict)
    }

    /// Words on both sides, judged already.
    pub fn words(
        what: impl Into<String>,
        paper: &str,
        simulated: impl Into<String>,
        verdict: Verdict,
    ) -> Row {
        let paper = Figure::Words(paper.to_string());
        let simulated = Figure::Words(simulated.into());
        Row { what: what.into(), paper, simulated, interval: None, verdict }
    }
}

/// A number as tables show it: four digits that count, and powers of ten where it is far from 1.
pub fn spelt(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    let scientific = format!("{value:.3e}");
    let (_, exponent) = scientific.split_once('e').expect("a scientific number has an exponent");
    match exponent.parse::<i32>().expect("an exponent is a number") {
        power @ 0..3 => format!("{value:.*}", (3 - power) as usize),
        3..15 => grouped(value),
        power @ -4..0 => format!("{value:.*}", (3 - power) as usize),
        _far => scientific,
    }
}

/// A whole number with commas between thousands.
fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spelt_with_four_digits() {
        let rows = [
            (0.0, "0"),
            (1.0, "1.000"),
            (0.52, "0.5200"),
            (12.345, "12.35"),
            (999.96, "1,000"),
            (48_600.4, "48,600"),
            (-1_234_567.0, "-1,234,567"),
            (0.000_011, "1.100e-5"),
            (0.001_13, "0.001130"),
            (f64::INFINITY, "inf"),
        ];
        for (value, text) in rows {
            assert_eq!(spelt(value), text);
        }
    }

    #[test]
    fn the_worst_comparison_decides() {
        let near = |mean| Row::within("a", 1.0, Estimate::of_mean(&[mean]), 0.1);
        let shape = |holds| Row::shape("b", "rises", "rises", holds);
        let rows = [
            (vec![], Verdict::NoBar),
            (vec![near(1.05), shape(true)], Verdict::Within),
            (vec![near(1.05), shape(false)], Verdict::ShapeFails),
            (vec![near(0.8), shape(true)], Verdict::Outside),
            (vec![Row::exact("c", "x", "y".to_string())], Verdict::Outside),
        ];
        for (rows, verdict) in rows {
            let tables = vec![Table::new("t", rows)];
            assert_eq!(Reproduction { tables, ..Reproduction::default() }.verdict(), verdict);
        }
    }
}
