//! Rules of `cluster.failure_detection`.

use crate::dynamo::config::FailureDetection;
use crate::dynamo::config::detection::{Accrual, Evidence, Probes};
use crate::scenario::check::check_positive;
use crate::scenario::problem::Findings;

/// Most gaps from which a spread is known.
pub const WINDOW_LIMIT: u32 = 100_000;
/// Largest phi: an error in so many gaps, as a power of ten.
pub const PHI_LIMIT: f64 = 100.0;

pub(super) fn check_failure_detection(settings: &FailureDetection, findings: &mut Findings) {
    let FailureDetection { after, retry, retry_limit, by } = settings;
    findings.require(
        *after >= 1,
        "cluster.failure_detection.after",
        "a peer is believed down after at least 1 unanswered request",
    );
    check_positive(*retry, "cluster.failure_detection.retry", findings);
    findings.require_with(
        retry_limit >= retry,
        "cluster.failure_detection.retry_limit",
        ["cluster.failure_detection.retry"],
        format!(
            "the pause between two tries grows from retry, which is {retry}, to retry_limit: \
                 at least as long, not {retry_limit}"
        ),
    );
    match by {
        Evidence::Requests => return,
        Evidence::Probes(settings) => check_probes(settings, findings),
        Evidence::Accrual(settings) => check_accrual(settings, findings),
    }
    findings.require_with(
        *after == 1,
        "cluster.failure_detection.after",
        ["cluster.failure_detection.by"],
        "it counts unanswered requests, and with other evidence none is held against anybody: \
         leave it out",
    );
}

fn check_probes(settings: &Probes, findings: &mut Findings) {
    let Probes { period, timeout, indirect, .. } = *settings;
    check_positive(period, "cluster.failure_detection.by.probes.period", findings);
    let path = "cluster.failure_detection.by.probes.timeout";
    check_positive(timeout, path, findings);
    let (times, rule) = match indirect {
        0 => (1, "a ping has its time before the next"),
        _some => (3, "a ping, and then the others that are asked, have their time before the next"),
    };
    let part = if times == 1 { "" } else { "a third of " };
    findings.require_with(
        timeout.0.saturating_mul(times) <= period.0,
        path,
        ["cluster.failure_detection.by.probes.period"],
        format!("{rule}: at most {part}period, which is {period}, not {timeout}"),
    );
}

fn check_accrual(settings: &Accrual, findings: &mut Findings) {
    let Accrual { heartbeat, phi, window, longest_gap, .. } = *settings;
    check_positive(heartbeat, "cluster.failure_detection.by.accrual.heartbeat", findings);
    findings.require(
        phi > 0.0 && phi <= PHI_LIMIT,
        "cluster.failure_detection.by.accrual.phi",
        format!("phi is above 0 and at most {PHI_LIMIT}, not {phi}"),
    );
    findings.require(
        (1..=WINDOW_LIMIT).contains(&window),
        "cluster.failure_detection.by.accrual.window",
        format!("the spread is known from 1 to {WINDOW_LIMIT} gaps, not {window}"),
    );
    if let Some(longest) = longest_gap {
        findings.require_with(
            longest >= heartbeat,
            "cluster.failure_detection.by.accrual.longest_gap",
            ["cluster.failure_detection.by.accrual.heartbeat"],
            format!(
                "no gap would ever be known: at least as long as heartbeat, which is \
                 {heartbeat}, not {longest}"
            ),
        );
    }
}
