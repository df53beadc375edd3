//! From the text of a file to a scenario that keeps every rule.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::dynamo::config::modes::Profile;
use crate::scenario::check::check;
use crate::scenario::diagnosis::{Diagnoses, Diagnosis, PROBLEM_LIMIT};
use crate::scenario::document::Document;
use crate::scenario::draw::Written;
use crate::scenario::draw::settle::Chosen;
use crate::scenario::expect::Expectation;
use crate::scenario::extend::{self, Library, Shipped, chain, text_of};
use crate::scenario::files::{self, Input, Inputs, fnv_1a, measured};
use crate::scenario::overrides::Override;
use crate::scenario::path::Path;
use crate::scenario::problem::Problem;
use crate::scenario::profile;
use crate::scenario::reading::{self, Reading};
use crate::scenario::source::{Layer, Source, of_flaw, of_refusal};
use crate::scenario::spec::Scenario;
use crate::scenario::variables::{names_used, put_in};

/// A scenario that keeps every rule; later stages rely on it.
#[derive(Clone, PartialEq, Debug)]
pub struct Checked {
    scenario: Scenario,
    expectations: Vec<Expectation>,
    drawn: Drawn,
    /// The files that it names.
    inputs: Vec<Input>,
    /// The known system whose choices lie below its own.
    profile: Option<Profile>,
}

/// What the seed has decided of the faults.
#[derive(Clone, PartialEq, Debug, Default)]
struct Drawn {
    /// The scenario before that, if there was anything to decide.
    written: Option<Box<Written>>,
    chosen: Vec<Chosen>,
}

impl Scenario {
    /// Reads and checks the text of a scenario, with `PATH=VALUE` overrides from the command line
    /// laid over it in their order. All problems are told at once. `known_figures` are the names
    /// that `expect` may use; an empty list allows any. Only shipped scenarios can be extended.
    pub fn read(
        file: &str,
        text: &str,
        overrides: &[String],
        known_figures: &[&str],
    ) -> Result<Checked, Diagnoses> {
        Reader { overrides, known_figures, library: &Shipped }.read(file, text)
    }

    /// As [`Scenario::read`], from bytes that may not even be text.
    pub fn read_bytes(
        file: &str,
        bytes: &[u8],
        overrides: &[String],
        known_figures: &[&str],
    ) -> Result<Checked, Diagnoses> {
        Scenario::read_with(file, bytes, overrides, known_figures, &Shipped)
    }

    /// As [`Scenario::read_bytes`], with a library of scenarios that can be extended.
    pub fn read_with(
        file: &str,
        bytes: &[u8],
        overrides: &[String],
        known_figures: &[&str],
        library: &dyn Library,
    ) -> Result<Checked, Diagnoses> {
        Reader { overrides, known_figures, library }.read(file, text_of(file, bytes)?)
    }
}

/// What a scenario is read with.
struct Reader<'r> {
    overrides: &'r [String],
    known_figures: &'r [&'r str],
    library: &'r dyn Library,
}

impl Reader<'_> {
    fn read(&self, file: &str, text: &str) -> Result<Checked, Diagnoses> {
        let chain = chain(file, text, self.library)?;
        let size = chain.iter().map(|(_, text)| text.len()).sum();
        let (mut layers, mut told, mut broken) = (Vec::new(), Vec::new(), Vec::new());
        for (file, text) in &chain {
            let parsed = Document::parse(text);
            let (document, flaws) =
                parsed.map_err(|flaw| Diagnoses(vec![of_flaw(file, text, &flaw)]))?;
            broken.extend(flaws.iter().map(|flaw| flaw.path.clone()));
            told.extend(flaws.iter().map(|flaw| of_flaw(file, text, flaw)));
            layers.push(Layer { file, text, document });
        }
        let mut used = BTreeSet::new();
        layers.iter().for_each(|layer| names_used(layer.document.json(), &mut used));
        let mut json = merged(&layers);
        let overrides = lay_over(&mut json, self.overrides, size, &mut told);
        let profile = profile::settle(&mut json);
        names_used(&json, &mut used);
        let variables = make_plain(&mut json, &used);
        broken.extend(variables.iter().map(|problem| problem.path.clone()));
        let mut source = Source { layers, overrides, resolved: Value::Null };
        let measured = measured::put_in(&mut json, &source, self.library);
        broken.extend(measured.broken);
        told.extend(measured.told);
        let mut written = Written::take(json);
        let patterns = written.open_patterns(file, self.library);
        let base = self.base(&written, size, &broken, &source);
        let laid = written.lay_out(base.as_ref().map(|(base, _)| base));
        broken.extend(laid.broken.iter().cloned());
        // What is missing could be what these are about.
        broken.extend((!patterns.is_empty()).then(|| Path::from("expect")));
        let mut reading = reading::read(laid.json.clone(), size, broken);
        source.resolved = to_json(reading.scenario.as_ref());
        let inputs = match (base, &mut reading.scenario) {
            (Some((base, inputs)), Some(scenario)) => {
                scenario.workload = base.workload;
                inputs
            }
            (_, _) => files::load(&mut reading, &source, self.library),
        };
        told.extend(inputs.told);
        let problems = all_problems(&reading, self.known_figures);
        let problems = problems.into_iter().map(|problem| laid.as_written(problem));
        let problems = inputs.problems.into_iter().chain(laid.problems.clone()).chain(problems);
        let problems = measured.problems.into_iter().chain(problems);
        let problems = variables.into_iter().chain(patterns).chain(problems);
        // To find a place takes time by the length of the text.
        told.extend(problems.take(PROBLEM_LIMIT).map(|problem| source.diagnose(&problem)));
        match reading.scenario {
            Some(scenario) if told.is_empty() => {
                let written = written.leaves_open().then(|| Box::new(written));
                let drawn = Drawn { written, chosen: laid.chosen };
                let inputs = inputs.read;
                Ok(Checked { drawn, inputs, profile, ..Checked::trusted(scenario) })
            }
            Some(_) | None => Err(in_order(told)),
        }
    }
}

/// A scenario without its faults, if nothing is wrong with that, and the files that it names.
type Base = (Scenario, Inputs);

impl Reader<'_> {
    /// What faults that leave something open are laid out by; none if there are no such.
    fn base(
        &self,
        written: &Written,
        size: usize,
        broken: &[Path],
        source: &Source<'_>,
    ) -> Option<Base> {
        if !written.leaves_open() || !broken.is_empty() {
            return None;
        }
        let mut reading = reading::read(written.without_faults(), size, Vec::new());
        let inputs = files::load(&mut reading, source, self.library);
        let told = reading.problems.len() + inputs.problems.len() + inputs.told.len();
        let scenario =
            reading.scenario.filter(|scenario| told == 0 && check(scenario, &[]).is_empty())?;
        Some((scenario, inputs))
    }
}

/// The files' JSON as one, those above laid over those that they extend.
fn merged(layers: &[Layer]) -> Value {
    let mut from_below = layers.iter().rev().map(|layer| layer.document.json());
    let mut json = from_below.next().cloned().unwrap_or_default();
    from_below.for_each(|above| extend::lay_over(&mut json, above));
    json
}

/// Puts variables in and takes out what has been followed.
fn make_plain(json: &mut Value, used: &BTreeSet<String>) -> Vec<Problem> {
    if let Some(members) =
        json.as_object_mut().filter(|members| members.get("extends").is_some_and(Value::is_string))
    {
        members.remove("extends");
    }
    put_in(json, used)
}

impl Checked {
    /// Checks a scenario that was made by a program.
    pub fn new(scenario: Scenario, known_figures: &[&str]) -> Result<Checked, Vec<Problem>> {
        let problems = check(&scenario, known_figures);
        match problems.is_empty() {
            true => Ok(Checked::trusted(scenario)),
            false => Err(problems),
        }
    }

    fn trusted(scenario: Scenario) -> Checked {
        let read = |line: &String| Expectation::parse(line).expect("the line was checked");
        let expectations = scenario.expect.iter().map(read).collect();
        let drawn = Drawn::default();
        Checked { scenario, expectations, drawn, inputs: Vec::new(), profile: None }
    }

    /// The scenario.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The lines of `expect`.
    pub fn expectations(&self) -> &[Expectation] {
        &self.expectations
    }

    /// The files that it names.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// The known system whose choices lie below its own, if it names one.
    pub fn profile(&self) -> Option<Profile> {
        self.profile
    }

    /// Has the seed decided anything of the faults?
    pub fn is_drawn(&self) -> bool {
        self.drawn.written.is_some()
    }

    /// Who was chosen where a fault left that open.
    pub fn chosen(&self) -> &[Chosen] {
        &self.drawn.chosen
    }

    /// The same scenario with another seed: faults that leave something open are laid out anew.
    /// Else no rule is about seeds.
    pub fn with_seed(mut self, seed: u64) -> Result<Checked, Vec<Problem>> {
        let Some(written) = &self.drawn.written else {
            self.scenario.seed = seed;
            return Ok(self);
        };
        let mut written = Written::clone(written);
        written.json["seed"] = Value::from(seed);
        let base = Scenario { seed, faults: Vec::new(), ..self.scenario.clone() };
        let laid = written.lay_out(Some(&base));
        let mut reading = reading::read(laid.json.clone(), 0, laid.broken.clone());
        reading.scenario.iter_mut().for_each(|read| read.workload = base.workload.clone());
        let problems = all_problems(&reading, &[]).into_iter();
        let mut told = laid.problems.clone();
        told.extend(problems.map(|problem| laid.as_written(problem)));
        match reading.scenario {
            Some(scenario) if told.is_empty() => {
                let drawn = Drawn { written: Some(Box::new(written)), chosen: laid.chosen };
                let Checked { inputs, profile, .. } = self;
                Ok(Checked { drawn, inputs, profile, ..Checked::trusted(scenario) })
            }
            Some(_) | None => Err(told),
        }
    }

    /// The scenario as strict JSON, every default written out, with a line break at its end.
    pub fn resolved_json(&self) -> String {
        let json = serde_json::to_string_pretty(&self.scenario);
        json.expect("a scenario is plain data") + "\n"
    }

    /// The same, beside the copies that a run keeps of the files that it names.
    pub fn kept_json(&self) -> String {
        let mut scenario = self.scenario.clone();
        files::beside_copies(&mut scenario);
        Checked::trusted(scenario).resolved_json()
    }

    /// 16 hexadecimal digits that name the worlds that this scenario describes with all seeds, and
    /// what is expected of them: with a seed they name a run and all that is judged in it.
    pub fn family(&self) -> String {
        let (schema, about) = (None, String::new());
        let (hunt, sweep, seed) = (None, None, 0);
        let mut world = Scenario { schema, about, hunt, sweep, seed, ..self.scenario.clone() };
        files::without_names(&mut world);
        // Faults that leave something open are others with each seed: what is written counts.
        let mut written = String::new();
        if let Some(open) = &self.drawn.written {
            world.faults.clear();
            written = format!("{:?}", open.parts);
        }
        let json = serde_json::to_string(&world).expect("a scenario is plain data");
        format!("{:016x}", fnv_1a((json + &written).as_bytes()))
    }

    /// 16 hexadecimal digits that name the world this scenario describes, its seed and the content
    /// of its files included: not what it is about or expects. FNV-1a of the compact JSON.
    pub fn hash(&self) -> String {
        let (schema, about, expect) = (None, String::new(), Vec::new());
        let (hunt, sweep) = (None, None);
        let mut world = Scenario { schema, about, expect, hunt, sweep, ..self.scenario.clone() };
        files::without_names(&mut world);
        let json = serde_json::to_string(&world).expect("a scenario is plain data");
        format!("{:016x}", fnv_1a(json.as_bytes()))
    }
}

/// Lays the overrides over the file's JSON; those that fit are returned.
fn lay_over(
    json: &mut Value,
    overrides: &[String],
    size: usize,
    told: &mut Vec<Diagnosis>,
) -> Vec<Override> {
    if overrides.is_empty() {
        return Vec::new();
    }
    // The file's own mistakes are told later, from what the overrides leave of them.
    let mut plain = json.clone();
    make_plain(&mut plain, &BTreeSet::new());
    let resolved = to_json(reading::read(plain, size, Vec::new()).scenario.as_ref());
    let mut laid = Vec::new();
    for text in overrides {
        let set =
            Override::parse(text).and_then(|mut set| set.apply(json, &resolved).map(|()| set));
        match set {
            Ok(set) => laid.push(set),
            Err(refusal) => told.push(of_refusal(text, refusal)),
        }
    }
    laid
}

fn to_json(scenario: Option<&Scenario>) -> Value {
    scenario.map_or(Value::Null, |scenario| {
        serde_json::to_value(scenario).expect("a scenario is plain data")
    })
}

/// What does not fit its type, then what breaks a rule by itself and not by a stand-in.
fn all_problems(reading: &Reading, known_figures: &[&str]) -> Vec<Problem> {
    let mut problems = reading.problems.clone();
    if let Some(scenario) = &reading.scenario {
        let rules = check(scenario, known_figures);
        problems.extend(rules.into_iter().filter(|problem| !problem.hangs_on(&reading.broken)));
    }
    problems
}

/// In the order of the file, then of the command line; the first hundred.
fn in_order(mut told: Vec<Diagnosis>) -> Diagnoses {
    let place = |diagnosis: &Diagnosis| {
        let file = diagnosis.file.clone();
        (file == "--set", file, diagnosis.line, diagnosis.column)
    };
    told.sort_by_cached_key(place);
    told.dedup();
    told.truncate(PROBLEM_LIMIT);
    Diagnoses(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"{"name": "small", "duration": "10s"}"#;

    fn read(overrides: &[&str]) -> Result<Checked, String> {
        let overrides: Vec<String> = overrides.iter().map(|text| text.to_string()).collect();
        Scenario::read("small.json", SMALL, &overrides, &[]).map_err(|told| told.to_string())
    }

    #[test]
    fn what_is_resolved_reads_as_the_same() {
        let checked = read(&["expect=[\"a < 1\"]", "cluster.flush={\"every\": \"1s\"}"]).unwrap();
        let json = checked.resolved_json();
        let again = Scenario::read("resolved.json", &json, &[], &["a"]).unwrap();
        assert_eq!(again, checked);
        assert_eq!(again.resolved_json(), json);
    }

    #[test]
    fn the_hash_names_the_world_alone() {
        let hash = read(&[]).unwrap().hash();
        assert_eq!(hash.len(), 16);
        assert_eq!(read(&["about=x", "expect=[\"a < 1\"]", "$schema=s"]).unwrap().hash(), hash);
        assert_ne!(read(&["cluster.r=1"]).unwrap().hash(), hash);
        assert_ne!(read(&[]).unwrap().with_seed(7).unwrap().hash(), hash);
    }

    #[test]
    fn the_command_line_is_diagnosed_as_such() {
        let told = read(&["cluster.r=5", "clustr.w=1"]).unwrap_err();
        assert!(told.contains("error: --set:1:11: cluster.r\n"), "{told}");
        assert!(told.contains("^ found 5"), "{told}");
        assert!(told.contains("did you mean `cluster`?"), "{told}");
    }
}
