//! `dynamo-sim check`

use crate::cli::arguments::Check;
use crate::cli::exit::{Code, Failure};
use crate::cli::sources::checked_file;
use crate::cli::terminal::Terminal;

/// Tells everything that is wrong with each scenario.
pub fn check(check: &Check, terminal: &Terminal) -> Result<Code, Failure> {
    let mut worst = Code::Held;
    for name in &check.scenarios {
        match checked_file(name, &check.overrides, terminal) {
            Ok(checked) if check.resolved => terminal.print(&checked.resolved_json())?,
            Ok(checked) => terminal.print(&format!("{name}: ok ({})\n", checked.hash()))?,
            Err(failure) => {
                terminal.complain(&failure.to_string());
                worst = worst.max(failure.code());
            }
        }
    }
    Ok(worst)
}
