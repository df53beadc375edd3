//! `dynamo-sim format`

use std::path::Path;

use crate::cli::arguments::Format;
use crate::cli::exit::{Code, Failure};
use crate::cli::files::Folder;
use crate::cli::sources::{load, read};
use crate::cli::terminal::Terminal;
use crate::scenario::document::has_comments;
use crate::scenario::format::formatted;

/// Lays out each file anew, or says which would change. Every file is tried.
pub fn format(arguments: &Format, terminal: &Terminal) -> Result<Code, Failure> {
    let mut worst = Code::Held;
    for name in &arguments.files {
        let done = format_one(name, arguments, terminal).unwrap_or_else(|failure| {
            terminal.complain(&failure.to_string());
            failure.code()
        });
        worst = worst.max(done);
    }
    Ok(worst)
}

fn format_one(name: &str, arguments: &Format, terminal: &Terminal) -> Result<Code, Failure> {
    if name != "-" && !Path::new(name).is_file() {
        return Err(Failure::Arguments(format!("there is no file `{name}`")));
    }
    let (file, bytes) = load(name)?;
    let checked = read(&file, &bytes, &[], terminal)?;
    let text = String::from_utf8(bytes).expect("what was read as a scenario is text");
    let laid_out = formatted(&text, &checked);
    if laid_out == text && name != "-" {
        terminal.say(&format!("{name}: as it should be"));
        return Ok(Code::Held);
    }
    if arguments.check {
        let changed = laid_out != text;
        terminal.print(&if changed { format!("{name}: would change\n") } else { String::new() })?;
        return Ok(if changed { Code::Finding } else { Code::Held });
    }
    if has_comments(&text) && !arguments.drop_comments {
        return Err(Failure::Arguments(format!(
            "{name} has comments, which would be lost; --drop-comments drops them"
        )));
    }
    match name {
        "-" => terminal.print(&laid_out)?,
        _ => rewrite(Path::new(name), &laid_out, terminal)?,
    }
    Ok(Code::Held)
}

/// A link stays a link: the file that it leads to is rewritten.
fn rewrite(path: &Path, text: &str, terminal: &Terminal) -> Result<(), Failure> {
    let cannot = |error| Failure::Environment(format!("cannot find {}: {error}", path.display()));
    let place = std::fs::canonicalize(path).map_err(cannot)?;
    let (folder, name) = (place.parent(), place.file_name());
    let (folder, name) = folder.zip(name).expect("a file has a name and lies in a folder");
    Folder::make(folder)?.write(name, text.as_bytes())?;
    terminal.print(&format!("{}: rewritten\n", path.display()))
}
