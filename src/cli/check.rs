//! `dynamo-sim check`

use crate::cli::arguments::Check;
use crate::cli::exit::{Code, Failure};
use crate::cli::sources::{checked_file, load};
use crate::cli::sweep::study::Study;
use crate::cli::terminal::Terminal;
use crate::scenario::read::Checked;

/// Tells everything that is wrong with each scenario.
pub fn check(check: &Check, terminal: &Terminal) -> Result<Code, Failure> {
    let mut worst = Code::Held;
    for name in &check.scenarios {
        match checked_file(name, &check.overrides, terminal) {
            Ok(checked) if check.resolved => terminal.print(&checked.resolved_json())?,
            Ok(checked) => match swept(name, &checked, check) {
                Ok(sweep) => {
                    terminal.print(&format!("{name}: ok ({}){sweep}\n", checked.hash()))?
                }
                Err(failure) => worst = worst.max(told(&failure, terminal)),
            },
            Err(failure) => worst = worst.max(told(&failure, terminal)),
        }
    }
    Ok(worst)
}

/// The size of the scenario's sweep, if it has one: then each of its points must be a scenario.
fn swept(name: &str, checked: &Checked, check: &Check) -> Result<String, Failure> {
    let Some(sweep) = checked.scenario().sweep.clone().filter(|_| name != "-") else {
        return Ok(String::new());
    };
    let (file, bytes) = load(name)?;
    let plan = Study::of_checked(&file, bytes, &check.overrides, sweep).plan(checked)?;
    Ok(format!(", a sweep of {} points and {} runs", plan.points.len(), plan.size()))
}

fn told(failure: &Failure, terminal: &Terminal) -> Code {
    terminal.complain(&failure.to_string());
    failure.code()
}
