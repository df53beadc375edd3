//! The figures of a run without its beginning.
//!
//! Figures that a report has by parts of the run (availability, latency, staleness and so on) are
//! taken over the operations that began after the warm-up; those that it has only for the whole
//! are as they are.

use std::collections::BTreeMap;

use crate::experiment::{self, Outcome};
use crate::metrics::observer::Metrics;
use crate::metrics::window::Windows;
use crate::report::document::Report;
use crate::report::figures::figures;
use crate::scenario::read::Checked;
use crate::time::{Duration, Time};
use crate::trace::layout::Layout;
use crate::trace::observer::{Interest, Observer};
use crate::trace::record::{Account, Record, Totals};

/// Metrics from a moment on, and what there is in the end.
struct Later {
    metrics: Metrics,
    account: Option<Account>,
}

impl Observer for Later {
    fn interest(&self) -> Interest {
        self.metrics.interest()
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        self.metrics.see(now, record);
    }

    fn sample(&mut self, now: Time, totals: &Totals) {
        self.metrics.sample(now, totals);
    }

    fn end(&mut self, account: &Account) {
        self.metrics.end(account);
        self.account = Some(account.clone());
    }
}

/// What a run says: of all of it, and, where there is a warm-up, with its parts cut there. What the
/// latter says under `during` is what came after the warm-up.
pub struct Reports {
    pub whole: Report,
    pub steady: Option<Report>,
}

/// Runs a scenario while `watcher` looks on. None if it was given up.
pub fn reports(
    checked: &Checked,
    layout: &Layout,
    warm_up: Duration,
    watcher: Option<&mut dyn Observer>,
    pulse: &mut dyn FnMut(Time) -> bool,
) -> Option<Reports> {
    let mut watchers: Vec<&mut dyn Observer> = Vec::new();
    if let Some(watcher) = watcher {
        watchers.push(watcher);
    }
    if warm_up == Duration::ZERO {
        let Outcome { report, .. } = experiment::run(checked, layout, watchers, pulse)?;
        return Some(Reports { whole: report, steady: None });
    }
    let from = Time::ZERO + warm_up;
    let metrics = Metrics::by_windows(layout, Windows::around(from, Time(u64::MAX)));
    let mut later = Later { metrics, account: None };
    watchers.push(&mut later);
    let Outcome { report, .. } = experiment::run(checked, layout, watchers, pulse)?;
    let Later { metrics, account } = later;
    let account = account.expect("a run that has ended told its account");
    let origin = experiment::origin(checked);
    let steady = Report::new(origin, layout, &account, metrics.finish(&account), Vec::new());
    Some(Reports { whole: report, steady: Some(steady) })
}

/// Runs a scenario and takes all figures, those by parts of the run without the warm-up. None if
/// it was given up.
pub fn measure(
    checked: &Checked,
    layout: &Layout,
    warm_up: Duration,
    watcher: Option<&mut dyn Observer>,
    pulse: &mut dyn FnMut(Time) -> bool,
) -> Option<BTreeMap<String, f64>> {
    let Reports { whole, steady } = reports(checked, layout, warm_up, watcher, pulse)?;
    let mut all = figures(&whole);
    // What stands for the whole gives way to what came after the warm-up.
    for (path, value) in steady.iter().flat_map(figures) {
        if let Some((section, rest)) = path.split_once(".during.") {
            all.insert(format!("{section}.{rest}"), value);
        }
    }
    Some(all)
}
