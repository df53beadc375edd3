//! `random`: a plan of faults drawn from the seed, which from then on is only data.
//!
//! Each arrival has luck of its own, so that a limit that leaves one out moves no other.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::id::NodeId;
use crate::quantity::Rate;
use crate::random::distribution::Distribution;
use crate::random::purpose::Purpose;
use crate::random::sampler::Sampler;
use crate::random::source::Source;
use crate::scenario::check::{check_distribution, check_positive};
use crate::scenario::diagnosis::did_you_mean;
use crate::scenario::draw::desk::Desk;
use crate::scenario::draw::part::{Origin, Part};
use crate::scenario::draw::struck::struck;
use crate::scenario::draw::timing::{has_moments, hold};
use crate::scenario::path::{Path, shortened};
use crate::scenario::problem::{Findings, Problem};
use crate::scenario::reading::read_part;
use crate::time::Duration;

/// Most faults that one plan draws.
pub const DRAW_LIMIT: u32 = 10_000;
/// How often a fault that is counted is drawn again where there is no room for it.
const TRIES: u32 = 200;
/// Moments and lengths are drawn in these: a plan is for reading.
const MILLISECOND: u64 = 1_000_000;

/// Faults that come at random, drawn from the seed before the run. One for which
/// `at_most_at_once`, or another that has stopped its node, leaves no room is left out; of a
/// `count` another is drawn in its place.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Random {
    /// The first may come then.
    pub from: Duration,
    /// None comes from then on, and what still lasts ends.
    pub to: Duration,
    /// How often one comes on average, independent of the others (Poisson); or `count`.
    #[serde(default)]
    pub rate: Option<Rate>,
    /// How many come, each moment as likely as any other; or `rate`.
    #[serde(default)]
    pub count: Option<u32>,
    /// How long each lasts.
    pub duration: Distribution,
    /// Weights of the kinds to draw from, by name, each done to drawn `nodes` in the usual way:
    /// `crash`, `pause`, `slow`, `disk`, `clock`, `isolate`, `partition`, `cut`, `degrade`, `clog`.
    #[serde(default)]
    pub kinds: BTreeMap<String, f64>,
    /// Faults to draw from beside them.
    #[serde(default)]
    pub templates: Vec<Template>,
    /// Whom faults from `kinds` are done to.
    #[serde(default = "everybody")]
    pub nodes: Vec<String>,
    /// How many nodes these faults may trouble at the same time. Of a partition it is all but the
    /// largest side that is in trouble, of a cut the smaller end.
    #[serde(default)]
    pub at_most_at_once: Option<u32>,
}

/// A fault without times, to be drawn.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// How likely it is, compared with the others.
    #[serde(default = "one")]
    pub weight: f64,
    /// A fault as any other, but without its times. Its targets are drawn each time anew.
    pub fault: Value,
}

fn one() -> f64 {
    1.0
}

fn everybody() -> Vec<String> {
    vec!["nodes".to_string()]
}

/// In whole milliseconds.
fn whole(nanoseconds: u64) -> u64 {
    nanoseconds / MILLISECOND * MILLISECOND
}

/// Something to draw.
struct Lot {
    weight: f64,
    fault: Value,
    origin: Origin,
}

/// What was drawn: nodes in trouble, from when to when.
struct Trouble {
    from: Duration,
    to: Duration,
    nodes: BTreeSet<NodeId>,
}

impl Desk {
    /// The faults that a plan comes to.
    pub(super) fn draw(&mut self, part: &Part, settings: &Value) -> Vec<Part> {
        let here = part.origin.place(&Path::from("random"));
        let random: Random = match read_part(settings, &here) {
            Ok(random) => random,
            Err(problems) => {
                self.problems.extend(problems);
                return Vec::new();
            }
        };
        let (lots, problems) = random.lots(part, &here, self.world.duration());
        if !problems.is_empty() {
            self.problems.extend(problems);
            return Vec::new();
        }
        let (told, chosen) = (self.problems.len(), self.chosen.len());
        let (mut drawn, mut troubles) = (Vec::new(), Vec::new());
        let moments = random.moments(&mut self.source(part, "moments"));
        for (place, at) in moments.into_iter().enumerate() {
            let found = (0..random.tries()).find_map(|again| {
                if self.problems.len() > told {
                    return None;
                }
                let key = format!("{} {place} {again}", part.key);
                let at = if again == 0 { at } else { random.moment(&mut self.source(part, &key)) };
                Some((at, self.try_lot(&random, &lots, at, &key, &mut troubles)?))
            });
            if self.problems.len() > told {
                break;
            }
            drawn.extend(found);
        }
        // Who is struck shows in the plan itself.
        self.chosen.truncate(chosen);
        drawn.sort_by_key(|(at, _)| *at);
        let named = |(place, (_, found)): (usize, (Duration, Part))| {
            found.named(&format!("random {}", place + 1)).optional_like(part)
        };
        drawn.into_iter().enumerate().map(named).collect()
    }

    fn source(&self, part: &Part, what: &str) -> impl Source + use<> {
        self.world.source(Purpose::FaultDraw, &format!("{} {what}", part.key))
    }

    fn try_lot(
        &mut self,
        random: &Random,
        lots: &[Lot],
        at: Duration,
        key: &str,
        troubles: &mut Vec<Trouble>,
    ) -> Option<Part> {
        let mut source = self.world.source(Purpose::FaultDraw, key);
        let lot = pick(lots, source.unit());
        let length = Sampler::new(&random.duration).sample(&mut source);
        let length = whole(length.0).max(MILLISECOND);
        let to = Duration(at.0.saturating_add(length).min(random.to.0));
        let mut json = lot.fault.clone();
        hold(&mut json, at, to).expect("it was tried before");
        let part = Part { json, origin: lot.origin.clone(), key: key.to_string() };
        let part = self.settle_once(&part, key)?;
        if self.contradicts(&part) {
            return None;
        }
        let nodes = struck(&part, self.world.nodes());
        let mut all: BTreeSet<NodeId> = nodes.clone();
        let meets = |trouble: &&Trouble| trouble.from <= to && at <= trouble.to;
        all.extend(troubles.iter().filter(meets).flat_map(|trouble| &trouble.nodes));
        if random.at_most_at_once.is_some_and(|limit| all.len() > limit as usize) {
            return None;
        }
        troubles.push(Trouble { from: at, to, nodes });
        self.register(&part);
        Some(part)
    }
}

/// The lot at this share of all their weights.
fn pick(lots: &[Lot], share: f64) -> &Lot {
    let mut left = share * lots.iter().map(|lot| lot.weight).sum::<f64>();
    let found = lots.iter().find(|lot| {
        left -= lot.weight;
        left < 0.0
    });
    found.unwrap_or(&lots[lots.len() - 1])
}

impl Random {
    /// When faults come, in order.
    fn moments(&self, source: &mut impl Source) -> Vec<Duration> {
        if let Some(count) = self.count {
            return (0..count).map(|_| self.moment(source)).collect();
        }
        let Some(gap) = self.rate.map(gap) else { return Vec::new() };
        let sampler = Sampler::new(&Distribution::Exponential { mean: gap });
        let (mut at, mut moments) = (self.from, Vec::new());
        loop {
            at = Duration(at.0.saturating_add(sampler.sample(source).0));
            if at >= self.to || moments.len() >= 2 * DRAW_LIMIT as usize {
                return moments;
            }
            moments.push(Duration(whole(at.0).max(self.from.0)));
        }
    }

    /// Any moment of the plan.
    fn moment(&self, source: &mut impl Source) -> Duration {
        let at = self.from.0 + source.below(self.to.0 - self.from.0);
        Duration(whole(at).max(self.from.0))
    }

    /// How often one is drawn. Another moment serves as well where they are counted, but not where
    /// they come at a rate.
    fn tries(&self) -> u32 {
        if self.count.is_some() { TRIES } else { 1 }
    }

    /// What there is to draw from, and what is wrong with the plan.
    fn lots(&self, part: &Part, here: &Path, duration: Duration) -> (Vec<Lot>, Vec<Problem>) {
        let mut findings = Findings::default();
        self.check(here, duration, &mut findings);
        let mut lots = Vec::new();
        for (kind, weight) in &self.kinds {
            let at = here.name("kinds").name(kind);
            check_weight(*weight, &at, &mut findings);
            match usual(kind, &self.nodes.join(",")) {
                Some(fault) => {
                    lots.push(Lot { weight: *weight, fault, origin: Origin::made(at) });
                }
                None => findings.add(unusual(kind, at)),
            }
        }
        for (i, template) in self.templates.iter().enumerate() {
            let below = Path::from("random.templates").index(i);
            let at = part.origin.place(&below.name("fault"));
            check_weight(template.weight, &part.origin.place(&below.name("weight")), &mut findings);
            let mut sample = template.fault.clone();
            let moments = has_moments(&sample);
            let held = hold(&mut sample, Duration::ZERO, Duration(1));
            if let Some(moment) = &moments {
                let message = "its times are drawn: leave this out";
                findings.add(Problem::new(at.join(moment), message));
            }
            findings.require(held.is_ok(), at.clone(), held.err().unwrap_or_default());
            let origin = Origin::exact(at);
            lots.push(Lot { weight: template.weight, fault: template.fault.clone(), origin });
        }
        let message = "there is nothing to draw: give kinds or templates with weights above 0";
        let some = lots.iter().any(|lot| lot.weight > 0.0);
        findings.require(some || !findings.is_empty(), here.clone(), message);
        (lots, findings.problems())
    }

    fn check(&self, here: &Path, duration: Duration, findings: &mut Findings) {
        let (from, to) = (self.from, self.to);
        let message = format!("a plan ends after it begins: later than from, which is {from}");
        findings.require(from < to, here.name("to"), message);
        let message = format!("faults end with duration at the latest, which is {duration}");
        findings.require_with(to <= duration, here.name("to"), ["duration"], message);
        let one = self.rate.is_some() != self.count.is_some();
        findings.require(one, here.clone(), "give either rate or count");
        let path = here.name("duration");
        let before = findings.count();
        check_distribution(&self.duration, &path, findings);
        if let (Distribution::Constant(length), true) = (&self.duration, findings.count() == before)
        {
            check_positive(*length, path, findings);
        }
        let (length, limit) = (Duration(to.0.saturating_sub(from.0)), DRAW_LIMIT);
        if let Some(rate) = self.rate {
            let path = here.name("rate");
            findings.require(rate.count > 0.0, path.clone(), "a rate is above 0");
            let expected = length.0 as f64 / rate.per.0 as f64 * rate.count;
            let message = format!(
                "{rate} over {length} come to about {expected:.0} faults; at most {limit} are drawn"
            );
            let because = [here.name("from"), here.name("to")];
            findings.require_with(expected <= f64::from(limit), path, because, message);
        }
        if let Some(count) = self.count {
            let message = format!("a plan has 1 to {limit} faults, not {count}");
            findings.require((1..=limit).contains(&count), here.name("count"), message);
        }
        let message = "no node could ever be in trouble: at least 1";
        findings.require(self.at_most_at_once != Some(0), here.name("at_most_at_once"), message);
    }
}

/// The time from one to the next, on average.
fn gap(rate: Rate) -> Duration {
    Duration(((rate.per.0 as f64 / rate.count) as u64).max(1))
}

fn check_weight(weight: f64, path: &Path, findings: &mut Findings) {
    let message = format!("a weight is 0 or more, not {weight}");
    findings.require(weight >= 0.0 && weight.is_finite(), path.clone(), message);
}

/// Kinds that can be drawn by their names.
const USUAL: [&str; 10] =
    ["crash", "pause", "slow", "disk", "clock", "isolate", "partition", "cut", "degrade", "clog"];

/// The usual fault of a kind; none if it has none.
fn usual(kind: &str, nodes: &str) -> Option<Value> {
    let one = format!("1 of {nodes}");
    let settings = match kind {
        "crash" | "pause" => json!({ "node": one }),
        "slow" => json!({ "node": one, "disk": 10, "delay": { "constant": "20ms" } }),
        "disk" => json!({ "node": one, "is": "stalled" }),
        "clock" => json!({ "node": one, "is": { "offset": "500ms" } }),
        "isolate" => json!({ "group": [one] }),
        "partition" => json!({ "sides": [[one], ["rest"]] }),
        "cut" => json!({ "senders": [one], "receivers": ["rest"] }),
        "clog" => json!({ "senders": [one], "receivers": ["rest"], "both_ways": true }),
        "degrade" => {
            let latency = json!({ "exponential": { "mean": "20ms" } });
            json!({ "senders": [one], "receivers": ["rest"], "both_ways": true, "loss": 0.3,
                    "latency": latency })
        }
        _ => return None,
    };
    Some(json!({ kind: settings }))
}

fn unusual(kind: &str, at: Path) -> Problem {
    let kind = shortened(kind);
    let known = USUAL.join(", ");
    let message = format!(
        "`{kind}` cannot be drawn by its name alone; these can: {known}; give others as templates"
    );
    Problem { help: did_you_mean(&kind, USUAL), ..Problem::new(at, message) }
}
