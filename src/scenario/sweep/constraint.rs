//! What a combination must keep: `"r + w > n"`.
//!
//! Expressions are read and evaluated by `exmex`, with operators of our own only: sums, products,
//! comparisons and logic. None of them depends on the machine, as logarithms and powers would.
//!
//! A name is an axis, by its whole path or by the last step of it; or else a field of the scenario,
//! by its whole path, or by its last step where it stands beside an axis. Numbers have the unit of
//! their field, texts stand in quotes: `replica_timeout < 50ms && quorum == 'strict'`.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::str::FromStr;

use exmex::{
    BinOp, Express, FlatEx, MakeOperators, MatchLiteral, Operator, literal_matcher_from_pattern,
    ops_factory,
};
use serde_json::Value;

use crate::scenario::diagnosis::did_you_mean;
use crate::scenario::path::{Path, Step, shortened};
use crate::scenario::sweep::points::Setting;
use crate::scenario::sweep::quantity::{Quantity, Unit};

/// Longest constraint, in bytes.
const LENGTH_LIMIT: usize = 300;

/// A constraint that could be read.
#[derive(Debug)]
pub struct Constraint {
    text: String,
    expression: FlatEx<Term, Operators, Literals>,
    /// What the expression's variables are, in its order of them.
    operands: Vec<Named>,
}

/// What a name in a constraint stands for.
#[derive(Debug)]
enum Named {
    /// The axis of this place.
    Axis(usize),
    /// A field that does not vary.
    Field(Term),
}

/// What is calculated with.
#[derive(Clone, PartialEq, Debug, Default)]
enum Term {
    Number(f64, Unit),
    Truth(bool),
    Text(String),
    /// What came of an operation between things that do not go together.
    #[default]
    Nothing,
}

ops_factory!(
    Operators,
    Term,
    binary("||", 1, |a, b| logic(a, b, |a, b| a || b)),
    binary("&&", 2, |a, b| logic(a, b, |a, b| a && b)),
    binary("==", 3, |a, b| equality(&a, &b, true)),
    binary("!=", 3, |a, b| equality(&a, &b, false)),
    binary("<=", 4, |a, b| order(&a, &b, Ordering::is_le)),
    binary(">=", 4, |a, b| order(&a, &b, Ordering::is_ge)),
    binary("<", 4, |a, b| order(&a, &b, Ordering::is_lt)),
    binary(">", 4, |a, b| order(&a, &b, Ordering::is_gt)),
    binary("+", 5, |a, b| sum(&a, &b, 1.0)),
    Operator::make_bin_unary("-", operation(5, |a, b| sum(&a, &b, -1.0)), negative),
    binary("*", 6, product),
    binary("/", 6, quotient),
    binary("%", 6, remainder),
    Operator::make_unary("!", not)
);

literal_matcher_from_pattern!(
    Literals,
    r#"^('[^']*'|"[^"]*"|(true|false)\b|[0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h|B|KiB|MiB|GiB)?)"#
);

fn operation(prio: i64, apply: fn(Term, Term) -> Term) -> BinOp<Term> {
    BinOp { apply, prio, is_commutative: false }
}

fn binary(name: &'static str, prio: i64, apply: fn(Term, Term) -> Term) -> Operator<'static, Term> {
    Operator::make_bin(name, operation(prio, apply))
}

fn logic(a: Term, b: Term, of: fn(bool, bool) -> bool) -> Term {
    match (a, b) {
        (Term::Truth(a), Term::Truth(b)) => Term::Truth(of(a, b)),
        _ => Term::Nothing,
    }
}

fn equality(a: &Term, b: &Term, wanted: bool) -> Term {
    match (a, b) {
        (Term::Number(a, x), Term::Number(b, y)) if x == y => Term::Truth((a == b) == wanted),
        (Term::Truth(a), Term::Truth(b)) => Term::Truth((a == b) == wanted),
        (Term::Text(a), Term::Text(b)) => Term::Truth((a == b) == wanted),
        _ => Term::Nothing,
    }
}

fn order(a: &Term, b: &Term, is: fn(Ordering) -> bool) -> Term {
    match (a, b) {
        (Term::Number(a, x), Term::Number(b, y)) if x == y => {
            a.partial_cmp(b).map_or(Term::Nothing, |order| Term::Truth(is(order)))
        }
        _ => Term::Nothing,
    }
}

fn sum(a: &Term, b: &Term, sign: f64) -> Term {
    match (a, b) {
        (Term::Number(a, x), Term::Number(b, y)) if x == y => Term::Number(a + sign * b, *x),
        _ => Term::Nothing,
    }
}

fn product(a: Term, b: Term) -> Term {
    match (a, b) {
        (Term::Number(a, unit), Term::Number(b, Unit::Plain))
        | (Term::Number(a, Unit::Plain), Term::Number(b, unit)) => Term::Number(a * b, unit),
        _ => Term::Nothing,
    }
}

fn quotient(a: Term, b: Term) -> Term {
    match (a, b) {
        (Term::Number(_, _), Term::Number(0.0, _)) => Term::Nothing,
        (Term::Number(a, unit), Term::Number(b, Unit::Plain)) => Term::Number(a / b, unit),
        (Term::Number(a, x), Term::Number(b, y)) if x == y => Term::Number(a / b, Unit::Plain),
        _ => Term::Nothing,
    }
}

fn remainder(a: Term, b: Term) -> Term {
    match (a, b) {
        (Term::Number(_, _), Term::Number(0.0, _)) => Term::Nothing,
        (Term::Number(a, x), Term::Number(b, y)) if x == y => Term::Number(a % b, x),
        _ => Term::Nothing,
    }
}

fn negative(a: Term) -> Term {
    match a {
        Term::Number(a, unit) => Term::Number(-a, unit),
        _ => Term::Nothing,
    }
}

fn not(a: Term) -> Term {
    match a {
        Term::Truth(truth) => Term::Truth(!truth),
        _ => Term::Nothing,
    }
}

impl FromStr for Term {
    type Err = String;

    fn from_str(text: &str) -> Result<Term, String> {
        let quoted = |mark| text.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
        if let Some(inside) = quoted('\'').or_else(|| quoted('"')) {
            return Ok(Term::Text(inside.to_string()));
        }
        let number = |value| Term::Number(value, Unit::Plain);
        let quantity = || Quantity::parse(text).map(|it| Term::Number(it.value, it.unit));
        match text {
            "true" => Ok(Term::Truth(true)),
            "false" => Ok(Term::Truth(false)),
            text => text
                .parse()
                .ok()
                .map(number)
                .or_else(quantity)
                .ok_or_else(|| format!("`{}` is no value", shortened(text))),
        }
    }
}

impl Term {
    fn of(value: &Value) -> Term {
        match (Quantity::of(value), value) {
            (Some(quantity), _) => Term::Number(quantity.value, quantity.unit),
            (None, Value::Bool(truth)) => Term::Truth(*truth),
            (None, Value::String(text)) => Term::Text(text.clone()),
            (None, _) => Term::Nothing,
        }
    }
}

impl Constraint {
    /// Reads a constraint over these axes; `resolved` is the scenario, for its other fields.
    pub fn parse(text: &str, axes: &[Path], resolved: &Value) -> Result<Constraint, String> {
        if text.len() > LENGTH_LIMIT {
            return Err(format!("a constraint has at most {LENGTH_LIMIT} bytes"));
        }
        let marked = mark_names(text)?;
        // What the library says of it speaks of its own insides.
        let expression = FlatEx::parse(&marked).map_err(|_| {
            format!("`{}` is no comparison; write one as in \"r + w > n\"", shortened(text))
        })?;
        let operand = |name: &String| operand(name, axes, resolved);
        let operands: Result<Vec<Named>, String> =
            expression.var_names().iter().map(operand).collect();
        let operands = operands?;
        if !operands.iter().any(|operand| matches!(operand, Named::Axis(_))) {
            return Err("no axis stands in it: it would keep all combinations or none".to_string());
        }
        Ok(Constraint { text: text.to_string(), expression, operands })
    }

    /// Does a combination keep it? The error says what cannot be compared.
    pub fn holds(&self, settings: &[Setting]) -> Result<bool, String> {
        let value = |operand: &Named| match operand {
            Named::Axis(place) => Term::of(&settings[*place].value),
            Named::Field(term) => term.clone(),
        };
        let values: Vec<Term> = self.operands.iter().map(value).collect();
        match self.expression.eval(&values) {
            Ok(Term::Truth(truth)) => Ok(truth),
            Ok(Term::Number(..) | Term::Text(_)) => {
                Err(format!("`{}` is neither true nor false; compare two things", self.text))
            }
            Ok(Term::Nothing) | Err(_) => {
                let settings: Vec<String> = settings.iter().map(Setting::to_string).collect();
                Err(format!(
                    "`{}` compares what does not go together (with {}): numbers with their unit \
                     as in 10ms, texts in quotes",
                    self.text,
                    settings.join(", ")
                ))
            }
        }
    }
}

/// Puts braces around names with dots and brackets, which the library reads only so.
fn mark_names(text: &str) -> Result<String, String> {
    if text.contains(['{', '}']) {
        return Err("there are no braces in a constraint".to_string());
    }
    let (mut marked, mut rest) = (String::new(), text);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' => rest[1..].find(first).ok_or("a quote is not closed")? + 2,
            c if c.is_ascii_digit() => {
                rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(rest.len())
            }
            c if c.is_ascii_alphabetic() || c == '_' => {
                let inside = |c: char| c.is_ascii_alphanumeric() || "_.[]".contains(c);
                rest.find(|c: char| !inside(c)).unwrap_or(rest.len())
            }
            other => other.len_utf8(),
        };
        let (piece, after) = rest.split_at(length);
        let is_name = first.is_ascii_alphabetic();
        if is_name && after.trim_start().starts_with('(') {
            return Err(format!("`{piece}(`: there are no functions in a constraint"));
        }
        let is_path = !first.is_ascii_digit() && !"'\"".contains(first) && piece.len() > 1;
        match is_path && piece.contains(['.', '[']) {
            true => marked.push_str(&format!("{{{piece}}}")),
            false => marked.push_str(piece),
        }
        rest = after;
    }
    Ok(marked)
}

fn operand(name: &str, axes: &[Path], resolved: &Value) -> Result<Named, String> {
    let path = Path::parse(name).ok_or_else(|| format!("`{}` is no path", shortened(name)))?;
    if let Some(place) = axes.iter().position(|axis| *axis == path) {
        return Ok(Named::Axis(place));
    }
    let ends = |axis: &Path| path.steps().len() == 1 && axis.steps().last() == path.steps().last();
    let named: Vec<usize> = (0..axes.len()).filter(|place| ends(&axes[*place])).collect();
    match named.as_slice() {
        [place] => return Ok(Named::Axis(*place)),
        [] => {}
        [one, other, ..] => {
            return Err(format!("`{name}` could be {} or {}", axes[*one], axes[*other]));
        }
    }
    if let Some(value) = at(resolved, &path) {
        return Ok(Named::Field(Term::of(value)));
    }
    let siblings: BTreeSet<Path> =
        axes.iter().filter_map(|axis| Some(axis.split_last()?.0.join(&path))).collect();
    let mut beside = siblings.iter().filter_map(|path| at(resolved, path));
    match (beside.next(), beside.next()) {
        (Some(value), None) => Ok(Named::Field(Term::of(value))),
        (Some(_), Some(_)) => Err(format!("`{name}` could be several fields; write its path")),
        (None, _) => Err(unknown(name, axes)),
    }
}

fn unknown(name: &str, axes: &[Path]) -> String {
    let known: Vec<String> = axes.iter().map(Path::to_string).collect();
    let last = |axis: &Path| match axis.steps().last() {
        Some(Step::Name(name)) => Some(name.clone()),
        Some(Step::Index(_)) | None => None,
    };
    let short: Vec<String> = axes.iter().filter_map(last).collect();
    let near = did_you_mean(name, known.iter().chain(&short).map(String::as_str));
    let near = near.map_or(String::new(), |near| format!("; {near}"));
    format!(
        "`{}` is no axis and no field; the axes are {}{near}",
        shortened(name),
        known.join(", ")
    )
}

fn at<'v>(value: &'v Value, path: &Path) -> Option<&'v Value> {
    path.steps().iter().try_fold(value, |value, step| match step {
        Step::Name(name) => value.get(name),
        Step::Index(index) => value.get(index),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn settings() -> Vec<Setting> {
        let values = [
            ("cluster.r", json!(2)),
            ("cluster.w", json!(1)),
            ("cluster.quorum", json!("strict")),
            ("cluster.replica_timeout", json!("50ms")),
            ("faults[0].cut.both_ways", json!(true)),
        ];
        values.map(|(path, value)| Setting { path: Path::from(path), value }).to_vec()
    }

    fn holds(text: &str) -> Result<bool, String> {
        let axes: Vec<Path> = settings().into_iter().map(|setting| setting.path).collect();
        let resolved =
            json!({"cluster": {"n": 3, "operation_timeout": "1s"}, "network": {"loss": 0.5}});
        Constraint::parse(text, &axes, &resolved)?.holds(&settings())
    }

    #[test]
    fn constraints_hold_or_not() {
        let rows = [
            ("r + w > n", false),
            ("r + w >= cluster.n", true),
            ("cluster.r + cluster.w == 3", true),
            ("r != w", true),
            ("!(r == w)", true),
            ("r * 2 - 1 == 3 && w < r", true),
            ("r < w || quorum == 'strict'", true),
            ("quorum != \"sloppy\"", true),
            ("replica_timeout < 100ms", true),
            ("replica_timeout * 4 < operation_timeout", true),
            ("replica_timeout / 10ms == 5", true),
            ("faults[0].cut.both_ways == true", true),
            ("r % 2 == 0", true),
            ("w - -1 == 2", true),
            ("r > network.loss", true),
            ("2*r>n&&w<=1", true),
        ];
        for (text, expected) in rows {
            assert_eq!(holds(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let rows = [
            ("", "is no comparison"),
            ("r +", "is no comparison"),
            ("r + w", "neither true nor false"),
            ("r > x", "`x` is no axis and no field"),
            ("quorun == 'strict'", "did you mean `quorum`?"),
            ("3 > 2", "no axis stands in it"),
            ("r > 10ms", "does not go together"),
            ("quorum > 3", "does not go together"),
            ("r / 0 > 1", "does not go together"),
            ("quorum == 'x", "not closed"),
            ("{r} > 1", "no braces"),
            ("ln(r) > 1", "no functions"),
        ];
        for (text, expected) in rows {
            let told = holds(text).unwrap_err();
            assert!(told.contains(expected), "{text}: {told}");
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        let pieces = [
            "r",
            "w",
            "(",
            ")",
            "+",
            "-",
            "*",
            "<",
            "==",
            "!",
            "&&",
            "1",
            "2ms",
            "'a'",
            ".",
            "[",
            "\u{e9}",
            " ",
            ",",
            "{",
            "cluster.r",
            "9e9",
            "=",
            "|",
            "%",
        ];
        let mut state = 7_u64;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..state % 9 + 1 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text.push_str(pieces[(state >> 33) as usize % pieces.len()]);
            }
            let _ = holds(&text);
        }
    }
}
