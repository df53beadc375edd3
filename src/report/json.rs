//! The report as strict JSON, for machines.

use crate::report::document::Report;

/// The report, indented, with a line end at the end.
pub fn json(report: &Report) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(report).expect("a report is plain data");
    bytes.push(b'\n');
    bytes
}
