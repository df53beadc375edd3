//! What is wrong with a history, told to the person who brought it.

use std::fmt;

/// One mistake of a history: line, field, what was found, and what would do.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub struct Malformed {
    /// Line in the file, from 1.
    pub line: usize,
    /// The field concerned; empty if it is the line as a whole.
    pub field: String,
    /// What was found there.
    pub found: String,
    /// What would do.
    pub wanted: String,
}

/// Longest text that is shown whole.
const SHOWN: usize = 60;

impl Malformed {
    /// A mistake in this line.
    pub fn new(line: usize, field: &str, found: &str, wanted: &str) -> Malformed {
        let (field, wanted) = (field.to_string(), wanted.to_string());
        Malformed { line, field, found: shortened(found), wanted }
    }

    /// The mistake as text of several lines, for a file of this name.
    pub fn render(&self, file: &str) -> String {
        let field = match self.field.is_empty() {
            true => String::new(),
            false => format!(": {}", self.field),
        };
        let Malformed { line, found, wanted, .. } = self;
        format!("error: {file}:{line}{field}\n  = found {found}\n  = help: {wanted}\n")
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render("history"))
    }
}

/// A text on one line and not too long, without anything that a terminal would obey.
fn shortened(text: &str) -> String {
    let tame = |c: char| if c.is_control() { ' ' } else { c };
    let mut short: String = text.chars().take(SHOWN).map(tame).collect();
    if text.chars().nth(SHOWN).is_some() {
        short.push('\u{2026}');
    }
    short
}
