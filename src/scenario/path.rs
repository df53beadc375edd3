//! Where in a scenario something stands: `faults[2].crash.node`.

use std::fmt;

/// One step down from an object or a list.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Step {
    /// Into the member of an object with this name.
    Name(String),
    /// Into the entry of a list with this number, counted from 0.
    Index(usize),
}

/// The way from the top of a scenario down to one value; empty for the whole.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Path(Vec<Step>);

/// Longest part of a user's own text that is repeated in a message.
const SHOWN: usize = 60;

impl Path {
    /// The whole scenario.
    pub fn root() -> Path {
        Path(Vec::new())
    }

    /// Reads `a.b[2].c`; none if a name is empty or a bracket does not hold a number.
    pub fn parse(text: &str) -> Option<Path> {
        let mut path = Path::root();
        for part in text.split('.') {
            let (name, indices) = part.split_at(part.find('[').unwrap_or(part.len()));
            if name.is_empty() || name.contains(']') {
                return None;
            }
            path.0.push(Step::Name(name.to_string()));
            for index in indices.split_terminator(']') {
                path.0.push(Step::Index(index.strip_prefix('[')?.parse().ok()?));
            }
            if !indices.is_empty() && !indices.ends_with(']') {
                return None;
            }
        }
        Some(path)
    }

    /// The member `name` of what this path leads to.
    pub fn name(&self, name: impl Into<String>) -> Path {
        self.step(Step::Name(name.into()))
    }

    /// The entry `index` of the list that this path leads to.
    pub fn index(&self, index: usize) -> Path {
        self.step(Step::Index(index))
    }

    /// This path and one step more.
    pub fn step(&self, step: Step) -> Path {
        let mut steps = self.0.clone();
        steps.push(step);
        Path(steps)
    }

    /// This path followed by another.
    pub fn join(&self, below: &Path) -> Path {
        Path(self.0.iter().chain(&below.0).cloned().collect())
    }

    /// What `work` gives when this path is one step longer for as long as it takes.
    pub(super) fn inside<T>(&mut self, step: Step, work: impl FnOnce(&mut Path) -> T) -> T {
        self.0.push(step);
        let result = work(self);
        self.0.pop();
        result
    }

    /// The steps from the top down.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The path without its last step, and that step; none at the top.
    pub fn split_last(&self) -> Option<(Path, &Step)> {
        self.0.split_last().map(|(last, above)| (Path(above.to_vec()), last))
    }

    /// Is `other` this place or one inside it?
    pub fn holds(&self, other: &Path) -> bool {
        other.0.starts_with(&self.0)
    }
}

impl From<&str> for Path {
    /// For paths written in the source of this crate.
    fn from(text: &str) -> Path {
        Path::parse(text).expect("a path in the source is well formed")
    }
}

impl FromIterator<Step> for Path {
    fn from_iter<I: IntoIterator<Item = Step>>(steps: I) -> Path {
        Path(steps.into_iter().collect())
    }
}

impl fmt::Display for Path {
    /// `faults[2].crash.node`; a name that would be taken apart is quoted: `sites["a.b"]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("the whole scenario");
        }
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '$');
        for (depth, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Name(name) if name.is_empty() || !name.chars().all(plain) => {
                    write!(f, "[\"{}\"]", shortened(name))?
                }
                Step::Name(name) if depth == 0 => f.write_str(&shortened(name))?,
                Step::Name(name) => write!(f, ".{}", shortened(name))?,
            }
        }
        Ok(())
    }
}

/// A character that is safe to show: it does not move a cursor or turn the direction of writing.
pub(super) fn tame(c: char) -> char {
    let turns =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if c.is_control() || turns { '\u{fffd}' } else { c }
}

/// The start of a user's text on one line, without anything that could move a terminal's cursor.
pub(super) fn shortened(text: &str) -> String {
    let cut = text.chars().count() > SHOWN;
    let kept = text.chars().take(if cut { SHOWN - 1 } else { SHOWN });
    let mut shown: String = kept.map(tame).collect();
    if cut {
        shown.push('\u{2026}');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_and_write() {
        for text in ["name", "cluster.r", "faults[2].crash.node", "a[0][1].b", "$schema"] {
            assert_eq!(Path::parse(text).unwrap().to_string(), text);
        }
        for text in ["", ".", "a.", "a..b", "a[", "a[x]", "a]", "a[0", "[0]", "a[0]b", "a[-1]"] {
            assert!(Path::parse(text).is_none_or(|path| path.to_string() == text), "{text}");
        }
        assert_eq!(Path::from("sites").name("a.b").to_string(), "sites[\"a.b\"]");
    }

    #[test]
    fn a_place_holds_what_is_inside_it() {
        assert!(Path::from("faults[2]").holds(&Path::from("faults[2].crash.node")));
        assert!(Path::root().holds(&Path::from("name")));
        assert!(!Path::from("faults[2]").holds(&Path::from("faults[1]")));
    }

    #[test]
    fn long_and_wild_text_is_tamed() {
        assert_eq!(shortened(&"x".repeat(1000)).chars().count(), SHOWN);
        assert_eq!(shortened("a\u{1b}[31m\n"), "a\u{fffd}[31m\u{fffd}");
    }
}
