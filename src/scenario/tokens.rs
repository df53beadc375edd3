//! What can be wrong with a text as JSON, in words for the person who wrote it.

use std::ops::Range;

use jsonc_parser::errors::ParseErrorKind;

use crate::scenario::path::shortened;

/// How many objects and lists may stand inside one another.
pub const DEPTH_LIMIT: usize = 64;

/// Where in the text the scan stands.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Plain,
    Text { from: usize },
    LineComment,
    BlockComment,
}

/// Refuses, before anything is parsed, what a parser would tell late and far from its cause:
/// a string that runs over the end of its line, deep nesting, bytes that are no text.
pub(super) fn inspect(text: &str) -> Result<(), (Range<usize>, String)> {
    let bytes = text.as_bytes();
    let (mut state, mut depth, mut at) = (State::Plain, 0_usize, 0);
    while at < bytes.len() {
        let two = &bytes[at..bytes.len().min(at + 2)];
        check_byte(bytes[at], state, at)?;
        let mut taken = 1;
        state = match (state, two[0]) {
            (State::Plain, b'"') => State::Text { from: at },
            (State::Plain, b'/') if two == b"//" => State::LineComment,
            (State::Plain, b'/') if two == b"/*" => {
                taken = 2;
                State::BlockComment
            }
            (State::Plain, b'{' | b'[') => {
                depth += 1;
                check_depth(depth, at)?;
                State::Plain
            }
            (State::Plain, b'}' | b']') => {
                depth = depth.saturating_sub(1);
                State::Plain
            }
            (State::Text { .. }, b'\\') => {
                // A backslash before a line break does not hide the break.
                taken = if matches!(two, [_, b'\n' | b'\r']) { 1 } else { 2 };
                state
            }
            (State::Text { .. }, b'"') => State::Plain,
            (State::LineComment, b'\n' | b'\r') => State::Plain,
            (State::BlockComment, b'*') if two == b"*/" => {
                taken = 2;
                State::Plain
            }
            (State::Plain | State::Text { .. } | State::LineComment | State::BlockComment, _) => {
                state
            }
        };
        at += taken;
    }
    Ok(())
}

fn check_byte(byte: u8, state: State, at: usize) -> Result<(), (Range<usize>, String)> {
    match state {
        State::Text { from } if byte == b'\n' || byte == b'\r' => Err((
            from..from + 1,
            "this text is not closed on its line; put a `\"` at its end".to_string(),
        )),
        State::Text { .. } | State::Plain | State::LineComment | State::BlockComment
            if byte < b' ' && !byte.is_ascii_whitespace() || byte == 0x7f =>
        {
            let message = format!(
                "a control character (byte {byte:#04x}); a scenario is plain text, is this one?"
            );
            Err((at..at + 1, message))
        }
        State::Text { .. } | State::Plain | State::LineComment | State::BlockComment => Ok(()),
    }
}

fn check_depth(depth: usize, at: usize) -> Result<(), (Range<usize>, String)> {
    if depth <= DEPTH_LIMIT {
        return Ok(());
    }
    let message = format!("objects and lists are nested deeper than {DEPTH_LIMIT} levels here");
    Err((at..at + 1, message))
}

/// The parser's complaint in our words, and where to point.
pub(super) fn explain(
    text: &str,
    kind: &ParseErrorKind,
    at: Range<usize>,
) -> (String, Range<usize>) {
    use ParseErrorKind as Kind;
    let here = shortened(text.get(at.clone()).unwrap_or("").trim());
    let message = match kind {
        Kind::UnterminatedObject => "this `{` is never closed; is the file cut off?".to_string(),
        Kind::UnterminatedArray => "this `[` is never closed; is the file cut off?".to_string(),
        Kind::UnterminatedCommentBlock => "this `/*` is never closed by `*/`".to_string(),
        Kind::String(_) if at.end >= text.len() && !text.ends_with('"') => {
            "this text is never closed; put a `\"` at its end".to_string()
        }
        Kind::String(_) => {
            "not an escape that JSON knows: \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX".to_string()
        }
        Kind::ExpectedColonAfterObjectKey => "a `:` is missing after the name".to_string(),
        Kind::ExpectedObjectValue => "a value is missing after `:`".to_string(),
        Kind::ExpectedComma if text[at.end..].starts_with(char::is_alphabetic) => {
            "a number ends here; with a unit it is text, in double quotes, as in \"60s\""
                .to_string()
        }
        Kind::ExpectedComma => "a comma is missing after this".to_string(),
        Kind::ExpectedStringObjectProperty => {
            format!("names are written in double quotes: \"{here}\"")
        }
        Kind::MultipleRootJsonValues => {
            "the scenario ended before this; a file holds one object".to_string()
        }
        Kind::SingleQuotedStringsNotAllowed => "text is written in double quotes".to_string(),
        Kind::UnexpectedWord => format!(
            "`{here}` is no value; text is written in double quotes, other words are `true`, \
             `false` and `null`"
        ),
        Kind::UnexpectedComma => "a comma too many".to_string(),
        Kind::UnexpectedTokenInObject => {
            format!("`{here}` cannot stand here; a name in double quotes or `}}` is expected")
        }
        Kind::HexadecimalNumbersNotAllowed
        | Kind::UnaryPlusNumbersNotAllowed
        | Kind::BareDecimalPointNumbersNotAllowed
        | Kind::ExpectedDigit
        | Kind::ExpectedDigitFollowingNegativeSign
        | Kind::ExpectedPlusMinusOrDigitInNumberLiteral => {
            "numbers are written as in 3, -0.5 or 1e6".to_string()
        }
        // Another crate's list, and it may grow; the rest reads well enough as it is.
        other => match other.to_string().to_lowercase() {
            words if here.is_empty() => format!("{words} here"),
            words => format!("{words} here: `{here}`"),
        },
    };
    let long = matches!(kind, Kind::UnterminatedObject | Kind::UnterminatedArray);
    let end = if long { at.start + 1 } else { at.end };
    // A missing comma belongs after the last character of what stands before it.
    let start = match kind {
        Kind::ExpectedComma => before(text, at.start),
        _ => at.start,
    };
    (message, start..end)
}

/// The start of the character that ends at `end`.
fn before(text: &str, end: usize) -> usize {
    text[..end].char_indices().next_back().map_or(0, |(start, _)| start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_and_quotes_count_only_where_they_mean_something() {
        let deep = "[".repeat(DEPTH_LIMIT + 1);
        assert!(inspect(&deep).is_err());
        assert!(inspect(&"[".repeat(DEPTH_LIMIT)).is_ok());
        for text in [
            format!("\"{deep}\""),
            format!("// {deep}"),
            format!("/* {deep} */"),
            format!("// \"\n[\"a\\\"{deep}\"]"),
        ] {
            assert_eq!(inspect(&text), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_string_ends_on_its_line() {
        let (range, _) = inspect("{\"a\": \"b,\n\"c\": 1}").unwrap_err();
        assert_eq!(range, 6..7);
        assert!(inspect("\"a\\\nb\"").is_err());
        assert!(inspect("\"\u{0}\"").is_err());
    }
}
