//! Rules of `hunt`.

use crate::scenario::diagnosis::did_you_mean;
use crate::scenario::hunt::{Hunt, KINDS, MOST};
use crate::scenario::path::{Path, shortened};
use crate::scenario::problem::{Findings, Problem};

pub(super) fn check(hunt: &Hunt, findings: &mut Findings) {
    let rows = [
        ("nodes", hunt.nodes, 1),
        ("clients", hunt.clients, 1),
        ("keys", hunt.keys, 1),
        ("operations", hunt.operations, 1),
        ("faults", hunt.faults, 0),
        ("administration", hunt.administration, 0),
    ];
    for (name, [least, most], lowest) in rows {
        let path = Path::from("hunt").name(name);
        let message = format!("the least comes first, and is not more than the most: {least}");
        findings.require(least <= most, path.clone(), message);
        let message = format!("from {lowest} to {MOST}, not {least} to {most}");
        findings.require(lowest <= least && most <= MOST, path, message);
    }
    for (place, kind) in hunt.kinds.iter().enumerate() {
        if !KINDS.contains(&kind.as_str()) {
            let path = Path::from("hunt.kinds").index(place);
            let kind = shortened(kind);
            let message = format!("`{kind}` is no fault that can be drawn: {}", KINDS.join(", "));
            let help = did_you_mean(&kind, KINDS);
            findings.add(Problem { help, ..Problem::new(path, message) });
        }
    }
}
