//! The report as strict JSON, for machines.

use serde::Serialize;

use crate::report::document::Report;

/// The report, indented, with a line end at the end.
pub fn json(report: &Report) -> Vec<u8> {
    pretty(report)
}

/// Plain data, indented, with a line end at the end.
pub fn pretty(data: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(data).expect("it is plain data");
    bytes.push(b'\n');
    bytes
}
