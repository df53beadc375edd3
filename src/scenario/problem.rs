//! One thing wrong with a scenario, by path; the reader of files adds the place in the text.

use crate::scenario::diagnosis::PROBLEM_LIMIT;
use crate::scenario::path::Path;

/// What a problem is about, and so what a diagnosis points at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Aim {
    /// The name of a member: there is none of this name.
    Name,
    /// What was found, whatever it is.
    Value,
    /// What was found; of an object or a list only the place.
    Place,
}

/// One thing wrong with a scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The value concerned.
    pub path: Path,
    /// Other values that it hangs on; if one of them could not be read, this problem is not told.
    pub because: Vec<Path>,
    /// What is allowed, and why this is not.
    pub message: String,
    /// What to do, where there is a good guess.
    pub help: Option<String>,
    /// What a diagnosis points at.
    pub aim: Aim,
}

impl Problem {
    /// A problem that hangs on nothing else.
    pub fn new(path: Path, message: impl Into<String>) -> Problem {
        Problem { path, because: Vec::new(), message: message.into(), help: None, aim: Aim::Place }
    }

    /// Is any value that this hangs on at, around or inside one of these places?
    pub(super) fn hangs_on(&self, broken: &[Path]) -> bool {
        let mut touched = std::iter::once(&self.path).chain(&self.because);
        touched.any(|path| broken.iter().any(|broken| broken.holds(path) || path.holds(broken)))
    }
}

/// Most problems that are kept: more than are told, for some hang on what could not be read.
const KEPT: usize = 10 * PROBLEM_LIMIT;

/// Problems as they are found.
#[derive(Default)]
pub(super) struct Findings {
    problems: Vec<Problem>,
}

impl Findings {
    /// Notes a problem.
    pub fn add(&mut self, problem: Problem) {
        if self.problems.len() < KEPT {
            self.problems.push(problem);
        }
    }

    /// Has nothing been found?
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// How much has been found.
    pub fn count(&self) -> usize {
        self.problems.len()
    }

    /// What was found, in the order of finding.
    pub fn problems(self) -> Vec<Problem> {
        self.problems
    }

    /// Notes a problem unless `holds`.
    pub fn require(&mut self, holds: bool, path: impl Into<Path>, message: impl Into<String>) {
        if !holds {
            self.add(Problem::new(path.into(), message));
        }
    }

    /// As `require`, for a rule that compares the value with others.
    pub fn require_with<P: Into<Path>>(
        &mut self,
        holds: bool,
        path: impl Into<Path>,
        because: impl IntoIterator<Item = P>,
        message: impl Into<String>,
    ) {
        if !holds {
            let because = because.into_iter().map(Into::into).collect();
            self.add(Problem { because, ..Problem::new(path.into(), message) });
        }
    }
}
