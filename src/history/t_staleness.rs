//! t-staleness (Bailis et al. 2012): for how long had the oldest write been acknowledged that a
//! read missed?

use crate::history::duty::Missed;
use crate::history::missing::{Since, missing};
use crate::history::register::Register;
use crate::history::verdict::{Findings, Measure, Story};

/// For how long the stale reads of a history are behind, in no order.
#[derive(Clone, Debug, Default)]
pub struct Lags {
    reads: u64,
    lags: Vec<u64>,
}

/// Examines all reads against a bound in nanoseconds.
pub fn check(register: &Register<'_>, bound: u64, lags: &mut Lags) -> Findings {
    let mut findings = Findings::default();
    for (read, missing) in register.reads.iter().zip(missing(register, Since::Acknowledged)) {
        if read.strange.is_some() {
            continue;
        }
        findings.examined += 1;
        lags.reads += 1;
        let Some(write) = missing.oldest else { continue };
        let told = register.operation(register.writes[write as usize].operation);
        let began = register.operation(read.operation).began;
        let lag = began.saturating_sub(told.ended.unwrap_or(began));
        lags.lags.push(lag);
        if lag > bound || bound == 0 {
            let lag = register.history.span_text(lag);
            let why = format!("this had been acknowledged for {lag}");
            let missed = Missed::Write(write);
            findings.broken(read.start, || Story::of_missed(register, read, missed, &[], &why));
        }
    }
    findings
}

/// Share of stale reads, and how far behind they are.
pub fn measures(lags: &mut Lags) -> Vec<Measure> {
    lags.lags.sort_unstable();
    let stale = lags.lags.len() as u64;
    let count = |name, value| Measure { name, text: format!("{value}"), value: Some(value) };
    let mut measures = vec![count("stale_reads", stale)];
    let at = |share: usize| lags.lags[(lags.lags.len() - 1) * share / 100];
    if stale > 0 {
        for (name, share) in [("lag_p50", 50), ("lag_p99", 99), ("lag_max", 100)] {
            measures.push(Measure { name, text: String::new(), value: Some(at(share)) });
        }
    }
    measures
}
