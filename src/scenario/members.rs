//! Simpler forms of what stands in the lists of a scenario, faults and orders: with fewer settings
//! and fewer nodes, shorter, earlier, and at rounder times.

use serde_json::Value;

use crate::scenario::spec::Scenario;
use crate::time::Duration;

/// Lists whose members are made simpler.
const LISTS: [&str; 2] = ["faults", "administration"];

/// Members that say when; other times say how long.
const MOMENTS: [&str; 3] = ["at", "from", "to"];

/// What times are rounded to, the roundest first.
const UNITS: [u64; 4] = [1_000_000_000, 100_000_000, 10_000_000, 1_000_000];

/// Scenarios that are as this one but for one member of a list, which is simpler.
pub fn simpler(scenario: &Scenario) -> Vec<Scenario> {
    let json = serde_json::to_value(scenario).expect("a scenario is plain data");
    let mut all = Vec::new();
    for list in LISTS {
        for (place, member) in json[list].as_array().into_iter().flatten().enumerate() {
            for form in forms(member) {
                let mut other = json.clone();
                other[list][place] = form;
                all.push(other);
            }
        }
    }
    all.extend(all_earlier(&json));
    different(all, scenario)
}

/// Those that read, and are others than this.
fn different(all: Vec<Value>, scenario: &Scenario) -> Vec<Scenario> {
    let mut read: Vec<Scenario> = Vec::new();
    for one in all.into_iter().filter_map(|one| serde_json::from_value(one).ok()) {
        if one != *scenario && !read.contains(&one) {
            read.push(one);
        }
    }
    read
}

/// Simpler forms of a member, the boldest first.
fn forms(member: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    // What a fault is made of, happening once.
    let inner = member.as_object().into_iter().flat_map(|members| members.values());
    all.extend(inner.filter_map(|settings| settings.get("fault").cloned()));
    fewer(member, &mut all);
    all.push(timed(member, &|name, time, from| match name {
        "to" => Duration(from.0 + half(time.0.saturating_sub(from.0))),
        name if MOMENTS.contains(&name) => time,
        _ => Duration(half(time.0)),
    }));
    all.push(earlier(member, half));
    for unit in UNITS {
        all.push(timed(member, &|_, time, _| Duration(time.0 / unit * unit)));
        all.push(earlier(member, |first| first % unit));
    }
    // A beginning on the second with an end that is not.
    all.push(timed(member, &|name, time, _| match name {
        "from" => Duration(time.0 / UNITS[0] * UNITS[0]),
        _ => time,
    }));
    all
}

/// Half a time, in whole milliseconds: less than one is not for reading, and stays.
fn half(time: u64) -> u64 {
    let millisecond = UNITS[3];
    if time < 2 * millisecond { time } else { time / 2 / millisecond * millisecond }
}

/// Forms in which one setting or one of a list is left out, at any depth.
fn fewer(value: &Value, all: &mut Vec<Value>) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                let mut less = members.clone();
                less.remove(name);
                all.push(Value::Object(less));
                let mut below = Vec::new();
                fewer(inner, &mut below);
                all.extend(below.into_iter().map(|inner| {
                    let mut other = members.clone();
                    other.insert(name.clone(), inner);
                    Value::Object(other)
                }));
            }
        }
        Value::Array(list) => {
            for (place, inner) in list.iter().enumerate() {
                let with = |inner: Option<Value>| {
                    let (before, after) = (&list[..place], &list[place + 1..]);
                    let all = before.iter().cloned().chain(inner).chain(after.iter().cloned());
                    Value::Array(all.collect())
                };
                if list.len() > 1 {
                    all.push(with(None));
                }
                let mut below = Vec::new();
                fewer(inner, &mut below);
                all.extend(below.into_iter().map(|inner| with(Some(inner))));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The member with other times; each is told by its name, beside the `from` that it goes with.
fn timed(value: &Value, change: &dyn Fn(&str, Duration, Duration) -> Duration) -> Value {
    let Value::Object(members) = value else { return value.clone() };
    let from = members.get("from").and_then(time).unwrap_or(Duration(0));
    let changed = members.iter().map(|(name, inner)| {
        let other = match time(inner) {
            Some(time) => Value::from(change(name, time, from).to_string()),
            None => timed(inner, change),
        };
        (name.clone(), other)
    });
    Value::Object(changed.collect())
}

/// The member with all its moments earlier, by what is said of the first.
fn earlier(member: &Value, by: impl Fn(u64) -> u64) -> Value {
    let Some(first) = first_moment(member) else { return member.clone() };
    sooner(member, by(first))
}

fn sooner(member: &Value, by: u64) -> Value {
    timed(member, &|name, time, _| match MOMENTS.contains(&name) {
        true => Duration(time.0.saturating_sub(by)),
        false => time,
    })
}

fn first_moment(member: &Value) -> Option<u64> {
    let Value::Object(members) = member else { return None };
    let of = |(name, inner): (&String, &Value)| match time(inner) {
        Some(time) => MOMENTS.contains(&name.as_str()).then_some(time.0),
        None => first_moment(inner),
    };
    members.iter().filter_map(of).min()
}

/// Everything that happens, earlier by the same, and the run shorter by that: what lies between
/// stays as it is.
fn all_earlier(json: &Value) -> Vec<Value> {
    let members = LISTS.iter().flat_map(|list| json[list].as_array().into_iter().flatten());
    let first = members.filter_map(first_moment).min();
    let (Some(first), Some(length)) = (first, time(&json["duration"])) else { return Vec::new() };
    let each = [half(first), first % UNITS[0]].into_iter().map(|by| {
        let mut other = json.clone();
        for list in LISTS {
            for member in other[list].as_array_mut().into_iter().flatten() {
                *member = sooner(member, by);
            }
        }
        other["duration"] = Value::from(Duration(length.0.saturating_sub(by)).to_string());
        other
    });
    each.collect()
}

fn time(value: &Value) -> Option<Duration> {
    value.as_str().and_then(|text| Duration::parse(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_and_orders_have_fewer_nodes_and_settings_and_rounder_times() {
        let text = r#"{ "name": "a", "duration": "9s", "administration": [
            { "join": { "node": "n10", "at": "3271ms", "via": "n0" } }],
            "faults": [{ "partition": { "sides": [["n0"], ["n1", "n2"]],
                                        "from": "1234ms", "to": "5678ms" },
                         "optional": true }] }"#;
        let read = Scenario::read("a", text, &[], &[]).unwrap_or_else(|told| panic!("{told}"));
        let scenario = read.scenario();
        let all = simpler(scenario);
        let faults: Vec<String> = all
            .iter()
            .filter(|one| one.administration == scenario.administration)
            .map(|one| serde_json::to_string(&one.faults[0]).unwrap())
            .collect();
        let has = |words: &[&str]| {
            faults.iter().any(|fault| words.iter().all(|word| fault.contains(word)))
        };
        assert!(
            has(&["[\"n2\"]", "\"1234ms\"", "true"]) && !faults.iter().all(|it| it.contains("n1"))
        );
        assert!(faults.iter().any(|fault| !fault.contains("optional")));
        assert!(has(&["\"from\":\"1s\"", "\"to\":\"5s\""]), "{faults:?}");
        assert!(has(&["\"from\":\"617ms\"", "\"to\":\"5061ms\""]), "{faults:?}");
        assert!(has(&["\"from\":\"1234ms\"", "\"to\":\"3456ms\""]), "{faults:?}");
        let orders: Vec<Duration> = all
            .iter()
            .filter(|one| one.faults == scenario.faults)
            .map(|one| one.administration[0].at())
            .collect();
        assert!(orders.contains(&Duration::from_secs(3)), "{orders:?}");
        assert!(orders.contains(&Duration::from_millis(3_200)), "{orders:?}");
        let flap = text.replace(
            "{ \"partition\"",
            "{ \"flap\": { \"period\": \"1s\", \"share_cut\": 0.5, \"fault\": { \"partition\"",
        );
        let flap = flap.replace("\"5678ms\" }", "\"5678ms\" } } }");
        let read = Scenario::read("a", &flap, &[], &[]).unwrap_or_else(|told| panic!("{told}"));
        assert!(
            simpler(read.scenario())
                .iter()
                .any(|one| one.faults[0].what == scenario.faults[0].what)
        );
        // Together with the run, by half of what comes first.
        assert!(all.iter().any(|one| one.duration == Duration::from_millis(8_383)), "{all:?}");
    }
}
