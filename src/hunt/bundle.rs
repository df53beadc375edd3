//! A finding that is kept: the world that shows it, plain data with nothing left to draw, and what
//! it showed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::hunt::fingerprint::Fingerprint;
use crate::hunt::trial::{Care, Trial};
use crate::scenario::format::formatted;
use crate::scenario::lines::plain;
use crate::scenario::read::Checked;
use crate::scenario::spec::Scenario;

/// The version of the program that runs.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A finding as a file holds it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// What was found.
    pub finding: Fingerprint,
    /// The first of it, as the judge told it.
    pub story: String,
    /// The version that found it.
    pub version: String,
    /// The digest of the run, as 16 hexadecimal digits.
    pub digest: String,
    /// The events of the run.
    pub events: u64,
    /// Does it show only when the run is repeated?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub twice: bool,
    /// Of a finding that was made small: each line of the scenario without which, or each count
    /// below which, the finding is gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needed: Vec<String>,
    /// The world, with its seed.
    pub scenario: Value,
}

/// What became of a finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Replayed {
    /// The same run, and the same finding.
    Same,
    /// Another run, as other code makes it, and the same finding.
    Stands,
    /// The run is the same, and the judge no longer says so.
    Forgiven,
    /// The finding is gone.
    Gone,
}

impl Bundle {
    /// A finding of a trial.
    pub fn new(checked: &Checked, trial: &Trial, finding: &Fingerprint, care: Care) -> Bundle {
        let sightings = trial.sightings();
        let sighting = sightings.iter().find(|sighting| sighting.fingerprint == *finding);
        Bundle {
            finding: finding.clone(),
            story: sighting.map_or(String::new(), |sighting| sighting.story.clone()),
            version: VERSION.to_string(),
            digest: format!("{:016x}", trial.digest),
            events: trial.events,
            twice: care == Care::Twice,
            needed: Vec::new(),
            scenario: serde_json::to_value(checked.scenario()).expect("a scenario is plain data"),
        }
    }

    /// The same with a scenario that says only what does not go without saying.
    pub fn in_few_lines(self, checked: &Checked) -> Bundle {
        Bundle { scenario: plain(checked.scenario()), ..self }
    }

    /// Is this text one of a finding rather than a scenario?
    pub fn parse(text: &str) -> Option<Result<Bundle, String>> {
        let json: Value = serde_json::from_str(text).ok()?;
        json.get("finding")?;
        Some(serde_json::from_value(json).map_err(|error| error.to_string()))
    }

    /// The file's text.
    pub fn text(&self) -> String {
        let scenario = self.scenario_laid_out();
        let without = Bundle { scenario: Value::Null, ..self.clone() };
        let json = serde_json::to_string_pretty(&without).expect("a finding is plain data");
        // It is the last member.
        let start = json.rfind("null").expect("there is a scenario");
        format!("{}{}\n}}\n", &json[..start], scenario.trim_end().replace('\n', "\n  "))
    }

    fn scenario_laid_out(&self) -> String {
        let text = self.scenario_text();
        match Scenario::read("finding", &text, &[], &[]) {
            Ok(checked) => formatted(&text, &checked),
            Err(_) => serde_json::to_string_pretty(&self.scenario).unwrap_or(text),
        }
    }

    /// The world's text, for the one reader of scenarios.
    pub fn scenario_text(&self) -> String {
        self.scenario.to_string()
    }

    /// How the run was looked at.
    pub fn care(&self) -> Care {
        if self.twice { Care::Twice } else { Care::Once }
    }

    /// What a trial of it today says.
    pub fn compare(&self, trial: &Trial) -> Replayed {
        let same = format!("{:016x}", trial.digest) == self.digest;
        match (trial.shows(&self.finding), same) {
            (true, true) => Replayed::Same,
            (true, false) => Replayed::Stands,
            (false, true) => Replayed::Forgiven,
            (false, false) => Replayed::Gone,
        }
    }

    /// A name for its file: the invariant, and a number made of all of the fingerprint.
    pub fn stem(&self) -> String {
        stem(&self.finding)
    }
}

/// A name for files about a fingerprint.
pub fn stem(finding: &Fingerprint) -> String {
    let bytes = finding.words().into_bytes();
    let number = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{}-{:08x}", finding.invariant.to_lowercase(), number as u32)
}

/// The scenario of a test against a finding: the same world without the planted bug, with a story
/// and with what must hold.
pub fn promoted(bundle: &Bundle, name: &str, scenario: &Scenario, expect: Vec<String>) -> Scenario {
    let about = format!(
        "A finding of {} that must not come back ({}): look at {}",
        bundle.version,
        bundle.finding.words(),
        bundle.story
    );
    Scenario { name: name.to_string(), about, plant: None, expect, ..scenario.clone() }
}

/// Lines that a test against a finding of this invariant can expect, most telling first.
pub fn expectations(invariant: &str) -> Vec<&'static str> {
    let mut lines = match invariant.chars().next() {
        Some('D' | 'V') => vec!["durability.lost_writes == 0"],
        Some('H') => vec!["handoff.pending == 0"],
        _ => Vec::new(),
    };
    for line in ["durability.lost_writes == 0", "divergence.final == 0", "handoff.pending == 0"] {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_laid_out_as_scenarios_are_and_reads_as_it_was() {
        let text = r#"{ "name": "a", "duration": "9s", "faults": [
            { "crash": { "node": "n1", "at": "1s" } }] }"#;
        let checked = Scenario::read("a", text, &[], &[]).unwrap();
        let finding =
            Fingerprint { invariant: "D2".to_string(), mechanism: "null and void".to_string() };
        let trial = Trial { verdicts: Vec::new(), digest: 7, events: 1 };
        let bundle = Bundle::new(&checked, &trial, &finding, Care::Once).in_few_lines(&checked);
        let text = bundle.text();
        let laid_out = "  \"scenario\": {\n    \"name\": \"a\",\n    \"duration\": \"9s\",\n    \
            \"faults\": [{ \"crash\": { \"node\": \"n1\", \"at\": \"1s\" } }]\n  }\n}\n";
        assert!(text.ends_with(laid_out), "{text}");
        assert_eq!(Bundle::parse(&text), Some(Ok(bundle)));
    }
}
