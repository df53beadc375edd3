//! What is wrong with a scenario, told to the person who wrote it.

use std::fmt;

use crate::scenario::path::{shortened, tame};

/// One mistake: where it stands, what was found there, and what would do.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Diagnosis {
    /// Name of the file, or `--set` for what the command line set.
    pub file: String,
    /// Line in the file, from 1; 0 where there is no place to point at.
    pub line: usize,
    /// Character in the line, from 1.
    pub column: usize,
    /// How many characters are meant.
    pub length: usize,
    /// The value concerned, as in `cluster.r`.
    pub path: String,
    /// What stands there, as in `found 5`.
    pub found: Option<String>,
    /// What is allowed, and why this is not.
    pub message: String,
    /// What to do, where there is a good guess.
    pub help: Option<String>,
    /// The line of the file, as far as it is shown: of a long line, what is around the place.
    pub source: String,
    /// How many characters of `source` stand before the place.
    pub indent: usize,
}

/// Everything that is wrong with a scenario, in the order of the file. Never empty.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub struct Diagnoses(pub Vec<Diagnosis>);

/// Most problems that are listed at once.
pub const PROBLEM_LIMIT: usize = 100;

/// Longest source line shown whole; of a longer one, this much around the place.
const LINE_SHOWN: usize = 96;

/// A place in a text, ready to be shown.
pub(super) struct Spot {
    pub line: usize,
    pub column: usize,
    pub length: usize,
    pub source: String,
    pub indent: usize,
}

/// Line, column and line of text of a byte range; what runs over the end of the line is cut off.
pub(super) fn spot(text: &str, range: &std::ops::Range<usize>) -> Spot {
    let start = floor_boundary(text, range.start);
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let end = floor_boundary(text, range.end).clamp(start, line_end);
    let column = text[line_start..start].chars().count() + 1;
    let length = text[start..end].chars().count().max(1);
    let (source, indent, length) = excerpt(text[line_start..line_end].trim_end(), column, length);
    let line = text.as_bytes()[..line_start].iter().filter(|byte| **byte == b'\n').count() + 1;
    Spot { line, column, length, source, indent }
}

/// The part of a line that is shown, how far in the place stands, and how much of it is seen.
fn excerpt(line: &str, column: usize, length: usize) -> (String, usize, usize) {
    let tame = |c: char| if c == '\t' { ' ' } else { tame(c) };
    let (at, total) = (column - 1, line.chars().count());
    if total <= LINE_SHOWN {
        return (line.chars().map(tame).collect(), at, length);
    }
    let first = at.saturating_sub(LINE_SHOWN / 3).min(total - LINE_SHOWN);
    let last = first + LINE_SHOWN;
    let mut shown = String::from(if first > 0 { "\u{2026}" } else { "" });
    let indent = at - first + shown.chars().count();
    shown.extend(line.chars().skip(first).take(LINE_SHOWN).map(tame));
    shown.push_str(if last < total { "\u{2026}" } else { "" });
    (shown, indent, length.min(last.saturating_sub(at)).max(1))
}

fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

impl Diagnosis {
    /// The diagnosis as text of several lines, each ended by a line break.
    pub fn render(&self, colour: bool) -> String {
        let paint = |code: &str, text: &str| match colour {
            true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            false => text.to_string(),
        };
        let (red, bold, blue) = ("1;31", "1", "1;34");
        let place = match self.line {
            0 => self.file.clone(),
            line => format!("{}:{line}:{}", self.file, self.column),
        };
        let heading = format!("{place}: {}", self.path);
        let mut out = format!("{}: {}\n", paint(red, "error"), paint(bold, &heading));
        let margin = " ".repeat(self.line.to_string().len() + 1);
        let bar = paint(blue, "|");
        if self.line > 0 {
            let mark = "^".repeat(self.length);
            let found = self.found.as_ref().map_or(mark.clone(), |found| format!("{mark} {found}"));
            let number = paint(blue, &self.line.to_string());
            let indent = " ".repeat(self.indent);
            out += &format!("{margin}{bar}\n{number} {bar} {}\n", self.source);
            out += &format!("{margin}{bar} {indent}{}\n", paint(red, &found));
        }
        for (mark, text) in [("=", Some(&self.message)), ("= help:", self.help.as_ref())] {
            let Some(text) = text else { continue };
            out += &format!("{margin}{} {text}\n", paint(blue, mark));
        }
        out
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl Diagnoses {
    /// All diagnoses as text, a blank line between two, with a count at the end of several.
    pub fn render(&self, colour: bool) -> String {
        let each: Vec<String> = self.0.iter().map(|diagnosis| diagnosis.render(colour)).collect();
        match each.len() {
            0 | 1 => each.concat(),
            many => format!("{}\n{many} problems\n", each.join("\n")),
        }
    }
}

impl fmt::Display for Diagnoses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

/// The name among `known` that `written` was most likely meant to be; none if nothing is close.
pub(super) fn nearest<'k>(
    written: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Option<&'k str> {
    // Nothing we know is half as long, and the distance takes time by the product of the lengths.
    if written.len() > 100 {
        return None;
    }
    let plain = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
    let wanted = plain(written);
    let mut best: Option<(f64, &str)> = None;
    for name in known {
        let likeness = strsim::normalized_damerau_levenshtein(&wanted, &plain(name));
        if likeness >= 0.6 && best.is_none_or(|(most, _)| likeness > most) {
            best = Some((likeness, name));
        }
    }
    best.map(|(_, name)| name)
}

/// "did you mean" with the nearest name, if there is one.
pub(super) fn did_you_mean<'k>(
    written: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Option<String> {
    nearest(written, known).map(|name| format!("did you mean `{name}`?"))
}

/// What stands in a text range, for the mark below it.
pub(super) fn found(text: &str) -> String {
    match text.as_bytes().first() {
        Some(b'{') => "found an object".to_string(),
        Some(b'[') => "found a list".to_string(),
        _ => format!("found {}", shortened(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Diagnosis {
        Diagnosis {
            file: "scenarios/x.json".to_string(),
            line: 7,
            column: 10,
            length: 1,
            path: "cluster.r".to_string(),
            found: Some("found 5".to_string()),
            message: "r is at most n, which is 3".to_string(),
            help: Some("lower r".to_string()),
            source: "    \"r\": 5,".to_string(),
            indent: 9,
        }
    }

    #[test]
    fn a_diagnosis_points_at_its_place() {
        let text = "error: scenarios/x.json:7:10: cluster.r\n  |\n7 |     \"r\": 5,\n  |          \
                    ^ found 5\n  = r is at most n, which is 3\n  = help: lower r\n";
        assert_eq!(sample().to_string(), text);
        assert!(sample().render(true).contains("\u{1b}[1;31merror\u{1b}[0m"));
    }

    #[test]
    fn of_a_long_line_only_the_surroundings_are_shown() {
        let long = format!("{}5{}", "x".repeat(1000), "y".repeat(1000));
        let place = spot(&long, &(1000..1001));
        assert!(place.source.chars().count() <= LINE_SHOWN + 2);
        assert_eq!(place.source.chars().nth(place.indent), Some('5'));
    }

    #[test]
    fn the_nearest_name_is_near() {
        let known = ["nodes", "n", "anti_entropy", "gossip"];
        assert_eq!(nearest("nodez", known), Some("nodes"));
        assert_eq!(nearest("antiEntropy", known), Some("anti_entropy"));
        assert_eq!(nearest("frobnicate", known), None);
        assert_eq!(nearest(&"n".repeat(1 << 20), known), None);
    }

    #[test]
    fn spots_are_within_their_line() {
        let text = "a\n\u{e9}\u{e9} bc\nd";
        let place = spot(text, &(7..100));
        assert_eq!((place.line, place.column, place.length), (2, 4, 2));
        assert_eq!(place.source, "\u{e9}\u{e9} bc");
        let end = spot(text, &(100..200));
        assert_eq!((end.line, end.column, end.length), (3, 2, 1));
    }
}
