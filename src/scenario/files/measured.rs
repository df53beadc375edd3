//! Distributions from files: `{ "samples": "legs.csv" }` and `{ "quantiles": "legs.csv" }`. What
//! stands in the file takes the place of its name before anything else is read, so that a resolved
//! scenario needs no file.

use serde_json::{Value, json};

use crate::scenario::diagnosis::Diagnosis;
use crate::scenario::extend::Library;
use crate::scenario::files::SIZE_LIMIT;
use crate::scenario::files::table::{Cell, Table};
use crate::scenario::path::{Path, Step};
use crate::scenario::problem::{Aim, Problem};
use crate::scenario::source::Source;
use crate::time::Duration;

/// What came of putting files in.
#[derive(Default)]
pub(in crate::scenario) struct PutIn {
    /// What is wrong with how the scenario names them.
    pub problems: Vec<Problem>,
    /// What is wrong inside.
    pub told: Vec<Diagnosis>,
    /// Places where a stand-in is now.
    pub broken: Vec<Path>,
}

/// What a file holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Samples,
    Quantiles,
}

struct Walker<'w, 's> {
    source: &'w Source<'s>,
    library: &'w dyn Library,
    put_in: PutIn,
}

/// Puts all files in that a scenario's distributions name.
pub(in crate::scenario) fn put_in(
    json: &mut Value,
    source: &Source<'_>,
    library: &dyn Library,
) -> PutIn {
    let mut walker = Walker { source, library, put_in: PutIn::default() };
    walker.walk(json, &mut Path::root());
    walker.put_in
}

/// The file that a value names where it is a distribution from one.
fn named(json: &Value) -> Option<(Kind, String)> {
    let members = json.as_object().filter(|members| members.len() == 1)?;
    let (name, value) = members.iter().next()?;
    let kind = match name.as_str() {
        "samples" => Kind::Samples,
        "quantiles" => Kind::Quantiles,
        _other => return None,
    };
    Some((kind, value.as_str()?.to_string()))
}

impl Walker<'_, '_> {
    /// `path` leads to `json`; it is lent to be extended, and comes back as it was.
    fn walk(&mut self, json: &mut Value, path: &mut Path) {
        if let Some((kind, name)) = named(json) {
            *json = self.read(kind, &name, path).unwrap_or_else(|| {
                self.put_in.broken.push(path.clone());
                json!({ "constant": "1s" })
            });
            return;
        }
        match json {
            Value::Array(list) => {
                for (i, value) in list.iter_mut().enumerate() {
                    path.inside(Step::Index(i), |path| self.walk(value, path));
                }
            }
            Value::Object(members) => {
                for (name, value) in members {
                    path.inside(Step::Name(name.clone()), |path| self.walk(value, path));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn read(&mut self, kind: Kind, name: &str, path: &Path) -> Option<Value> {
        let path = path.name(kind.name());
        let (place, text) = self.open(&path, name)?;
        let mut table = Table::new(&place, &path, &text);
        let content = match kind {
            Kind::Samples => samples(&mut table),
            Kind::Quantiles => quantiles(&mut table),
        };
        let told = table.told();
        let fine = told.is_empty();
        self.put_in.told.extend(told);
        fine.then(|| json!({ kind.name(): content }))
    }

    fn open(&mut self, path: &Path, name: &str) -> Option<(String, String)> {
        let opened = self.library.data(self.source.writer_of(path), name);
        let text = opened.and_then(|(place, bytes)| match String::from_utf8(bytes) {
            Ok(text) if text.len() <= SIZE_LIMIT => Ok((place, text)),
            Ok(_) => Err(format!("{place} has more than {SIZE_LIMIT} bytes (64 MiB)")),
            Err(_) => Err(format!("{place} is no text in UTF-8")),
        });
        let refuse = |message: String| Problem {
            aim: Aim::Value,
            help: Some("a list can stand here as well, as in [\"1ms\", \"2ms\"]".to_string())
                .filter(|_| path.to_string().ends_with(Kind::Samples.name())),
            ..Problem::new(path.clone(), message)
        };
        text.map_err(|message| self.put_in.problems.push(refuse(message))).ok()
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Samples => "samples",
            Kind::Quantiles => "quantiles",
        }
    }
}

fn samples(table: &mut Table<'_>) -> Value {
    let mut all = Vec::new();
    for line in table.lines() {
        if table.is_full() {
            break;
        }
        let mut cells = line.cells();
        let cell = cells.next().unwrap_or(line.whole());
        all.extend(duration(table, cell).map(|duration| duration.to_string()));
        if let Some(more) = cells.next() {
            table.complain(more, "", "a line has one duration and nothing else");
        }
    }
    if all.is_empty() && !table.is_full() {
        table.complain_of_all("the file holds no durations; it has one on each line");
    }
    json!(all)
}

fn quantiles(table: &mut Table<'_>) -> Value {
    let mut all: Vec<(f64, Duration)> = Vec::new();
    for line in table.lines() {
        if table.is_full() {
            break;
        }
        let cells: Vec<Cell<'_>> = line.cells().collect();
        let [share, value] = cells[..] else {
            let message = "a line has a probability and a duration, as in 0.5,2ms";
            table.complain(line.whole(), "", message);
            continue;
        };
        let before = all.last().copied();
        let (share, value) = (probability(table, share, before), later(table, value, before));
        all.extend(share.zip(value));
    }
    check_ends(table, &all);
    let pair = |(share, value): &(f64, Duration)| json!([share, value.to_string()]);
    all.iter().map(pair).collect()
}

/// The whole curve is wanted: a tail that was not measured cannot be guessed.
fn check_ends(table: &mut Table<'_>, all: &[(f64, Duration)]) {
    if table.is_full() {
        return;
    }
    let ends = all.first().zip(all.last());
    let complete = ends.is_some_and(|(first, last)| first.0 == 0.0 && last.0 == 1.0);
    if !complete {
        let found = ends.map_or("none at all".to_string(), |(first, last)| {
            format!("from {} to {}", first.0, last.0)
        });
        let message = format!(
            "quantiles go from probability 0, the shortest, to 1, the longest; here they go {found}"
        );
        table.complain_of_all(&message);
    }
}

fn probability(
    table: &mut Table<'_>,
    cell: Cell<'_>,
    before: Option<(f64, Duration)>,
) -> Option<f64> {
    let number = cell.text.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
    match (number, before) {
        (None, _) => table.complain(cell, "probability", "a probability is from 0 to 1"),
        (Some(share), Some((before, _))) if share <= before => {
            let message = format!("probabilities rise; the line before has {before}");
            table.complain(cell, "probability", message);
        }
        (Some(_), _) => {}
    }
    number
}

fn later(
    table: &mut Table<'_>,
    cell: Cell<'_>,
    before: Option<(f64, Duration)>,
) -> Option<Duration> {
    let value = duration(table, cell);
    if let (Some(value), Some((_, before))) = (value, before) {
        if value < before {
            let message = format!("durations do not fall; the line before has {before}");
            table.complain(cell, "duration", message);
        }
    }
    value
}

/// A duration with its unit, or a bare number of milliseconds.
fn duration(table: &mut Table<'_>, cell: Cell<'_>) -> Option<Duration> {
    let number = |text: &str| text.parse::<f64>().ok().filter(|it| it.is_finite() && *it >= 0.0);
    let longest = crate::random::distribution::Distribution::LONGEST;
    let parsed = match number(cell.text) {
        Some(milliseconds) if milliseconds <= longest.millis() => {
            Some(Duration((milliseconds * 1e6 + 0.5) as u64))
        }
        Some(_) => None,
        None => Duration::parse(cell.text).ok().filter(|parsed| *parsed <= longest),
    };
    if parsed.is_none() {
        let message = "a duration is a number of milliseconds, as in 1.5, or has a unit, as in \
                       1500us; it is from 0 to ten years";
        table.complain(cell, "duration", message);
    }
    parsed
}
