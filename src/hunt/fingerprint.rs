//! What makes two findings the same: which invariant was broken, and in which way.

use serde::{Deserialize, Serialize};

use crate::check::verdict::{Finding, Verdict};

/// An invariant and the way in which it broke, without names and numbers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprint {
    /// The number of the invariant (`D2`), or the name of a judge that has none.
    pub invariant: String,
    /// The judge's own words for the way, or what it tells without names and numbers.
    pub mechanism: String,
}

/// A fingerprint with the first story that was told of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sighting {
    pub fingerprint: Fingerprint,
    pub story: String,
}

impl Fingerprint {
    /// In one line.
    pub fn words(&self) -> String {
        format!("{}: {}", self.invariant, self.mechanism)
    }
}

/// All fingerprints of what a judge found, each once, in the order of its findings.
pub fn sightings(verdict: &Verdict) -> Vec<Sighting> {
    let mut all: Vec<Sighting> = Vec::new();
    for finding in &verdict.findings {
        let fingerprint = fingerprint(verdict, finding);
        if all.iter().all(|sighting| sighting.fingerprint != fingerprint) {
            all.push(Sighting { fingerprint, story: finding.story.clone() });
        }
    }
    all
}

fn fingerprint(verdict: &Verdict, finding: &Finding) -> Fingerprint {
    let invariant = if verdict.invariant.is_empty() { verdict.judge } else { verdict.invariant };
    let mechanism = match finding.mechanism {
        "" => without_names(&finding.story),
        words => words.to_string(),
    };
    Fingerprint { invariant: invariant.to_string(), mechanism }
}

/// A story without what is different each time: words with digits in them become `_`, and rows of
/// such words one.
pub fn without_names(story: &str) -> String {
    let mut plain: Vec<&str> = Vec::new();
    for word in story.split_whitespace() {
        let word = if word.contains(|c: char| c.is_ascii_digit()) { "_" } else { word };
        if word != "_" || plain.last() != Some(&"_") {
            plain.push(word);
        }
    }
    plain.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::verdict::{Findings, Outcome};

    #[test]
    fn names_and_numbers_make_no_difference() {
        let of = |stories: &[&str]| {
            let mut findings = Findings::default();
            for story in stories {
                findings.add(|| Finding::story(story.to_string()));
            }
            sightings(&findings.verdict("durability", 9, Outcome::Violated))
        };
        let found = of(&["k1@4 is gone at 3s n1, n2", "k7@1 is gone at 9s n4", "n1 lies"]);
        let words: Vec<String> = found.iter().map(|one| one.fingerprint.words()).collect();
        assert_eq!(words, ["D2: _ is gone at _", "D2: _ lies"]);
        assert_eq!(found[0].story, "k1@4 is gone at 3s n1, n2");
    }
}
