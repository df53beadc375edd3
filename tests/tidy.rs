//! The walls of the house: who may import whom, which words stay in which room, and how large
//! things may grow. Each complaint says what to do instead.

use std::path::{Path, PathBuf};

/// Floors from low to high. A room imports only from lower floors, never from its own.
const FLOORS: [&[&str]; 15] = [
    &["time", "id", "quantity", "switch", "digest", "ghost"],
    &["random"],
    &["statistics"],
    &["process", "network"],
    &["dynamo", "faults"],
    &["workload"],
    &["trace"],
    &["sim", "check", "metrics"],
    &["scenario", "report"],
    &["experiment", "history"],
    &["hunt"],
    &["reproduce"],
    &["validate"],
    &["gallery"],
    &["cli"],
];

/// The ground floor has an order of its own, low to high.
const GROUND: [&[&str]; 4] = [&["time", "digest"], &["quantity", "switch"], &["id"], &["ghost"]];

/// Floors inside `dynamo`: the paper's parts meet only in `node`.
const PAPER: [&[&str]; 6] = [
    &["config"],
    &["versioning", "ring"],
    &["storage", "view", "rhythm"],
    &["message", "timer", "job", "fact", "words"],
    &["replica", "coordination", "handoff", "anti_entropy", "membership", "admission", "reaping"],
    &["node"],
];

/// The vocabulary pages read each other.
const PAGES: [&str; 5] = ["message", "timer", "job", "fact", "words"];

/// Words, the only places where they may stand, and what to use elsewhere.
const WORDS: [(&str, &[&str], &str); 23] = [
    ("rand::", &["src/random/"], "draw from crate::random"),
    ("rand_chacha", &["src/random/"], "draw from crate::random"),
    ("clap", &["src/cli/"], "arguments belong to the command line"),
    ("indicatif", &["src/cli/"], "progress belongs to the command line"),
    ("signal_hook", &["src/cli/"], "signals belong to the command line"),
    ("tempfile", &["src/cli/"], "files belong to the command line"),
    ("plotters", &["src/report/plot/"], "describe a chart, let report::plot draw it"),
    ("png::", &["src/report/plot/"], "describe a chart, let report::plot draw it"),
    (
        "serde_json",
        &["src/scenario/", "src/report/", "src/hunt/bundle.rs", "src/history/lines.rs"],
        "the core knows no JSON",
    ),
    ("std::thread", &["src/cli/parallel.rs"], "a run has one thread; several runs have parallel"),
    ("rayon", &["src/cli/parallel.rs"], "a run has one thread; several runs have parallel"),
    ("std::sync", &["src/cli/"], "a run has one thread"),
    ("thread_local", &[], "a run has no ambient state"),
    (
        "Instant",
        &["src/cli/progress.rs", "src/cli/deadline.rs"],
        "the core has simulated time only",
    ),
    ("SystemTime", &[], "the core has simulated time only"),
    ("std::env", &["src/cli/"], "the environment belongs to the command line"),
    ("std::fs", &["src/cli/"], "files belong to the command line"),
    ("println!", &[], "results go through cli::terminal"),
    ("print!(", &[], "results go through cli::terminal"),
    ("HashMap", &["src/dynamo/storage/key_map.rs"], "use BTreeMap, a Vec by index, or KeyMap"),
    ("HashSet", &[], "use BTreeSet"),
    ("unsafe ", &[], "there is no need"),
    ("usize::hash", &[], "hash u64 only"),
];

/// Float functions whose last bit differs between machines.
const PLATFORM_MATH: [&str; 12] = [
    ".ln()",
    ".exp()",
    ".powf(",
    ".powi(",
    ".sin()",
    ".cos()",
    ".tan()",
    ".log10()",
    ".log2()",
    ".cbrt()",
    ".exp_m1()",
    ".ln_1p()",
];

const LINE_WIDTH: usize = 100;
const FUNCTION_LINES: usize = 70;
const USUAL_FUNCTION_LINES: usize = 30;
const FILE_LINES: usize = 400;

/// Files above the limit, each with its reason.
const LONG_FILES: [(&str, &str); 2] = [
    ("src/dynamo/message.rs", "one page with every message on it"),
    ("src/report/definitions.rs", "one page with every figure on it"),
];

struct Source {
    /// Path from the root of the crate, with `/`.
    path: String,
    text: String,
}

impl Source {
    /// The room and, inside `dynamo`, the part that the file belongs to.
    fn rooms(&self) -> Vec<&str> {
        let inside = self.path.strip_prefix("src/").expect("only sources are looked at");
        inside.trim_end_matches(".rs").split('/').collect()
    }

    /// The lines that are code, numbered from 1: no comments, and nothing from the unit tests on.
    fn code(&self) -> Vec<(usize, &str)> {
        let lines = self.without_tests().lines().enumerate();
        let is_code = |line: &str| !line.trim_start().starts_with("//");
        lines.filter(|(_, line)| is_code(line)).map(|(i, line)| (i + 1, line)).collect()
    }

    /// The text before the unit tests.
    fn without_tests(&self) -> &str {
        let openings = ["mod tests {", "pub(super) mod tests {"];
        let marks = openings.iter().map(|mark| format!("#[cfg(test)]\n{mark}"));
        let found = marks.filter_map(|mark| self.text.find(&mark)).min();
        &self.text[..found.unwrap_or(self.text.len())]
    }

    fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("it can be listed").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    walk(&root.join("src"), &mut files);
    files.sort();
    let source = |file: PathBuf| Source {
        path: file.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"),
        text: std::fs::read_to_string(&file).expect("sources are text"),
    };
    let sources: Vec<Source> = files.into_iter().map(source).collect();
    assert!(sources.len() > 50, "the walk has found the house");
    sources
}

/// Fails with all complaints at once.
fn report(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

fn floor_of(floors: &[&[&str]], room: &str) -> Option<usize> {
    floors.iter().position(|floor| floor.contains(&room))
}

/// Every `crate::a::b` that a line names, as (a, b).
fn paths_in(line: &str) -> impl Iterator<Item = (&str, &str)> {
    line.split("crate::").skip(1).filter(|rest| !rest.starts_with('{')).map(|rest| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
        let mut steps = rest[..end.unwrap_or(rest.len())].split("::");
        (steps.next().unwrap_or(""), steps.next().unwrap_or(""))
    })
}

#[test]
fn rooms_import_only_from_lower_floors() {
    let mut complaints = Vec::new();
    for source in sources().iter().filter(|s| s.rooms().len() > 1 || s.rooms()[0] != "lib") {
        let room = source.rooms()[0];
        let Some(floor) = floor_of(&FLOORS, room) else {
            if room != "main" {
                complaints.push(format!("{}: `{room}` has no floor; give it one", source.path));
            }
            continue;
        };
        for (number, line) in source.code() {
            for (other, _) in paths_in(line).filter(|(other, _)| *other != room) {
                let fine = match floor_of(&FLOORS, other) {
                    Some(0) if floor == 0 => floor_of(&GROUND, other) < floor_of(&GROUND, room),
                    Some(below) => below < floor,
                    None => false,
                };
                if !fine {
                    let place = format!("{}:{number}", source.path);
                    complaints.push(format!("{place}: `{room}` may not import from `{other}`"));
                }
            }
        }
    }
    report(complaints);
}

#[test]
fn the_papers_parts_meet_only_in_the_node() {
    let mut complaints = Vec::new();
    for source in sources().iter().filter(|s| s.path.starts_with("src/dynamo/") && !s.is_test()) {
        let part = source.rooms()[1];
        if part == "mod" {
            continue;
        }
        let Some(floor) = floor_of(&PAPER, part) else {
            complaints.push(format!("{}: `{part}` has no floor; give it one", source.path));
            continue;
        };
        for (number, line) in source.code() {
            let others = paths_in(line).filter(|(room, other)| *room == "dynamo" && *other != part);
            for (_, other) in others {
                let pages = PAGES.contains(&part) && PAGES.contains(&other);
                if !pages && floor_of(&PAPER, other).is_none_or(|below| below >= floor) {
                    let place = format!("{}:{number}", source.path);
                    complaints.push(format!("{place}: `{part}` may not import from `{other}`"));
                }
            }
        }
    }
    report(complaints);
}

#[test]
fn names_are_imported_from_the_file_that_defines_them() {
    let mut complaints = Vec::new();
    for source in sources() {
        for (number, line) in source.code() {
            let line = line.trim_start();
            if line.starts_with("use super::") || line.starts_with("use self::") {
                complaints.push(format!("{}:{number}: write the full path", source.path));
            }
            if line.starts_with("use crate::{") {
                complaints.push(format!("{}:{number}: one line for each room", source.path));
            }
            if line.starts_with("pub use ") {
                complaints.push(format!("{}:{number}: re-exports hide the house", source.path));
            }
        }
    }
    report(complaints);
}

#[test]
fn words_stay_in_their_rooms() {
    let mut complaints = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        for (number, line) in source.code() {
            for (word, rooms, instead) in WORDS {
                let allowed = rooms.iter().any(|room| source.path.starts_with(room));
                if line.contains(word) && !allowed {
                    complaints.push(format!("{}:{number}: `{word}`: {instead}", source.path));
                }
            }
            for function in PLATFORM_MATH.iter().filter(|function| line.contains(*function)) {
                complaints.push(format!("{}:{number}: `{function}`: use libm", source.path));
            }
        }
    }
    report(complaints);
}

#[test]
fn the_protocol_never_looks_at_ghosts() {
    let mut complaints = Vec::new();
    for source in sources().iter().filter(|s| s.path.starts_with("src/dynamo/") && !s.is_test()) {
        // The one place that hands a ghost's history on, for judges.
        if source.path == "src/dynamo/versioning/version.rs" {
            continue;
        }
        for (number, line) in source.code() {
            // To pass a ghost on is all that the protocol does with it.
            let line = line.replace(".ghost.clone()", "");
            if [".ghost.", ".past()", ".event()", "ghost::Past"].iter().any(|w| line.contains(w)) {
                complaints.push(format!("{}:{number}: ghosts are for judges", source.path));
            }
        }
    }
    report(complaints);
}

#[test]
fn every_module_opens_with_what_it_is_about() {
    let silent = |source: &Source| !source.text.starts_with("//!");
    let complaint = |source: Source| format!("{}: open with a `//!` page", source.path);
    report(sources().into_iter().filter(silent).map(complaint).collect());
}

#[test]
fn lines_fit() {
    let mut complaints = Vec::new();
    for source in sources() {
        for (number, line) in source.text.lines().enumerate() {
            if line.chars().count() > LINE_WIDTH {
                complaints.push(format!(
                    "{}:{}: longer than {LINE_WIDTH}",
                    source.path,
                    number + 1
                ));
            }
        }
    }
    report(complaints);
}

#[test]
fn files_are_of_a_readable_size() {
    let mut complaints = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        let lines = source.without_tests().lines().count();
        let excused = LONG_FILES.iter().any(|(path, _)| *path == source.path);
        if lines > FILE_LINES && !excused {
            complaints.push(format!("{}: {lines} lines; cut it by concern", source.path));
        }
    }
    report(complaints);
}

#[test]
fn functions_are_of_a_readable_size() {
    let (mut complaints, mut lengths) = (Vec::new(), Vec::new());
    for source in sources().iter().filter(|source| !source.is_test()) {
        for (number, name, lines) in functions(source) {
            lengths.push(lines);
            if lines > FUNCTION_LINES {
                complaints.push(format!("{}:{number}: `{name}` has {lines} lines", source.path));
            }
        }
    }
    report(complaints);
    let usual = lengths.iter().filter(|lines| **lines <= USUAL_FUNCTION_LINES).count();
    let share = usual as f64 / lengths.len() as f64;
    assert!(share >= 0.9, "only {share:.3} of functions have up to {USUAL_FUNCTION_LINES} lines");
}

/// Functions with the line they begin at, their name and their length, by matching indentation:
/// the formatter closes each at the column where it opened.
fn functions(source: &Source) -> Vec<(usize, String, usize)> {
    let lines: Vec<&str> = source.without_tests().lines().collect();
    let mut found = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let mut words = line.trim_start().split(' ').skip_while(|word| {
            ["pub", "const", "async"].contains(word) || word.starts_with("pub(")
        });
        if words.next() != Some("fn") {
            continue;
        }
        let name = words.next().unwrap_or("").split(['(', '<']).next().unwrap_or("").to_string();
        let end = format!("{}}}", " ".repeat(indent));
        let closes = |later: &&str| **later == end;
        let bodiless = line.trim_end().ends_with(';') || line.trim_end().ends_with('}');
        if let Some(length) = lines[i..].iter().position(closes).filter(|_| !bodiless) {
            found.push((i + 1, name, length + 1));
        }
    }
    found
}
