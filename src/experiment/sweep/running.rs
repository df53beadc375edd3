//! One run of a sweep.

use crate::experiment::steady::{Reports, reports};
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
    let layout = checked.plan().layout();
    let Reports { whole, steady } = reports(checked, &layout, plan.warm_up, None, pulse)?;
    Some(Row::of(plan, task, &whole, steady.as_ref()))
}
