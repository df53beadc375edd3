//! Rules of `sweep`.

use crate::scenario::path::Path;
use crate::scenario::problem::{Findings, Problem};
use crate::scenario::spec::Scenario;
use crate::scenario::sweep::Sweep;
use crate::scenario::sweep::points::points;

pub(super) fn check(sweep: &Sweep, scenario: &Scenario, findings: &mut Findings) {
    for mistake in points(sweep, scenario).err().into_iter().flatten() {
        let path = Path::from("sweep").join(&mistake.place);
        // Constraints name other fields.
        let because = match path.to_string().starts_with("sweep.where") {
            true => vec![Path::root()],
            false => Vec::new(),
        };
        findings.add(Problem { because, ..Problem::new(path, mistake.message) });
    }
}
