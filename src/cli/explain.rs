//! `dynamo-sim explain`

use std::path::Path;

use crate::cli::arguments::Explain;
use crate::cli::exit::{Code, Failure};
use crate::cli::files::Folder;
use crate::cli::sources::checked;
use crate::cli::terminal::Terminal;
use crate::report::bars::bars;
use crate::report::outlook::outlook;
use crate::report::plot::draw;
use crate::scenario::draw::settle::Chosen;
use crate::scenario::profile::told;
use crate::scenario::read::Checked;

/// Says what a scenario is going to do, without running it.
pub fn explain(arguments: &Explain, terminal: &Terminal) -> Result<Code, Failure> {
    let checked = checked(&arguments.subject, terminal)?;
    let (scenario, plan) = (checked.scenario(), checked.plan());
    let layout = plan.layout();
    if let Some(out) = &arguments.out {
        let drawing = draw(&bars(&scenario.name, &plan, &layout));
        let drawing = drawing.map_err(|e| Failure::Environment(format!("cannot draw: {e}")))?;
        let bytes = match out.extension().and_then(|extension| extension.to_str()) {
            Some("svg") => drawing.svg,
            Some("png") => drawing.png,
            Some(_) | None => {
                let usage = "--out takes a file that ends in .svg or .png".to_string();
                return Err(Failure::Arguments(usage));
            }
        };
        let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
        let name = out.file_name().expect("it has an extension, so it has a name");
        Folder::make(folder.unwrap_or(Path::new(".")))?.write(name, &bytes)?;
    }
    let mut text = format!("{}\n", scenario.name);
    if !scenario.about.is_empty() {
        text.push_str(&format!("{}\n", scenario.about));
    }
    text.push_str(&profile(&checked));
    text.push_str(&outlook(&plan, &layout));
    text.push_str(&chosen(&checked));
    terminal.print(&text)?;
    Ok(Code::Held)
}

/// What the known system that the scenario takes its choices from is, and what of it is left out.
fn profile(checked: &Checked) -> String {
    let Some((name, words)) = checked.profile().map(told) else { return String::new() };
    let words: String = words.lines().map(|line| format!("  {line}\n")).collect();
    format!("profile {name}\n{words}")
}

/// Who was chosen where the scenario leaves that open, a line each.
fn chosen(checked: &Checked) -> String {
    let line = |chosen: &Chosen| format!("  {}: {} = {}\n", chosen.path, chosen.text, chosen.means);
    let lines: String = checked.chosen().iter().map(line).collect();
    match lines.is_empty() {
        true => String::new(),
        false => format!("\nchosen for seed {}\n{lines}", checked.scenario().seed),
    }
}
