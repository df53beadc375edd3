//! `cluster.profile`: the choices and defaults of a known system in one word.
//!
//! A profile is a part of a `cluster`, laid below what the scenario says, as a file that it extends
//! would be; once that is done the word is gone, `check --resolved` shows what it stood for, and
//! `explain` what it leaves out.

use serde_json::Value;

use crate::dynamo::config::modes::Profile;
use crate::scenario::extend;
use crate::scenario::schema::SCHEMA;

/// Profiles by their names in files, with what they say.
const PROFILES: [(&str, Profile, &str); 4] = [
    ("paper", Profile::Paper, include_str!("profiles/paper.json")),
    ("riak", Profile::Riak, include_str!("profiles/riak.json")),
    ("voldemort", Profile::Voldemort, include_str!("profiles/voldemort.json")),
    ("cassandra", Profile::Cassandra, include_str!("profiles/cassandra.json")),
];

/// Lays the profile that a scenario names below its own `cluster`. A name that is none is left for
/// the reading to find.
pub(super) fn settle(json: &mut Value) -> Option<Profile> {
    let cluster = json.get_mut("cluster").and_then(Value::as_object_mut)?;
    let name = cluster.get("profile").and_then(Value::as_str);
    let found = name.and_then(|name| PROFILES.iter().find(|(known, _, _)| *known == name));
    let (_, profile, text) = found?;
    cluster.remove("profile");
    let mut below: Value = serde_json::from_str(text).expect("a profile is JSON");
    extend::lay_over(&mut below, &json["cluster"]);
    json["cluster"] = below;
    Some(*profile)
}

/// A profile's name, and what it takes from the system and what it leaves out, in the words that
/// stand beside it in the program and in the schema.
pub fn told(profile: Profile) -> (&'static str, String) {
    let known = PROFILES.iter().find(|(_, known, _)| *known == profile);
    let (name, _, _) = known.expect("every profile has a name");
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let all = schema["$defs"]["Profile"]["oneOf"].as_array().expect("the schema has all profiles");
    let found = all.iter().find(|known| known["const"] == *name);
    let words = found.and_then(|known| known["description"].as_str());
    (name, words.expect("every profile is described").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::read::Checked;
    use crate::scenario::spec::Scenario;

    fn read(cluster: &str, overrides: &[&str]) -> Checked {
        let text = format!(r#"{{"name": "x", "duration": "5s", "cluster": {cluster}}}"#);
        let overrides: Vec<String> = overrides.iter().map(|text| text.to_string()).collect();
        Scenario::read("x.json", &text, &overrides, &[]).unwrap_or_else(|told| panic!("{told}"))
    }

    #[test]
    fn a_profile_says_what_the_scenario_does_not() {
        let told = |cluster: &str| {
            let cluster = read(cluster, &[]).scenario().cluster.clone();
            (cluster.r, cluster.partitioning.tokens, cluster.anti_entropy.on().is_some())
        };
        assert_eq!(told("{}"), (2, 32, true));
        assert_eq!(told(r#"{"profile": "cassandra"}"#), (1, 16, false));
        assert_eq!(
            told(r#"{"profile": "cassandra", "r": 3, "anti_entropy": true}"#),
            (3, 16, true)
        );
        let set = read("{}", &["cluster.profile=cassandra", "cluster.w=3"]);
        assert_eq!((set.scenario().cluster.r, set.scenario().cluster.w), (1, 3));
    }

    #[test]
    fn what_a_profile_resolves_to_reads_as_the_same() {
        for (name, _, _) in PROFILES {
            let checked = read(&format!(r#"{{"profile": "{name}", "tombstones": "keep"}}"#), &[]);
            let json = checked.resolved_json();
            let again = Scenario::read("y.json", &json, &[], &[]).unwrap();
            assert_eq!(again.scenario(), checked.scenario(), "{name}");
            assert_eq!(checked.profile().map(|it| told(it).0), Some(name));
            assert_eq!(again.profile(), None);
            assert!(!json.contains("profile"));
        }
    }

    #[test]
    fn a_profile_that_is_none_is_diagnosed() {
        let text = r#"{"name": "x", "duration": "5s", "cluster": {"profile": "riakk"}}"#;
        let told = Scenario::read("x.json", text, &[], &[]).unwrap_err().to_string();
        assert!(told.contains("cluster.profile") && told.contains("`riak`"), "{told}");
    }

    #[test]
    fn each_profile_has_its_name() {
        for (name, profile, _) in PROFILES {
            assert_eq!(serde_json::to_value(profile).unwrap(), *name);
            assert!(told(profile).1.contains("Left out:"), "{name}");
        }
    }
}
