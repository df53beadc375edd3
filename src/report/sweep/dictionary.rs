//! The data dictionary of a sweep's table: what each column means.

use serde::Serialize;

use crate::report::definitions::find;
use crate::report::json::pretty;
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

/// All columns in their order, as JSON.
pub fn dictionary(plan: &Plan) -> Vec<u8> {
    let mut columns = vec![
        column("point", "integer", "1", "number of the combination of the axes' values, from 0"),
        column("seed", "integer", "1", "seed of all luck of the run"),
    ];
    for axis in &plan.axes {
        let kind = if axis.unit.is_empty() { "json" } else { "number" };
        let meaning = format!("the field {} of the scenario, which the sweep varies", axis.path);
        columns.push(column(&axis.column, kind, &axis.unit, &meaning));
    }
    let status = "how the run ended: held, inconclusive (a fault touched nothing, or a judge had \
                  nothing to examine), finding (a judge or an `expect` line was broken), panicked \
                  (the program failed)";
    let problem = "the judges that found something, or what the program said as it failed";
    let digest = "fingerprint of what happened in the run: the same for the same run";
    let ended = [("status", status), ("problem", problem), ("digest", digest)];
    columns.extend(ended.map(|(name, meaning)| column(name, "text", "", meaning)));
    for path in &plan.figures {
        let known = find(path);
        let (unit, meaning) = known.map_or(("", ""), |known| (known.unit, known.definition));
        columns.push(column(path, "number", unit, meaning));
    }
    pretty(&columns)
}
