//! Moments of faults that are not read yet: put in, and moved.

use serde_json::Value;

use crate::scenario::draw::part::{FORMS, kind_of, settings_of};
use crate::scenario::path::Path;
use crate::time::Duration;

/// Members that hold moments of the run.
const MOMENTS: [&str; 3] = ["from", "to", "at"];

/// Faults that hold from one moment to another.
const WINDOWS: [&str; 13] = [
    "partition",
    "cut",
    "degrade",
    "isolate",
    "bridge",
    "majorities_ring",
    "clog",
    "swizzle",
    "bandwidth",
    "pause",
    "slow",
    "clock",
    "disk",
];

/// Faults that happen at a moment and are made good some time later.
const CRASHES: [&str; 2] = ["crash", "group_crash"];

/// The same fault, later. What is not a moment stays, and is complained of when it is read.
pub(super) fn put_off(fault: &mut Value, by: Duration) {
    let kind = kind_of(fault).map(|(kind, _)| kind.to_string());
    // These have no moments of their own: they count from others.
    if matches!(kind.as_deref(), Some("after" | "during")) {
        return;
    }
    let Some(settings) = settings_of(fault) else { return };
    for name in MOMENTS {
        if let Some(Value::String(text)) = settings.get_mut(name)
            && let Ok(moment) = Duration::parse(text)
        {
            *text = Duration(moment.0.saturating_add(by.0)).to_string();
        }
    }
    if let Some(inner) = settings.get_mut("fault") {
        put_off(inner, by);
    }
}

/// Does a fault say when it happens?
pub(super) fn has_moments(fault: &Value) -> Option<Path> {
    let (kind, settings) = kind_of(fault)?;
    let here = Path::root().name(kind);
    let said = MOMENTS.into_iter().chain(["restart_after"]);
    let mut said = said.filter(|name| settings.get(name).is_some());
    let inner =
        || settings.get("fault").and_then(has_moments).map(|path| here.name("fault").join(&path));
    said.next().map(|name| here.name(name)).or_else(inner)
}

/// Makes a fault that says nothing of it hold from one moment to another. The error says why it
/// cannot.
pub(super) fn hold(fault: &mut Value, from: Duration, to: Duration) -> Result<(), String> {
    let Some((kind, _)) = kind_of(fault) else { return Ok(()) };
    let kind = kind.to_string();
    let Some(settings) = settings_of(fault) else { return Ok(()) };
    let text = |moment: Duration| Value::String(moment.to_string());
    if CRASHES.contains(&kind.as_str()) {
        settings.insert("at".to_string(), text(from));
        settings.insert("restart_after".to_string(), text(Duration(to.0 - from.0)));
    } else if WINDOWS.contains(&kind.as_str()) {
        settings.insert("from".to_string(), text(from));
        let steps = settings.get("is").is_some_and(|is| is.get("step").is_some());
        if !steps {
            settings.insert("to".to_string(), text(to));
        }
    } else if matches!(kind.as_str(), "flap" | "named") {
        if let Some(inner) = settings.get_mut("fault") {
            hold(inner, from, to)?;
        }
    } else if FORMS.contains(&kind.as_str()) || ODD.contains(&kind.as_str()) {
        return Err(format!(
            "`{kind}` cannot be drawn: how long it lasts is not one length of time"
        ));
    }
    Ok(())
}

/// Faults whose length is made of several.
const ODD: [&str; 5] = ["restart", "crash_loop", "rolling_restart", "rolling_isolation", "repeat"];

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn moments_are_put_in_and_moved() {
        let seconds = Duration::from_secs;
        let mut flap = json!({ "flap": { "period": "1s", "fault": { "cut": {} } } });
        hold(&mut flap, seconds(5), seconds(9)).unwrap();
        put_off(&mut flap, seconds(10));
        let cut = json!({ "from": "15s", "to": "19s" });
        assert_eq!(flap, json!({ "flap": { "period": "1s", "fault": { "cut": cut } } }));
        assert_eq!(has_moments(&flap), Some(Path::from("flap.fault.cut.from")));
        let mut crash = json!({ "optional": true, "crash": { "node": "n1" } });
        assert_eq!(has_moments(&crash), None);
        hold(&mut crash, seconds(5), seconds(9)).unwrap();
        let expected = json!({ "node": "n1", "at": "5s", "restart_after": "4s" });
        assert_eq!(crash, json!({ "optional": true, "crash": expected }));
        assert!(hold(&mut json!({ "repeat": {} }), seconds(5), seconds(9)).is_err());
    }

    #[test]
    fn every_kind_of_fault_is_thought_of() {
        let told = serde_json::from_value::<crate::faults::spec::Spec>(json!({ "?": 1 }));
        let told = told.unwrap_err().to_string();
        let kinds: Vec<&str> = told.split('`').skip(3).step_by(2).collect();
        assert!(kinds.len() > 20, "{told}");
        let known =
            |kind: &&str| WINDOWS.contains(kind) || CRASHES.contains(kind) || ODD.contains(kind);
        let others: Vec<&str> = kinds.into_iter().filter(|kind| !known(kind)).collect();
        assert_eq!(others, ["flap", "named"]);
    }
}
