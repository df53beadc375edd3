//! Two runs side by side: do they do the same, and if not, where do they part?

use crate::sim::plan::Plan;
use crate::sim::simulation::Simulation;
use crate::time::Time;
use crate::trace::observer::{Interest, Observer, Observers};
use crate::trace::record::{Account, Record};

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

/// Runs two plans in step and compares their digests after every event.
pub fn compare(one: &Plan, other: &Plan) -> Comparison {
    let mut runs = [one, other].map(Simulation::new);
    let mut latest = [Latest::default(), Latest::default()];
    for (run, seen) in runs.iter_mut().zip(&mut latest) {
        run.start(&mut Observers::new(vec![seen]));
    }
    loop {
        let events = runs[0].totals().events;
        let mut went_on = [false; 2];
        for (i, run) in runs.iter_mut().enumerate() {
            latest[i].lines.clear();
            went_on[i] = run.step(&mut Observers::new(vec![&mut latest[i]]));
        }
        if runs[0].digest() != runs[1].digest() || went_on[0] != went_on[1] {
            let times = [runs[0].now(), runs[1].now()];
            let records = latest.map(|seen| describe(&seen.lines));
            return Comparison::Parted(Parting { events, times, records });
        }
        if !went_on[0] {
            let [run, _] = runs;
            return Comparison::Same(Box::new(run.finish(&mut Observers::default())));
        }
    }
}

fn describe(lines: &[String]) -> String {
    match lines {
        [] => "nothing that is recorded".to_string(),
        lines => lines.join("\n"),
    }
}
