//! The data dictionaries of a sweep's tables: what each column means.

use serde::Serialize;

use crate::report::definitions::find;
use crate::report::json::pretty;
use crate::report::sweep::details::{OF_FAULTS, OF_NODES};
use crate::report::sweep::plan::Plan;

/// What a column means.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
struct Column {
    column: String,
    /// `integer`, `number`, `text`, or `json` for what varies in kind.
    #[serde(rename = "type")]
    kind: &'static str,
    unit: String,
    definition: String,
}

fn column(column: &str, kind: &'static str, unit: &str, definition: &str) -> Column {
    Column {
        column: column.to_string(),
        kind,
        unit: unit.to_string(),
        definition: definition.to_string(),
    }
}

/// The columns of the table of all runs in their order, as JSON.
pub fn dictionary(plan: &Plan) -> Vec<u8> {
    let mut columns = of_place(plan);
    let status = "how the run ended: held, inconclusive (a fault touched nothing, or a judge had \
                  nothing to examine), finding (a judge or an `expect` line was broken), panicked \
                  (the program failed)";
    let problem = "the judges that found something, or what the program said as it failed";
    let digest = "fingerprint of what happened in the run: the same for the same run";
    let ended = [("status", status), ("problem", problem), ("digest", digest)];
    columns.extend(ended.map(|(name, meaning)| column(name, "text", "", meaning)));
    columns.extend(plan.figures.iter().map(|path| figure(path, path)));
    pretty(&columns)
}

/// The columns of the table of nodes.
pub fn of_nodes(plan: &Plan) -> Vec<u8> {
    let mut columns = of_place(plan);
    columns.push(column("node", "text", "", "the node, as scenarios name it"));
    columns.extend(OF_NODES.iter().map(|list| figure(list, &format!("{list}.0"))));
    pretty(&columns)
}

/// The columns of the table of faults.
pub fn of_faults(plan: &Plan) -> Vec<u8> {
    let mut columns = of_place(plan);
    columns.push(column("fault", "integer", "1", "its place in the scenario, from 0"));
    columns.push(column("kind", "text", "", "kind of the fault, as scenarios name it"));
    columns.push(column("label", "text", "", "kind and target in a few words"));
    columns.extend(OF_FAULTS.iter().map(|it| figure(it, &format!("faults.windows.0.{it}"))));
    pretty(&columns)
}

/// A column with a number that the report defines under this path.
fn figure(name: &str, path: &str) -> Column {
    let (unit, meaning) = find(path).map_or(("", ""), |known| (known.unit, known.definition));
    column(name, "number", unit, meaning)
}

/// The columns that say which run it is.
fn of_place(plan: &Plan) -> Vec<Column> {
    let mut columns = vec![
        column("point", "integer", "1", "number of the combination of the axes' values, from 0"),
        column("seed", "integer", "1", "seed of all luck of the run"),
    ];
    for axis in &plan.axes {
        let kind = if axis.unit.is_empty() { "json" } else { "number" };
        let meaning = format!("the field {} of the scenario, which the sweep varies", axis.path);
        columns.push(column(&axis.column, kind, &axis.unit, &meaning));
    }
    columns
}
