//! One tidy table over all runs of a sweep, a row a run, as CSV and as JSON Lines with the same
//! columns: the point and the seed, the axes, how the run ended, and every figure.

use std::io::{self, Write};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::report::sweep::plan::{Plan, Task};
use crate::report::sweep::row::Row;

/// Columns before the axes.
const FIRST: [&str; 2] = ["point", "seed"];
/// Columns between the axes and the figures.
const ENDED: [&str; 3] = ["status", "problem", "digest"];

/// Both files under way.
pub struct Table<'p, W: Write> {
    plan: &'p Plan,
    columns: Vec<String>,
    csv: csv::Writer<W>,
    lines: W,
}

/// The names of all columns, in their order.
pub fn columns(plan: &Plan) -> Vec<String> {
    let ended = ENDED.iter().map(|name| name.to_string());
    columns_of_place(plan).into_iter().chain(ended).chain(plan.figures.iter().cloned()).collect()
}

/// The names of the columns that say which run it is.
pub fn columns_of_place(plan: &Plan) -> Vec<String> {
    let axes = plan.axes.iter().map(|axis| axis.column.clone());
    FIRST.iter().map(|name| name.to_string()).chain(axes).collect()
}

/// The cells of those columns.
pub fn place(plan: &Plan, task: Task) -> Vec<Value> {
    let first = [Value::from(task.point as u64), Value::from(task.seed)];
    first.into_iter().chain(plan.points[task.point].cells.iter().cloned()).collect()
}

/// A row as an object whose members have the order of the columns.
struct Members<'r>(&'r [String], &'r [Value]);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0.iter().zip(self.1) {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'p, W: Write> Table<'p, W> {
    /// Begins both files.
    pub fn new(plan: &'p Plan, csv: W, lines: W) -> io::Result<Table<'p, W>> {
        let mut table =
            Table { plan, columns: columns(plan), csv: csv::Writer::from_writer(csv), lines };
        table.csv.write_record(&table.columns)?;
        Ok(table)
    }

    /// Adds a run.
    pub fn add(&mut self, task: Task, row: &Row) -> io::Result<()> {
        let text = |text: &str| Value::from(text);
        let mut cells = place(self.plan, task);
        cells.extend([text(row.status.name()), text(&row.problem), text(&row.digest)]);
        let figure = |it: &Option<serde_json::Number>| it.clone().map_or(Value::Null, Value::from);
        cells.extend(row.figures.iter().map(figure));
        serde_json::to_writer(&mut self.lines, &Members(&self.columns, &cells))?;
        self.lines.write_all(b"\n")?;
        Ok(self.csv.write_record(cells.iter().map(cell))?)
    }

    /// Both files, whole.
    pub fn finish(mut self) -> io::Result<(W, W)> {
        self.lines.flush()?;
        let csv = self.csv.into_inner().map_err(|error| error.into_error())?;
        Ok((csv, self.lines))
    }
}

/// As CSV has it: texts without quotes, nothing where there is nothing.
pub fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sweep::plan::tests::sample;
    use crate::report::sweep::row::Status;

    #[test]
    fn both_files_say_the_same() {
        let plan = sample();
        let mut table = Table::new(&plan, Vec::new(), Vec::new()).unwrap();
        let mut row = Row::panicked(&plan, plan.task(4), "a \"b\", c");
        table.add(plan.task(4), &row).unwrap();
        row.status = Status::Held;
        row.figures = vec![Some(1.into()), serde_json::Number::from_f64(0.25)];
        table.add(plan.task(1), &row).unwrap();
        let (csv, lines) = table.finish().unwrap();
        let expected = "point,seed,cluster.r,a.b_ms,status,problem,digest,availability.get,\
                        latency.get.p99_ms\n1,5,2,10.0,panicked,\"a \"\"b\"\", c\",,,\n\
                        0,6,1,10.0,held,\"a \"\"b\"\", c\",,1,0.25\n";
        assert_eq!(String::from_utf8(csv).unwrap(), expected);
        let lines = String::from_utf8(lines).unwrap();
        let last = "{\"point\":0,\"seed\":6,\"cluster.r\":1,\"a.b_ms\":10.0,\"status\":\"held\",\
                    \"problem\":\"a \\\"b\\\", c\",\"digest\":\"\",\"availability.get\":1,\
                    \"latency.get.p99_ms\":0.25}";
        assert_eq!(lines.lines().last(), Some(last));
    }
}
