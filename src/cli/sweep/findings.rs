//! The runs of a sweep that found something, and the commands that have them again.

use crate::cli::exit::Failure;
use crate::cli::run::quoted;
use crate::cli::sweep::arguments::Sweep;
use crate::cli::sweep::store::Store;
use crate::cli::terminal::Terminal;
use crate::report::sweep::plan::{Plan, Task};

/// Runs that are told one by one.
const TOLD: usize = 3;

/// Tells the first runs with a finding: which they are, and how to have them again where that is
/// known.
pub fn tell(
    arguments: Option<&Sweep>,
    plan: &Plan,
    tasks: &[Task],
    store: &Store,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let told = stories(arguments, plan, tasks, store)?;
    told.iter().for_each(|story| terminal.complain(story));
    Ok(())
}

/// The same as text, a line each.
pub fn stories(
    arguments: Option<&Sweep>,
    plan: &Plan,
    tasks: &[Task],
    store: &Store,
) -> Result<Vec<String>, Failure> {
    let (mut stories, mut told) = (Vec::new(), 0);
    for task in tasks {
        let row = store.row(plan, *task)?;
        if !row.status.is_finding() {
            continue;
        }
        let (status, point) = (row.status.name(), plan.told(task.point));
        let story = format!("{status}: {} at {point}, seed {}", row.problem, task.seed);
        stories.push(story);
        if let Some(arguments) = arguments {
            stories.push(format!("replay: {}", replay(arguments, plan, *task)));
        }
        told += 1;
        if told == TOLD {
            stories.push("the table has all of them, by `status`".to_string());
            break;
        }
    }
    Ok(stories)
}

fn replay(arguments: &Sweep, plan: &Plan, task: Task) -> String {
    let name = quoted(&arguments.scenario);
    let mut command = format!("dynamo-sim run {name} --seed {}", task.seed);
    let point = plan.axes.iter().zip(&plan.points[task.point].values);
    let point = point.map(|(axis, value)| format!("{}={value}", axis.path));
    for change in arguments.overrides.iter().cloned().chain(point) {
        command.push_str(&format!(" --set {}", quoted(&change)));
    }
    command
}
