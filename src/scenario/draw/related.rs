//! `after` and `during`: faults whose times hang on those of others.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::faults::schedule::window;
use crate::scenario::diagnosis::did_you_mean;
use crate::scenario::draw::desk::Desk;
use crate::scenario::draw::part::{Origin, Part};
use crate::scenario::draw::timing::{has_moments, hold, put_off};
use crate::scenario::path::{Path, shortened};
use crate::scenario::problem::Problem;
use crate::scenario::reading::read_part;
use crate::time::Duration;

/// A fault that begins when another has ended.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct After {
    /// The name of the other: that of a `named` fault further up in the list.
    pub named: String,
    /// So long after its end.
    #[serde(default)]
    pub wait: Duration,
    /// A fault as any other. Its times count from then.
    pub fault: Value,
}

/// A fault that happens while another lasts.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct During {
    /// The name of the other: that of a `named` fault further up in the list.
    pub named: String,
    /// A fault as any other. Its times count from the other's beginning, and it ends with the
    /// other at the latest; without times it lasts as long as the other.
    pub fault: Value,
}

impl Desk {
    /// The faults that come after another.
    pub(super) fn after(&mut self, part: &Part, settings: &Value) -> Vec<Part> {
        let here = part.origin.place(&Path::from("after"));
        match read_part::<After>(settings, &here) {
            Ok(after) => {
                let Some((_, end)) = self.window_of(&after.named, &here) else {
                    return Vec::new();
                };
                let begins = Duration(end.0.saturating_add(after.wait.0));
                self.lay_from(part, "after.fault", after.fault, begins)
            }
            Err(problems) => {
                self.problems.extend(problems);
                Vec::new()
            }
        }
    }

    /// The faults that happen during another.
    pub(super) fn during(&mut self, part: &Part, settings: &Value) -> Vec<Part> {
        let here = part.origin.place(&Path::from("during"));
        let mut during: During = match read_part(settings, &here) {
            Ok(during) => during,
            Err(problems) => {
                self.problems.extend(problems);
                return Vec::new();
            }
        };
        let Some((from, to)) = self.window_of(&during.named, &here) else { return Vec::new() };
        if has_moments(&during.fault).is_none() {
            let length = Duration(to.0.saturating_sub(from.0));
            if let Err(why) = hold(&mut during.fault, Duration::ZERO, length) {
                let message = format!("{why}; give it times of its own");
                self.problems.push(Problem::new(here.name("fault"), message));
                return Vec::new();
            }
        }
        let laid = self.lay_from(part, "during.fault", during.fault, from);
        let ends: Vec<Duration> =
            laid.iter().filter_map(|part| Some(self.window(part)?.1)).collect();
        for ends in ends {
            if ends > to {
                let name = shortened(&during.named);
                let message = format!("it ends at {ends}, later than `{name}`, which ends at {to}");
                self.problems.push(Problem::new(here.name("fault"), message));
            }
        }
        laid
    }

    fn lay_from(&mut self, part: &Part, inside: &str, mut json: Value, at: Duration) -> Vec<Part> {
        put_off(&mut json, at);
        let origin = Origin::exact(part.origin.place(&Path::from(inside)));
        let inner = Part { json, origin, key: part.key.clone() }.optional_like(part);
        self.lay(&inner)
    }

    /// From when to when the faults of this name hold; a problem if there are none.
    fn window_of(&mut self, name: &str, here: &Path) -> Option<(Duration, Duration)> {
        if let Some(window) = self.named.get(name) {
            return Some(*window);
        }
        // One that is wrong in itself is told there.
        if !self.lost.contains(name) {
            let help = did_you_mean(name, self.named.keys().map(String::as_str));
            let message = format!("no fault further up is named `{}`", shortened(name));
            self.problems.push(Problem { help, ..Problem::new(here.name("named"), message) });
        }
        None
    }

    /// From when to when a fault holds, if it can be read.
    pub(super) fn window(&self, part: &Part) -> Option<(Duration, Duration)> {
        let fault: crate::faults::fault::Fault = serde_json::from_value(part.json.clone()).ok()?;
        let faults = crate::faults::composed::laid_out(&[fault]);
        let duration = self.world.duration();
        let windows = || faults.iter().map(|fault| window(&fault.what, duration));
        let (from, to) = (windows().map(|w| w.0).min()?, windows().map(|w| w.1).max()?);
        Some((Duration(from.0), Duration(to.0)))
    }
}
