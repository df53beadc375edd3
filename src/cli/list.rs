//! `dynamo-sim list`

use crate::cli::exit::{Code, Failure};
use crate::cli::terminal::Terminal;
use crate::scenario::shipped::SHIPPED;
use crate::scenario::spec::Scenario;

/// Prints the shipped scenarios, a line each.
pub fn list(terminal: &Terminal) -> Result<Code, Failure> {
    let width = SHIPPED.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let line = |(name, text): &(&str, &str)| {
        let read = Scenario::read(name, text, &[], &[]);
        let about = read.map_or_else(|_| String::new(), |checked| checked.scenario().about.clone());
        format!("{name:width$}  {about}\n")
    };
    let lines: String = SHIPPED.iter().map(line).collect();
    terminal.print(&lines)?;
    Ok(Code::Held)
}
