//! `dynamo-sim list`

use crate::cli::exit::{Code, Failure};
use crate::cli::terminal::Terminal;
use crate::scenario::shipped::{FOLDERS, SHIPPED};
use crate::scenario::spec::Scenario;

/// Prints the shipped scenarios, a line each, folder by folder.
pub fn list(terminal: &Terminal) -> Result<Code, Failure> {
    let width = SHIPPED.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let folder_width = FOLDERS.iter().map(|folder| folder.len()).max().unwrap_or(0);
    let line = |((name, text), folder): (&(&str, &str), &&str)| {
        let read = Scenario::read(name, text, &[], &[]);
        let about = read.map_or_else(|_| String::new(), |checked| checked.scenario().about.clone());
        format!("{folder:folder_width$}  {name:width$}  {about}\n")
    };
    let lines: String = SHIPPED.iter().zip(FOLDERS).map(line).collect();
    terminal.print(&lines)?;
    Ok(Code::Held)
}
