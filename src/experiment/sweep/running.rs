//! One run of a sweep.

use crate::experiment::run;
use crate::report::sweep::plan::{Plan, Task};
use crate::report::sweep::row::Row;
use crate::scenario::read::Checked;
use crate::time::Time;

/// Runs a scenario with the seed of the task, and keeps what the plan asks for; none if `pulse`
/// gave it up.
pub fn row(
    plan: &Plan,
    task: Task,
    checked: &Checked,
    pulse: &mut dyn FnMut(Time) -> bool,
) -> Option<Row> {
    let outcome = run(checked, &checked.plan().layout(), Vec::new(), pulse)?;
    Some(Row::of(plan, task, &outcome.report))
}
