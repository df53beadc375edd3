//! The report as strict JSON, for machines.

use serde::Serialize;

use crate::report::document::Report;

/// The report, indented, with a line end at the end.
pub fn json(report: &Report) -> Vec<u8> {
    pretty(report)
}

/// Any plain data in the same way.
pub fn pretty<T: Serialize>(data: &T) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(data).expect("it is plain data");
    bytes.push(b'\n');
    bytes
}
