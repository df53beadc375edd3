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

/// Runs a scenario and takes all figures, those by parts of the run without the warm-up. None if
/// it was given up.
pub fn measure(
    checked: &Checked,
    layout: &Layout,
    warm_up: Duration,
    watcher: Option<&mut dyn Observer>,
    pulse: &mut dyn FnMut(Time) -> bool,
) -> Option<BTreeMap<String, f64>> {
    let mut watchers: Vec<&mut dyn Observer> = Vec::new();
    if let Some(watcher) = watcher {
        watchers.push(watcher);
    }
    if warm_up == Duration::ZERO {
        return experiment::run(checked, layout, watchers, pulse).map(|it| figures(&it.report));
    }
    let from = Time::ZERO + warm_up;
    let metrics = Metrics::by_windows(layout, Windows::around(from, Time(u64::MAX)));
    let mut later = Later { metrics, account: None };
    watchers.push(&mut later);
    let Outcome { report, .. } = experiment::run(checked, layout, watchers, pulse)?;
    let Later { metrics, account } = later;
    let account = account.expect("a run that has ended told its account");
    let origin = experiment::origin(checked);
    let cut = Report::new(origin, layout, &account, metrics.finish(&account), Vec::new());
    let mut all = figures(&report);
    // The part is `during`; what stands for the whole takes its place.
    for (path, value) in figures(&cut) {
        if let Some((section, rest)) = path.split_once(".during.") {
            all.insert(format!("{section}.{rest}"), value);
        }
    }
    Some(all)
}
