//! Two runs side by side: do they do the same, and if not, where do they part?

use crate::sim::plan::Plan;
use crate::sim::simulation::Simulation;
use crate::time::Time;
use crate::trace::observer::{Interest, Observer, Observers};
use crate::trace::record::{Account, Record};

/// Steps between two looks at whoever waits.
const STEPS_PER_PULSE: u32 = 4096;

/// How two runs compare.
#[derive(Clone, Debug)]
pub enum Comparison {
    /// They did the same to the end.
    Same(Box<Account>),
    /// They parted.
    Parted(Parting),
}

/// Where two runs part.
#[derive(Clone, Debug)]
pub struct Parting {
    /// How many events were the same before.
    pub events: u64,
    /// When the first that differs happened, in either run.
    pub times: [Time; 2],
    /// What happened then, in either run.
    pub records: [String; 2],
}

/// Keeps what was seen since it was last asked.
#[derive(Default)]
struct Latest {
    lines: Vec<String>,
}

impl Observer for Latest {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: true }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        self.lines.push(format!("{now}  {record:?}"));
    }
}

/// Runs two plans in step and compares their digests after every event. `pulse` is called now and
/// then with the simulated time; when it answers false the comparison is given up.
pub fn compare(
    one: &Plan,
    other: &Plan,
    pulse: &mut dyn FnMut(Time) -> bool,
) -> Option<Comparison> {
    // To put records into words costs many times what the run does, so at first nobody watches.
    match run_in_step(one, other, u64::MAX, pulse)? {
        Comparison::Same(account) => Some(Comparison::Same(account)),
        // What came just before the parting need not be told, and is not watched either.
        Comparison::Parted(parting) => run_in_step(one, other, parting.events, pulse),
    }
}

/// Runs two plans until they part, watching both from when so many events are over.
fn run_in_step(
    one: &Plan,
    other: &Plan,
    watched_from: u64,
    pulse: &mut dyn FnMut(Time) -> bool,
) -> Option<Comparison> {
    let mut runs = [one, other].map(Simulation::new);
    let mut latest = [Latest::default(), Latest::default()];
    runs.iter_mut().for_each(|run| run.start(&mut Observers::default()));
    let mut steps: u32 = 0;
    loop {
        let events = runs[0].totals().events;
        let mut went_on = [false; 2];
        for (i, run) in runs.iter_mut().enumerate() {
            latest[i].lines.clear();
            went_on[i] = match events >= watched_from {
                true => run.step(&mut Observers::new(vec![&mut latest[i]])),
                false => run.step(&mut Observers::default()),
            };
        }
        if runs[0].digest() != runs[1].digest() || went_on[0] != went_on[1] {
            let times = [runs[0].now(), runs[1].now()];
            let records = latest.map(|seen| describe(&seen.lines));
            return Some(Comparison::Parted(Parting { events, times, records }));
        }
        if !went_on[0] {
            let [run, _] = runs;
            let account = run.finish(&mut Observers::default());
            return Some(Comparison::Same(Box::new(account)));
        }
        steps = steps.wrapping_add(1);
        if steps.is_multiple_of(STEPS_PER_PULSE) && !pulse(runs[0].now()) {
            return None;
        }
    }
}

fn describe(lines: &[String]) -> String {
    match lines {
        [] => "nothing that is recorded".to_string(),
        lines => lines.join("\n"),
    }
}
