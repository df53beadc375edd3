//! What a run of a sweep says of every node and of every fault.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

/// What there is of each node: lists of the report, with a number for each.
pub const OF_NODES: [&str; 2] = ["load.coordinated", "placement.carried"];
/// What there is of each fault: numbers of its entry in the report.
pub const OF_FAULTS: [&str; 8] =
    ["from_s", "to_s", "messages", "bytes", "operations", "nodes", "jobs", "copies"];

/// What a run says of its parts.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Details {
    /// The numbers of each list of [`OF_NODES`], in the order of the nodes.
    pub nodes: Vec<Vec<Number>>,
    /// In the order of the scenario.
    pub faults: Vec<Fault>,
}

/// One fault of a run.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    pub kind: String,
    pub label: String,
    /// In the order of [`OF_FAULTS`].
    pub figures: Vec<Number>,
}

impl Details {
    /// Those of a report.
    pub fn of(report: &Value) -> Details {
        let at = |path: &str| path.split('.').try_fold(report, |value, step| value.get(step));
        let list = |path: &&str| at(path).and_then(Value::as_array).cloned().unwrap_or_default();
        let numbers = |path: &&str| list(path).into_iter().filter_map(number).collect();
        Details {
            nodes: OF_NODES.iter().map(numbers).collect(),
            faults: list(&"faults.windows").iter().map(Fault::of).collect(),
        }
    }
}

impl Fault {
    fn of(window: &Value) -> Fault {
        let text = |name: &str| window[name].as_str().unwrap_or("").to_string();
        let figures = OF_FAULTS.iter().filter_map(|name| number(window[*name].clone()));
        Fault { kind: text("kind"), label: text("label"), figures: figures.collect() }
    }
}

fn number(value: Value) -> Option<Number> {
    match value {
        Value::Number(number) => Some(number),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}
