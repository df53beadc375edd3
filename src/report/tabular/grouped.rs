//! Rows of one place and one series as a mean with its 95 % interval: the run is the unit.

use crate::report::tabular::choice::{Choice, Chosen};
use crate::report::tabular::table::{Problem, Row};
use crate::statistics::estimate::Estimate;

/// Places along an axis: numbers, or names where a column holds anything else.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Places {
    /// The names at 0, 1, 2 ...; empty where places are numbers.
    pub names: Vec<String>,
    /// The place of each row.
    pub at: Vec<f64>,
}

/// One series: its name, and by place, in ascending order, all values there.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Group {
    pub name: String,
    pub values: Vec<(f64, Vec<f64>)>,
}

impl Places {
    /// Where rows lie along a column. `named`: as names even if all are numbers.
    pub fn of(chosen: &Chosen<'_>, column: &str, named: bool) -> Result<Places, Problem> {
        let at = chosen.table.column(column)?;
        if !named && chosen.table.is_numeric(at) {
            let numbers = chosen.rows.iter().map(|row| chosen.table.number(row, at));
            return Ok(Places { names: Vec::new(), at: numbers.collect::<Result<_, _>>()? });
        }
        let texts = chosen.rows.iter().map(|row| chosen.table.text(row, at));
        let texts: Vec<&str> = texts.collect::<Result<_, _>>()?;
        let mut names: Vec<&str> = Vec::new();
        for text in &texts {
            if !names.contains(text) {
                names.push(text);
            }
        }
        if chosen.table.is_numeric(at) {
            let number = |text: &&str| text.parse::<f64>().unwrap_or(0.0);
            names.sort_by(|one, other| number(one).total_cmp(&number(other)));
        }
        let place = |text: &&str| names.iter().position(|name| name == text).unwrap_or(0) as f64;
        let at = texts.iter().map(place).collect();
        Ok(Places { names: names.iter().map(ToString::to_string).collect(), at })
    }
}

/// The name of the series that each row belongs to.
pub fn series(choice: &Choice, chosen: &Chosen<'_>) -> Result<Vec<String>, Problem> {
    let columns: Result<Vec<usize>, Problem> =
        choice.by.iter().map(|column| chosen.table.column(column)).collect();
    let columns = columns?;
    let name = |row: &&Row| -> Result<String, Problem> {
        let cells: Result<Vec<&str>, Problem> =
            columns.iter().map(|at| chosen.table.text(row, *at)).collect();
        Ok(cells?.join(", "))
    };
    chosen.rows.iter().map(name).collect()
}

/// The numbers of a column, by row.
pub fn numbers(chosen: &Chosen<'_>, column: &str) -> Result<Vec<f64>, Problem> {
    let at = chosen.table.column(column)?;
    chosen.rows.iter().map(|row| chosen.table.number(row, at)).collect()
}

/// Groups values by series, in the order in which these come, and by place.
pub fn groups(names: &[String], places: &[f64], values: &[f64]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for ((name, place), value) in names.iter().zip(places).zip(values) {
        let known = groups.iter().position(|group| group.name == *name).unwrap_or_else(|| {
            groups.push(Group { name: name.clone(), values: Vec::new() });
            groups.len() - 1
        });
        let own = &mut groups[known].values;
        match own.binary_search_by(|(at, _)| at.total_cmp(place)) {
            Ok(found) => own[found].1.push(*value),
            Err(new) => own.insert(new, (*place, vec![*value])),
        }
    }
    groups
}

impl Group {
    /// The mean at each place; an interval without ends where there is one run only.
    pub fn means(&self) -> Vec<(f64, Estimate)> {
        self.values.iter().map(|(at, values)| (*at, Estimate::of_mean(values))).collect()
    }
}

/// `5 runs`, or `3 to 5 runs`, at each place.
pub fn runs(groups: &[Group]) -> String {
    let counts = || groups.iter().flat_map(|group| group.values.iter().map(|(_, all)| all.len()));
    let (least, most) = (counts().min().unwrap_or(0), counts().max().unwrap_or(0));
    match (least, most) {
        (1, 1) => "one run at each point: no intervals".to_string(),
        (least, most) if least == most => format!("means of {most} runs, 95 % intervals"),
        (least, most) => format!("means of {least} to {most} runs, 95 % intervals"),
    }
}
