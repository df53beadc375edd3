//! The timeline as CSV: one row for each sampling interval, units in the names of the columns. An
//! empty field says that nothing was measured.

use crate::metrics::timeline::Row;

/// The table, with a heading.
pub fn timeline(rows: &[Row]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row).expect("a row is plain data and memory does not fail");
    }
    writer.into_inner().expect("memory does not fail")
}
