//! The files that a scenario names: recorded traces, lists of keys, measured durations. They are read by the same
//! library as what a scenario extends, and told of in the same way, with line and column.

mod keys;
pub(super) mod measured;
mod table;
mod trace;

use crate::scenario::diagnosis::{Diagnosis, PROBLEM_LIMIT};
use crate::scenario::document::Flaw;
use crate::scenario::extend::Library;
use crate::scenario::path::Path;
use crate::scenario::problem::{Aim, Problem};
use crate::scenario::reading::Reading;
use crate::scenario::source::{Source, of_flaw};
use crate::scenario::spec::Scenario;
use crate::workload::file::{File, Reference};
use crate::workload::spec::Keys;

/// Largest file that is read, in bytes.
pub const SIZE_LIMIT: usize = 64 << 20;

/// Where a run keeps its copies of the files, from its folder of results.
const COPIES: [(Kind, &str); 2] =
    [(Kind::Trace, "inputs/trace.csv"), (Kind::Keys, "inputs/keys.csv")];

/// What a file is to the scenario.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Trace,
    Keys,
}

/// A file that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Input {
    kind: Kind,
    /// The digest of its bytes.
    pub digest: String,
    pub text: String,
}

/// What came of reading them.
#[derive(Default)]
pub(super) struct Inputs {
    pub read: Vec<Input>,
    /// What is wrong with how the scenario names them.
    pub problems: Vec<Problem>,
    /// What is wrong inside.
    pub told: Vec<Diagnosis>,
}

impl Input {
    /// Where a run keeps its copy, from its folder of results.
    pub fn copy(&self) -> &'static str {
        copy_of(self.kind)
    }
}

fn copy_of(kind: Kind) -> &'static str {
    let found = COPIES.iter().find(|(known, _)| *known == kind);
    found.expect("every kind has its place").1
}

/// The places of all copies that a run can keep.
pub fn copies() -> impl Iterator<Item = &'static str> {
    COPIES.iter().map(|(_, place)| *place)
}

/// The references of a scenario to files.
fn references(scenario: &mut Scenario) -> impl Iterator<Item = (Kind, &mut Reference)> {
    let trace = scenario.workload.trace.as_mut().map(|file| (Kind::Trace, &mut file.reference));
    let keys = match &mut scenario.workload.keys {
        Keys::File(file) => Some((Kind::Keys, &mut file.reference)),
        _ => None,
    };
    trace.into_iter().chain(keys)
}

/// The same scenario beside the copies that a run keeps.
pub(super) fn beside_copies(scenario: &mut Scenario) {
    references(scenario).for_each(|(kind, reference)| reference.name = copy_of(kind).to_string());
}

/// The same scenario, wherever its files lie.
pub(super) fn without_names(scenario: &mut Scenario) {
    references(scenario).for_each(|(_, reference)| reference.name.clear());
}

/// Reads all files that a scenario names. Where that fails, the place counts as broken.
pub(super) fn load(reading: &mut Reading, source: &Source<'_>, library: &dyn Library) -> Inputs {
    let mut inputs = Inputs::default();
    let Some(scenario) = &mut reading.scenario else { return inputs };
    let mut loader = Loader { source, library, inputs: &mut inputs, broken: &mut reading.broken };
    if let Some(file) = &mut scenario.workload.trace {
        loader.load(Kind::Trace, Path::from("workload.trace"), file, trace::parse);
    }
    if let Keys::File(file) = &mut scenario.workload.keys {
        loader.load(Kind::Keys, Path::from("workload.keys.file"), file, keys::parse);
    }
    inputs
}

struct Loader<'l, 's> {
    source: &'l Source<'s>,
    library: &'l dyn Library,
    inputs: &'l mut Inputs,
    broken: &'l mut Vec<Path>,
}

/// Makes something of a text, with a list of what is wrong.
type Parse<T> = fn(table: &mut table::Table<'_>) -> T;

impl Loader<'_, '_> {
    fn load<T>(&mut self, kind: Kind, path: Path, file: &mut File<T>, parse: Parse<T>) {
        if self.broken.iter().any(|broken| broken.holds(&path) || path.holds(broken)) {
            return;
        }
        let told = self.inputs.told.len() + self.inputs.problems.len();
        if let Some(text) = self.open(&path, &mut file.reference) {
            let (place, text) = text;
            let mut table = table::Table::new(&place, &path, &text);
            file.content = parse(&mut table);
            self.inputs.told.extend(table.told());
            let digest = file.reference.digest.clone().unwrap_or_default();
            self.inputs.read.push(Input { kind, digest, text });
        }
        if self.inputs.told.len() + self.inputs.problems.len() > told {
            self.broken.push(path);
        }
    }

    /// The name and the text of a file.
    fn open(&mut self, path: &Path, reference: &mut Reference) -> Option<(String, String)> {
        let writer = self.source.writer_of(path);
        let (place, bytes) = match self.library.data(writer, &reference.name) {
            Ok(found) => found,
            Err(message) => {
                let problem = Problem::new(path.clone(), message);
                self.inputs.problems.push(Problem { aim: Aim::Value, ..problem });
                return None;
            }
        };
        if bytes.len() > SIZE_LIMIT {
            let message = format!("{place} has more than {SIZE_LIMIT} bytes (64 MiB)");
            self.inputs.problems.push(Problem::new(path.clone(), message));
            return None;
        }
        let digest = format!("{:016x}", fnv_1a(&bytes));
        if let Some(before) = reference.digest.replace(digest.clone()).filter(|it| *it != digest) {
            let message = format!(
                "{place} is not the file that this scenario was run with: its digest is {digest}, \
                 not {before}"
            );
            let problem = Problem::new(path.name("digest"), message);
            self.inputs.problems.push(problem);
            return None;
        }
        match String::from_utf8(bytes) {
            Ok(text) => Some((place, text)),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes());
                let message = format!("byte {at} of the file begins no character of UTF-8");
                let flaw = Flaw { range: at..at + 1, path: path.clone(), message };
                self.inputs.told.push(of_flaw(&place, &text, &flaw));
                None
            }
        }
    }
}

/// The FNV-1a digest of some bytes.
pub(super) fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Most mistakes that are told of one file; of a long one, all lines may be wrong.
const TOLD: usize = PROBLEM_LIMIT / 5;
