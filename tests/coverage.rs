//! The checklist's table: each thing that a faithful Dynamo does, where it is done, and the tests
//! that show it, found by their comments. `UPDATE=1 cargo test --test coverage` writes it.

#[path = "coverage/claims.rs"]
mod claims;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use claims::CLAIMS;

/// Items that no test shows yet. An item that gets a test leaves this list.
const MISSING: &[usize] = &[17, 33, 43, 50, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63];

const TABLE: &str = "tests/CHECKLIST.md";

/// Where comments name items, and how files there end.
const PLACES: [(&str, &str); 2] = [("src", "rs"), ("tests", "rs")];
const STORIES: &str = "tests/stories";

/// Items by number, each with the tests that show it: file and test.
type Shown = BTreeMap<usize, Vec<(String, String)>>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
}

/// The numbers that a comment names: `item 3:`, `items 12 to 15:`, `items 1, 2 and 7, over`.
fn items(comment: &str) -> Vec<usize> {
    let Some((_, rest)) = comment.split_once("Checklist item") else { return Vec::new() };
    let rest = rest.trim_start_matches('s').replace(',', " , ").replace(':', " : ");
    let mut named: Vec<usize> = Vec::new();
    let mut range = false;
    for word in rest.split_whitespace() {
        match word.parse::<usize>() {
            Ok(number) if range => named.extend(named[named.len() - 1] + 1..=number),
            Ok(number) => named.push(number),
            Err(_) if ["and", "to", ","].contains(&word) => {}
            Err(_) => break,
        }
        range = word == "to";
    }
    named
}

/// The first function after a line.
fn test_after(lines: &[&str]) -> Option<String> {
    let function = lines.iter().find_map(|line| line.trim_start().strip_prefix("fn "))?;
    Some(function.split('(').next()?.to_string())
}

fn shown() -> Shown {
    let mut shown = Shown::new();
    let mut note = |path: &Path, comment: &str, test: String| {
        let file = path.strip_prefix(root()).expect("below the root").to_string_lossy();
        for item in items(comment) {
            let place = (file.replace('\\', "/"), test.clone());
            let places = shown.entry(item).or_default();
            if !places.contains(&place) {
                places.push(place);
            }
        }
    };
    for (folder, ending) in PLACES {
        let mut found = Vec::new();
        files(&root().join(folder), ending, &mut found);
        found.sort();
        for path in found.iter().filter(|path| !path.ends_with("coverage.rs")) {
            let text = std::fs::read_to_string(path).expect("sources are text");
            let lines: Vec<&str> = text.lines().collect();
            for (place, line) in lines.iter().enumerate() {
                if !line.trim_start().starts_with("// Checklist item") {
                    continue;
                }
                let test = test_after(&lines[place..]);
                note(path, line, test.unwrap_or_else(|| panic!("{line}: no test follows")));
            }
        }
    }
    let mut stories = Vec::new();
    files(&root().join(STORIES), "txt", &mut stories);
    stories.sort();
    for path in stories {
        let text = std::fs::read_to_string(&path).expect("stories are text");
        let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        for line in text.lines().filter(|line| line.starts_with("# Checklist item")) {
            note(&path, line, name.clone());
        }
    }
    shown
}

fn table(shown: &Shown) -> String {
    let mut text = "# What a faithful Dynamo does, and what shows it\n\n\
        Found in the comments of the tests and written by `UPDATE=1 cargo test --test coverage`.\n"
        .to_string();
    let count = CLAIMS.len() - MISSING.len();
    write!(text, "{count} of {} items have a test.\n\n", CLAIMS.len()).unwrap();
    text.push_str("| item | section | what | where | tests |\n|---|---|---|---|---|\n");
    for (item, claim) in (1..).zip(&CLAIMS) {
        let link = |(file, test): &(String, String)| {
            let above = file.strip_prefix("tests/").map(str::to_string);
            format!("[{}]({})", test.replace('_', " "), above.unwrap_or(format!("../{file}")))
        };
        let tests: Vec<String> = shown.get(&item).into_iter().flatten().map(link).collect();
        let tests = if tests.is_empty() { "**none yet**".to_string() } else { tests.join("; ") };
        let (section, module, says) = (claim.section, claim.module, claim.says);
        writeln!(text, "| {item} | {section} | {says} | `{module}` | {tests} |").unwrap();
    }
    text
}

#[test]
fn comments_are_read_as_they_are_written() {
    let rows: [(&str, &[usize]); 5] = [
        ("// Checklist item 3: load", &[3]),
        ("// Checklist items 12 to 15: merging", &[12, 13, 14, 15]),
        ("# Checklist items 14, 18, 23, 24 and 30: a put", &[14, 18, 23, 24, 30]),
        ("# Checklist item 38, the other way of the switch: 2 homes", &[38]),
        ("// nothing of the kind", &[]),
    ];
    for (comment, found) in rows {
        assert_eq!(items(comment), found, "{comment}");
    }
}

#[test]
fn every_item_has_a_test_or_is_known_to_have_none() {
    let shown = shown();
    let all: Vec<&usize> = shown.keys().collect();
    assert!(all.iter().all(|item| (1..=CLAIMS.len()).contains(*item)), "{all:?}");
    for (item, claim) in (1..).zip(&CLAIMS) {
        let (tested, missing) = (shown.contains_key(&item), MISSING.contains(&item));
        assert!(tested || missing, "no test says that it shows item {item}: {}", claim.says);
        assert!(!(tested && missing), "item {item} has a test: take it out of MISSING");
        assert!(root().join(claim.module).exists(), "item {item}: there is no {}", claim.module);
    }
}

#[test]
fn the_table_is_as_the_tests_are() {
    let (place, fresh) = (root().join(TABLE), table(&shown()));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&place, &fresh).unwrap();
    }
    let kept = std::fs::read_to_string(&place).unwrap_or_default();
    assert!(kept == fresh, "{TABLE} is stale: UPDATE=1 cargo test --test coverage writes it");
}
