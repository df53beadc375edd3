//! The one way to lay a scenario out: members in the order of the types, strict JSON, only what
//! was written, and what is short on one line.

use serde_json::Value;

use crate::scenario::document::Document;
use crate::scenario::path::{Path, Step};
use crate::scenario::read::Checked;

/// Longest line, unless a single text is longer.
const WIDTH: usize = 100;

/// Members that are about the file and not part of the world, in their order; they come first.
const ABOUT_THE_FILE: [&str; 3] = ["$schema", "extends", "variables"];

/// Lays out the text that `checked` was read from. Comments are lost.
pub fn formatted(text: &str, checked: &Checked) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let resolved = checked.resolved_json();
    let read = |text| Document::parse(text).map_err(|flaw| flaw.message);
    let (document, _) = read(text).expect("it was read before");
    let (order, _) = read(&resolved).expect("what is resolved reads");
    let mut writer = Writer { order, drawn: checked.is_drawn(), out: String::new() };
    writer.write(document.json(), &Path::root(), 0, 0);
    writer.out.push('\n');
    writer.out
}

/// Members of faults that leave something open, in their order; the names of faults come first.
const FAULT: [&str; 34] = [
    "",
    "weight",
    "pattern",
    "name",
    "named",
    "wait",
    "node",
    "nodes",
    "group",
    "sides",
    "senders",
    "receivers",
    "both_ways",
    "at",
    "from",
    "to",
    "period",
    "share_cut",
    "each",
    "every",
    "times",
    "rate",
    "count",
    "duration",
    "down",
    "pause",
    "restart_after",
    "disk",
    "delay",
    "is",
    "at_most_at_once",
    "with",
    "fault",
    "optional",
];

struct Writer<'o> {
    /// A text with every member in its place.
    order: Document<'o>,
    /// Are its faults others than those that are written?
    drawn: bool,
    out: String,
}

/// An entry of an object or a list: what stands before its value, where that is, and the value.
type Entry<'v> = (String, Path, &'v Value);

impl Writer<'_> {
    /// Writes a value that stands `indent` deep, after `taken` characters on its line.
    fn write(&mut self, value: &Value, path: &Path, indent: usize, taken: usize) {
        // A comma may follow.
        let room = WIDTH.saturating_sub(indent + taken + 1);
        let on_one_line = (indent > 0).then(|| self.inline(value, path, room)).flatten();
        let Some((open, entries, close)) = self.entries(value, path) else {
            self.out.push_str(&value.to_string());
            return;
        };
        if let Some(line) = on_one_line.or_else(|| entries.is_empty().then(|| open.clone() + close))
        {
            self.out.push_str(&line);
            return;
        }
        self.out.push_str(&open);
        for (i, (name, path, value)) in entries.iter().enumerate() {
            self.out.push_str(if i > 0 { ",\n" } else { "\n" });
            self.out.push_str(&format!("{:1$}{name}", "", indent + 2));
            self.write(value, path, indent + 2, name.chars().count());
        }
        self.out.push_str(&format!("\n{:indent$}{close}", ""));
    }

    /// The value on one line, if it takes no more than `room` characters.
    fn inline(&self, value: &Value, path: &Path, room: usize) -> Option<String> {
        let Some((open, entries, close)) = self.entries(value, path) else {
            return Some(value.to_string()).filter(|text| text.chars().count() <= room);
        };
        let blank = if value.is_object() && !entries.is_empty() { " " } else { "" };
        let mut line = open + blank;
        for (i, (name, path, value)) in entries.iter().enumerate() {
            line.push_str(if i > 0 { ", " } else { "" });
            line.push_str(name);
            let left = room.checked_sub(line.chars().count())?;
            line.push_str(&self.inline(value, path, left)?);
        }
        let line = line + blank + close;
        (line.chars().count() <= room).then_some(line)
    }

    /// What is inside an object or a list, between its brackets; none of a single value.
    fn entries<'v>(
        &self,
        value: &'v Value,
        path: &Path,
    ) -> Option<(String, Vec<Entry<'v>>, &'static str)> {
        match value {
            Value::Object(members) => {
                let mut names: Vec<&String> = members.keys().collect();
                let open = self.drawn && Path::from("faults").holds(path);
                let order = if open { FAULT.to_vec() } else { self.order.names(path) };
                names.sort_by_cached_key(|name| place(name, &order));
                let entry = |name: &&'v String| {
                    (format!("{}: ", Value::from(name.as_str())), path.name(*name), &members[*name])
                };
                Some(("{".to_string(), names.iter().map(entry).collect(), "}"))
            }
            Value::Array(list) => {
                let entry = |(i, value)| (String::new(), path.step(Step::Index(i)), value);
                Some(("[".to_string(), list.iter().enumerate().map(entry).collect(), "]"))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        }
    }
}

/// Where a member goes among its siblings; those that the types do not order stay as they are.
fn place(name: &str, order: &[&str]) -> (bool, usize) {
    let first = ABOUT_THE_FILE.iter().position(|known| *known == name);
    let unknown = if order.first() == Some(&"") { 0 } else { order.len() };
    let later = || order.iter().position(|known| *known == name).unwrap_or(unknown);
    (first.is_none(), first.unwrap_or_else(later))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::shipped::SHIPPED;
    use crate::scenario::spec::Scenario;

    fn read(text: &str) -> Checked {
        Scenario::read("a.json", text, &[], &[]).unwrap_or_else(|told| panic!("{told}"))
    }

    #[test]
    fn members_are_ordered_and_short_things_stay_on_a_line() {
        let text = r#"{ // gone
            "faults": [{"optional": true, "crash": {"at": "1s", "node": "n1",},},],
            "duration": "9s", "name": "a",
            "network": {"sites": {"west": ["n0"], "east": ["n1"]}, "loss": 0.10, "latency":
            {"mixture": [{"of": {"constant": "1ms"}, "weight": 1}, {"of": {"exponential":
            {"mean": "20ms"}}, "weight": 2}]}},
            "cluster": {"anti_entropy": false, "nodes": 5} }"#;
        let expected = r#"{
  "name": "a",
  "duration": "9s",
  "cluster": { "nodes": 5, "anti_entropy": false },
  "network": {
    "latency": {
      "mixture": [
        { "weight": 1, "of": { "constant": "1ms" } },
        { "weight": 2, "of": { "exponential": { "mean": "20ms" } } }
      ]
    },
    "loss": 0.1,
    "sites": { "east": ["n1"], "west": ["n0"] }
  },
  "faults": [{ "crash": { "node": "n1", "at": "1s" }, "optional": true }]
}
"#;
        assert_eq!(formatted(text, &read(text)), expected);
    }

    #[test]
    fn the_meaning_stays_and_a_second_time_changes_nothing() {
        for (name, text) in SHIPPED {
            let checked = read(text);
            let once = formatted(text, &checked);
            assert_eq!(read(&once), checked, "{name}");
            assert_eq!(formatted(&once, &checked), once, "{name}");
            assert!(once.lines().all(|line| line.len() <= WIDTH || line.contains("about")));
        }
    }
}
