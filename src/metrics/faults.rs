//! What each fault touched, and what nodes believed of each other (section 4.8.3).

use serde::Serialize;

use crate::trace::layout::{FaultWindow, Layout};
use crate::trace::record::Account;

/// Counts the verdicts of failure detectors.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beliefs {
    raised: u64,
    cleared: u64,
}

/// Section `faults` of a report.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct FaultsFigures {
    pub suspicions_raised: u64,
    pub suspicions_cleared: u64,
    /// In the order of the scenario.
    pub windows: Vec<FaultFigures>,
}

/// One fault and what it touched.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct FaultFigures {
    /// The fault's kind, as scenario files name it.
    pub kind: &'static str,
    /// Kind and target in a few words.
    pub label: String,
    pub from_s: f64,
    pub to_s: f64,
    pub messages: u64,
    pub bytes: u64,
    pub operations: u64,
    pub nodes: u64,
    pub jobs: u64,
    pub copies: u64,
}

impl Beliefs {
    /// A node believes a peer down.
    pub fn raised(&mut self) {
        self.raised += 1;
    }

    /// A node heard again of a peer that it believed down.
    pub fn cleared(&mut self) {
        self.cleared += 1;
    }

    /// What it comes to.
    pub fn figures(&self, layout: &Layout, account: &Account) -> FaultsFigures {
        let touched = account.touched.iter();
        let windows = layout.faults.iter().zip(touched).map(|(window, touched)| FaultFigures {
            kind: window.kind,
            label: full_label(window),
            from_s: window.from.seconds(),
            to_s: window.to.seconds(),
            messages: touched.messages,
            bytes: touched.bytes,
            operations: touched.operations,
            nodes: touched.nodes,
            jobs: touched.jobs,
            copies: touched.copies,
        });
        FaultsFigures {
            suspicions_raised: self.raised,
            suspicions_cleared: self.cleared,
            windows: windows.collect(),
        }
    }
}

/// Kind and label of a fault, the kind once.
pub fn full_label(window: &FaultWindow) -> String {
    if window.label.starts_with(window.kind) {
        return window.label.clone();
    }
    format!("{} {}", window.kind, window.label).trim_end().to_string()
}
