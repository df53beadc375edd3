//! `"variables": { "half": ["n0..n5"] }`: values with a name, used as `"$half"` wherever a value
//! stands. The whole value is put in; a name inside a longer text is text.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::scenario::diagnosis::did_you_mean;
use crate::scenario::path::{Path, Step, shortened};
use crate::scenario::problem::{Aim, Problem};

/// What cannot be put in, and where; the rest has been.
pub(super) fn put_in(json: &mut Value, used: &BTreeSet<String>) -> Vec<Problem> {
    let Some(variables) = json.get_mut("variables").map(Value::take) else {
        return put_in_from(json, &Map::new());
    };
    if let Some(members) = json.as_object_mut() {
        members.remove("variables");
    }
    let Value::Object(variables) = variables else {
        let message = "must be an object of names and values, as in { \"half\": [\"n0..n5\"] }";
        let problem = Problem::new(Path::from("variables"), message);
        return vec![Problem { aim: Aim::Value, ..problem }];
    };
    let mut problems = put_in_from(json, &variables);
    problems.extend(variables.iter().flat_map(|(name, value)| wrong_with(name, value, used)));
    problems
}

/// The names that stand as values in a text of its own, its definitions apart.
pub(super) fn names_used(json: &Value, used: &mut BTreeSet<String>) {
    match json {
        Value::String(text) => used.extend(variable(text).map(str::to_string)),
        Value::Array(list) => list.iter().for_each(|value| names_used(value, used)),
        Value::Object(members) => {
            let values = members.iter().filter(|(name, _)| *name != "variables");
            values.for_each(|(_, value)| names_used(value, used));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The variable that a text is: `$` and a name.
pub(super) fn variable(text: &str) -> Option<&str> {
    text.strip_prefix('$').filter(|name| is_name(name))
}

fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.bytes().all(plain)
}

fn wrong_with(name: &str, value: &Value, used: &BTreeSet<String>) -> Vec<Problem> {
    let path = Path::from("variables").name(name);
    let mut problems = Vec::new();
    let mut problem = |message: String, help: Option<String>| {
        problems.push(Problem { help, aim: Aim::Name, ..Problem::new(path.clone(), message) });
    };
    let mut inside = BTreeSet::new();
    names_used(value, &mut inside);
    if !is_name(name) {
        let message = "a name begins with a letter and has letters, digits, `_` and `-`";
        problem(message.to_string(), None);
    } else if !used.contains(name) {
        let help = did_you_mean(name, used.iter().map(String::as_str));
        let help = help.map(|help| format!("a value uses another name; {help}"));
        problem(format!("no value uses `${}`", shortened(name)), help);
    }
    if !inside.is_empty() {
        problem("the value of a variable holds no other variable".to_string(), None);
    }
    problems
}

fn put_in_from(json: &mut Value, variables: &Map<String, Value>) -> Vec<Problem> {
    let mut problems = Vec::new();
    walk(json, variables, &mut Path::root(), &mut problems);
    problems
}

/// `path` leads to `json`; it is lent to be extended, and comes back as it was.
fn walk(
    json: &mut Value,
    variables: &Map<String, Value>,
    path: &mut Path,
    problems: &mut Vec<Problem>,
) {
    match json {
        Value::String(text) => {
            let Some(name) = variable(text) else { return };
            match variables.get(name) {
                Some(value) => *json = value.clone(),
                None => problems.push(unknown(name, variables, path.clone())),
            }
        }
        Value::Array(list) => {
            for (i, value) in list.iter_mut().enumerate() {
                path.inside(Step::Index(i), |path| walk(value, variables, path, problems));
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                let step = Step::Name(name.clone());
                path.inside(step, |path| walk(value, variables, path, problems));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn unknown(name: &str, variables: &Map<String, Value>, path: Path) -> Problem {
    let known = variables.keys().map(String::as_str);
    let help = did_you_mean(name, known).or_else(|| {
        variables.is_empty().then(|| "define it: \"variables\": { \"half\": ... }".to_string())
    });
    let message = format!("there is no variable `{}`", shortened(name));
    Problem { help, aim: Aim::Value, ..Problem::new(path, message) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(mut json: Value, after: Value, told: &[&str]) {
        let mut used = BTreeSet::new();
        names_used(&json, &mut used);
        let problems = put_in(&mut json, &used);
        let found: Vec<String> = problems.iter().map(|problem| problem.path.to_string()).collect();
        assert_eq!((json, found), (after, told.iter().map(ToString::to_string).collect()));
    }

    #[test]
    fn whole_values_are_put_in() {
        let used = json!({"variables": {"a": [1], "b": "x"}, "c": "$a", "d": ["$b", "$a b", "$5"]});
        check(used, json!({"c": [1], "d": ["x", "$a b", "$5"]}), &[]);
        check(json!({"c": "$a"}), json!({"c": "$a"}), &["c"]);
        let unused = json!({"variables": {"a": 1, "2": 2, "c": "$a"}, "d": "$c"});
        check(unused, json!({"d": "$a"}), &["variables.2", "variables.a", "variables.c"]);
        check(json!({"variables": [1]}), json!({}), &["variables"]);
    }
}
