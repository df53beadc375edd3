//! Each kind of fault is in the table of `scenarios/README.md`, with a test that shows what it does
//! and a shipped scenario that has it.

use std::collections::BTreeSet;

use dynamo_sim::scenario::shipped::shipped;
use serde_json::Value;

const TABLE: &str = include_str!("../scenarios/README.md");
const SCHEMA: &str = include_str!("../scenarios/schema.json");

/// Choices inside a kind of fault that do different things: the kind and the choice in the schema.
const CHOICES: [(&str, &str); 3] =
    [("clock", "ClockTrouble"), ("disk", "DiskTrouble"), ("crash", "DiskAfterCrash")];
/// What a degraded link does to a message.
const DEGRADE: [&str; 6] = ["latency", "jitter", "loss", "duplicate", "corrupt", "nth"];

struct Row {
    kind: String,
    does: String,
    file: String,
    test: String,
    scenario: String,
}

/// The rows between the marks: `| kind | what it does | file: test | scenario |`.
fn rows() -> Vec<Row> {
    let (_, after) = TABLE.split_once("<!-- faults -->").expect("the table has its mark");
    let (table, _) = after.split_once("<!-- end of faults -->").expect("the table ends");
    let lines = table.lines().filter(|line| line.starts_with("| `"));
    let row = |line: &str| {
        let cells: Vec<String> =
            line.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect();
        let [kind, does, test, scenario] = cells.try_into().unwrap_or_else(|cells: Vec<String>| {
            panic!(
                "{line}: {} cells where four belong: kind, what it does, test, scenario",
                cells.len()
            )
        });
        let place = test.split_once(": ");
        let (file, test) = place.unwrap_or_else(|| panic!("{line}: a test is `file: function`"));
        let (file, test) = (file.to_string(), test.to_string());
        Row { kind, does, file, test, scenario }
    };
    lines.map(row).collect()
}

/// The names of a choice, as the schema has them.
fn choices(name: &str) -> BTreeSet<String> {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let branches = schema["$defs"][name]["oneOf"].as_array().expect("a choice").clone();
    let required = |branch: &Value| branch["required"].as_array().cloned().unwrap_or_default();
    let plain = |branch: &Value| branch.get("const").cloned().into_iter();
    let listed = |branch: &Value| branch["enum"].as_array().cloned().unwrap_or_default();
    let names = branches
        .iter()
        .flat_map(|branch| required(branch).into_iter().chain(plain(branch)).chain(listed(branch)));
    names.map(|name| name.as_str().expect("a name").to_string()).collect()
}

fn kinds() -> BTreeSet<String> {
    let mut kinds = choices("Fault");
    assert!(kinds.len() >= 22, "{kinds:?}");
    for (kind, choice) in CHOICES {
        assert!(kinds.contains(kind));
        kinds.extend(choices(choice).into_iter().map(|name| format!("{kind}.{name}")));
    }
    kinds.extend(DEGRADE.map(|name| format!("degrade.{name}")));
    kinds.extend(choices("InFlight").into_iter().map(|name| format!("in_flight.{name}")));
    kinds
}

#[test]
fn the_table_has_every_kind_of_fault_once() {
    let mut listed = BTreeSet::new();
    for row in rows() {
        assert!(!row.does.is_empty(), "{}: say what it does", row.kind);
        assert!(listed.insert(row.kind.clone()), "{} is listed twice", row.kind);
    }
    let missing: Vec<String> = kinds().difference(&listed).cloned().collect();
    assert!(
        missing.is_empty(),
        "give each of {missing:?} a row in scenarios/README.md: \
         | `kind` | what it does | `tests/file.rs: test` | `scenario` |"
    );
    let unknown: Vec<String> = listed.difference(&kinds()).cloned().collect();
    assert!(
        unknown.is_empty(),
        "the schema knows no {unknown:?}: take them out or mend their names"
    );
}

#[test]
fn every_test_that_the_table_names_exists() {
    for Row { kind, file, test, .. } in rows() {
        let path = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{kind}: no {file}"));
        let opening = format!("#[test]\nfn {test}()");
        assert!(text.contains(&opening), "{kind}: {file} has no test `{test}`");
    }
}

#[test]
fn every_scenario_that_the_table_names_is_shipped_and_has_the_fault() {
    for Row { kind, scenario, .. } in rows() {
        let text =
            shipped(&scenario).unwrap_or_else(|| panic!("{kind}: `{scenario}` is not shipped"));
        let words: Vec<&str> = kind.split('.').collect();
        // What a crash keeps and what a cut drops is what they do without a word.
        let unsaid = ["crash.kept", "in_flight.drop"].contains(&kind.as_str());
        let said = words.iter().all(|word| text.contains(&format!("\"{word}\"")));
        assert!(said || unsaid, "{kind}: `{scenario}` does not say it");
    }
}
