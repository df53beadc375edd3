//! Keys from a file: one on each line, alone or with a weight.

use std::collections::BTreeMap;

use crate::scenario::files::table::{Cell, Table};

/// The weights of the keys, in the order of the file.
pub(super) fn parse(table: &mut Table<'_>) -> Vec<f64> {
    let mut weights = Vec::new();
    let mut seen = BTreeMap::new();
    for line in table.lines() {
        if table.is_full() {
            break;
        }
        let mut cells = line.cells();
        let key = cells.next().unwrap_or(line.whole());
        match seen.insert(key.text, line.number) {
            _ if key.text.is_empty() => table.complain(key, "key", "a line begins with its key"),
            Some(before) => {
                table.complain(key, "key", format!("this key stands on line {before} already"));
            }
            None => {}
        }
        weights.push(cells.next().map_or(1.0, |cell| weight(table, cell)));
        if let Some(more) = cells.next() {
            table.complain(more, "", "a line has a key and at most a weight after it");
        }
    }
    if weights.is_empty() {
        table.complain_of_all("the file holds no keys");
    }
    weights
}

fn weight(table: &mut Table<'_>, cell: Cell<'_>) -> f64 {
    let number = cell.text.parse::<f64>().ok();
    number.filter(|weight| *weight >= 0.0 && weight.is_finite()).unwrap_or_else(|| {
        table.complain(cell, "weight", "a weight is a number, 0 or more");
        1.0
    })
}
