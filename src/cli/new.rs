//! `dynamo-sim new`

use std::path::Path;

use crate::cli::exit::{Code, Failure};
use crate::cli::files::Folder;
use crate::cli::terminal::Terminal;
use crate::scenario::starter::starter;

/// Writes a file to begin with; one that is there already stays as it is.
pub fn new(name: &str, terminal: &Terminal) -> Result<Code, Failure> {
    // People type the name of the file as well.
    let name = name.strip_suffix(".json").unwrap_or(name);
    let text = starter(name).map_err(|why| Failure::Arguments(format!("`{name}`: {why}")))?;
    let file = format!("{name}.json");
    if !Folder::make(Path::new("."))?.write_new(&file, text.as_bytes())? {
        return Err(Failure::Arguments(format!("{file} is there already; choose another name")));
    }
    terminal.print(&format!("{file} is written; next: dynamo-sim run {file}\n"))?;
    Ok(Code::Held)
}
