//! Recorded operations from a file: a line each, in the order of time.

use std::collections::BTreeMap;

use crate::id::{Address, ClientId, Key};
use crate::quantity::Bytes;
use crate::scenario::files::table::{Cell, Line, Table};
use crate::time::{Duration, Time};
use crate::workload::intent::Intent;
use crate::workload::recording::{Recorded, Recording};
use crate::workload::size::VALUE_LIMIT;

/// What the first line says.
const HEADER: [&str; 5] = ["time", "client", "op", "key", "size"];

/// The operations of a trace.
pub(super) fn parse(table: &mut Table<'_>) -> Recording {
    let mut recording = Recording::default();
    let mut lines = table.lines();
    let Some(header) = lines.next() else {
        table.complain_of_all("the file is empty; its first line is time,client,op,key,size");
        return recording;
    };
    if !header.cells().map(|cell| cell.text).eq(HEADER) {
        table.complain(header.whole(), "", format!("the first line is {}", HEADER.join(",")));
        return recording;
    }
    let mut keys = BTreeMap::new();
    let mut before = Time::ZERO;
    for line in lines {
        if table.is_full() {
            break;
        }
        let Some(cells) = five(table, line) else { continue };
        recording.operations.extend(recorded(table, cells, &mut keys, &mut before));
    }
    if recording.operations.is_empty() && !table.is_full() {
        table.complain_of_all("the trace holds no operations");
    }
    recording.keys = keys.len() as u32;
    recording
}

fn five<'t>(table: &mut Table<'_>, line: Line<'t>) -> Option<[Cell<'t>; 5]> {
    let cells: Vec<Cell<'t>> = line.cells().collect();
    let count = cells.len();
    let five = cells.try_into().ok();
    if five.is_none() {
        let message = format!("a line has 5 cells, {}; this one has {count}", HEADER.join(","));
        table.complain(line.whole(), "", message);
    }
    five
}

fn recorded<'t>(
    table: &mut Table<'_>,
    [time, client, op, key, size]: [Cell<'t>; 5],
    keys: &mut BTreeMap<&'t str, u32>,
    before: &mut Time,
) -> Option<Recorded> {
    let at = at(table, time, *before);
    *before = at.unwrap_or(*before);
    let client = client_of(table, client);
    let intent = intent(table, op);
    let bytes = bytes(table, size);
    if key.text.is_empty() {
        table.complain(key, "key", "each operation is about a key, of any spelling");
        return None;
    }
    let next = keys.len() as u32;
    let key = Key(*keys.entry(key.text).or_insert(next));
    Some(Recorded { at: at?, client: client?, intent: intent?, key, bytes: bytes? })
}

fn at(table: &mut Table<'_>, cell: Cell<'_>, before: Time) -> Option<Time> {
    let bare = cell.text.ends_with(|c: char| c.is_ascii_digit());
    let text = if bare { format!("{}s", cell.text) } else { cell.text.to_string() };
    let Ok(since) = Duration::parse(&text) else {
        let message = "a time is in seconds, as in 1.5, or has a unit, as in 1500ms";
        table.complain(cell, "time", message);
        return None;
    };
    let at = Time::ZERO + since;
    if at < before {
        let message = format!("times come in order; the line before is at {}", Duration(before.0));
        table.complain(cell, "time", message);
    }
    Some(at)
}

fn client_of(table: &mut Table<'_>, cell: Cell<'_>) -> Option<ClientId> {
    match Address::parse(cell.text) {
        Some(Address::Client(client)) => Some(client),
        Some(Address::Node(_)) | None => {
            table.complain(cell, "client", "a client is written as c7, counted from c0");
            None
        }
    }
}

fn intent(table: &mut Table<'_>, cell: Cell<'_>) -> Option<Intent> {
    let found = Intent::NAMES.iter().find(|(name, _)| *name == cell.text);
    if cell.text.eq_ignore_ascii_case("scan") {
        table.complain(cell, "op", "Dynamo has no scans: it stores by single keys");
    } else if found.is_none() {
        table.complain_of_word(cell, "op", &Intent::NAMES.map(|(name, _)| name));
    }
    found.map(|(_, intent)| *intent)
}

/// The size, if one was recorded; none at all if it is wrong.
fn bytes(table: &mut Table<'_>, cell: Cell<'_>) -> Option<Option<u32>> {
    if cell.text.is_empty() {
        return Some(None);
    }
    let plain = cell.text.bytes().all(|byte| byte.is_ascii_digit());
    let text = if plain { format!("{}B", cell.text) } else { cell.text.to_string() };
    let size = Bytes::parse(&text).ok().filter(|size| *size <= VALUE_LIMIT);
    if size.is_none() {
        let message = format!(
            "a size is in bytes, as in 512, or has a unit, as in 4KiB; it is at most \
             {VALUE_LIMIT}, and may be left out"
        );
        table.complain(cell, "size", message);
    }
    size.map(|size| Some(size.0 as u32))
}
