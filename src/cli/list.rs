//! `dynamo-sim list`

use crate::cli::exit::{Code, Failure};
use crate::cli::terminal::Terminal;
use crate::scenario::draw::patterns::Pattern;
use crate::scenario::shipped::{PATTERNS, SHIPPED};
use crate::scenario::spec::Scenario;

/// Prints the shipped scenarios and the patterns of faults, a line each.
pub fn list(terminal: &Terminal) -> Result<Code, Failure> {
    let width = SHIPPED.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let line = |(name, text): &(&str, &str)| {
        let read = Scenario::read(name, text, &[], &[]);
        let about = read.map_or_else(|_| String::new(), |checked| checked.scenario().about.clone());
        format!("{name:width$}  {about}\n")
    };
    let lines: String = SHIPPED.iter().map(line).collect();
    let pattern = |(name, text): &(&str, &str)| {
        let about = Pattern::read(text).map_or_else(|_| String::new(), |pattern| pattern.about);
        format!("{name:width$}  {about}\n")
    };
    let patterns: String = PATTERNS.iter().map(pattern).collect();
    terminal.print(&(lines + &patterns))?;
    Ok(Code::Held)
}
