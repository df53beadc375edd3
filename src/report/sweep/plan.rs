//! Which runs a sweep has, in which order. The plan depends on nothing but the scenario, the sweep
//! and the version of this program, so that everyone who works on a part of it makes the same one.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::digest::Digest;
use crate::report::json::pretty;
use crate::time::Duration;

/// All runs of a sweep.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub tool: String,
    pub version: String,
    /// Fingerprint of what shipped scenarios do in this build; programs of one version may differ
    /// in that between releases.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub behaviour: String,
    /// The scenario's name.
    pub scenario: String,
    /// Fingerprint of all that stands below, in hexadecimal.
    pub plan: String,
    /// The seeds with which each point is run.
    pub seeds: Span,
    /// When repetitions end before all seeds are used, if they may.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub until: Vec<Until>,
    /// Operations that begin before this are left out of all figures by parts of the run.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub warm_up: Duration,
    pub axes: Vec<Axis>,
    pub points: Vec<Point>,
    /// The figures that are kept of each run, by their paths in a report.
    pub figures: Vec<String>,
}

/// Seeds one after the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    pub first: u64,
    pub count: u64,
}

/// How narrow an interval must be.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Until {
    /// Path of the figure.
    pub figure: String,
    /// Half of the length of its interval, at most, in the unit of the figure.
    pub half_width: f64,
}

/// A field that varies.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Axis {
    /// Its dotted path in the scenario.
    pub path: String,
    /// The name of its column: the path, and the unit where it has one.
    pub column: String,
    /// The unit of its numbers; empty where they are no numbers.
    pub unit: String,
}

/// One combination of values.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Fingerprint of the scenario at this point, whatever its seed, in hexadecimal.
    pub world: String,
    /// As the scenario has them, in the order of the axes.
    pub values: Vec<Value>,
    /// As the table has them: numbers in the unit of the column.
    pub cells: Vec<Value>,
}

/// One run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Task {
    /// Its place in the table, from 0.
    pub index: u64,
    /// The number of its point, from 0.
    pub point: usize,
    pub seed: u64,
}

/// One part of a sweep: the runs whose index is `number - 1` modulo `of`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Shard {
    /// From 1.
    pub number: u64,
    pub of: u64,
}

impl Shard {
    /// The whole.
    pub const WHOLE: Shard = Shard { number: 1, of: 1 };

    /// Reads `3/8`; the error says what would do.
    pub fn parse(text: &str) -> Result<Shard, String> {
        let number = |text: &str| text.trim().parse::<u64>().ok();
        let both = text.split_once('/').and_then(|(k, n)| number(k).zip(number(n)));
        match both {
            Some((number, of)) if (1..=of).contains(&number) => Ok(Shard { number, of }),
            Some(_) | None => {
                Err(format!("`{text}` is no shard; write which and of how many, from 1/8 to 8/8"))
            }
        }
    }

    /// Is the run with this index in this part?
    pub fn holds(self, index: u64) -> bool {
        index % self.of == self.number - 1
    }
}

impl Plan {
    /// The same plan with its fingerprint.
    pub fn sealed(mut self) -> Plan {
        self.plan = String::new();
        let text = serde_json::to_string(&self).expect("a plan is plain data");
        self.plan = format!("{:016x}", fingerprint(&text));
        self
    }

    /// Reads a plan that was kept; the error says why it is none.
    pub fn read(bytes: &[u8]) -> Result<Plan, String> {
        let plan: Plan = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        match plan.clone().sealed().plan == plan.plan {
            true => Ok(plan),
            false => Err("its content is not what its fingerprint says".to_string()),
        }
    }

    /// As it is kept.
    pub fn json(&self) -> Vec<u8> {
        pretty(self)
    }

    /// The first digits of its fingerprint, for the names of files.
    pub fn short(&self) -> &str {
        &self.plan[..8]
    }

    /// How many runs there are, or at most.
    pub fn size(&self) -> u64 {
        self.points.len() as u64 * self.seeds.count
    }

    /// The run at this place.
    pub fn task(&self, index: u64) -> Task {
        let point = (index / self.seeds.count) as usize;
        Task { index, point, seed: self.seeds.first + index % self.seeds.count }
    }

    /// The runs of a part, in their order.
    pub fn tasks(&self, shard: Shard) -> impl Iterator<Item = Task> {
        let indices = (shard.number - 1..self.size()).step_by(shard.of as usize);
        indices.map(|index| self.task(index))
    }

    /// The name under which a run is kept: who has the same name has the same row. It is made of
    /// the version and what it does, what is kept of a run, the scenario at the point, and the
    /// seed.
    pub fn address(&self, task: Task) -> String {
        let world = &self.points[task.point].world;
        let kept = fingerprint(&format!("{} {}", self.warm_up, self.figures.join(" ")));
        let program = format!("{} {}", self.version, self.behaviour);
        let text = format!("{program} {kept} {world} {}", task.seed);
        format!("{:016x}", fingerprint(&text))
    }

    /// A point in words: `cluster.r=1 cluster.w=2`.
    pub fn told(&self, point: usize) -> String {
        let values = self.points[point].values.iter();
        let shown =
            |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_string);
        let pairs = self.axes.iter().zip(values);
        let pairs: Vec<String> =
            pairs.map(|(axis, value)| format!("{}={}", axis.path, shown(value))).collect();
        if pairs.is_empty() { "the scenario as it is".to_string() } else { pairs.join(" ") }
    }
}

fn is_zero(duration: &Duration) -> bool {
    *duration == Duration::ZERO
}

/// A fingerprint of a text.
pub fn fingerprint(text: &str) -> u64 {
    let with = |digest: Digest, byte: u8| digest.with(u64::from(byte));
    text.bytes().fold(Digest::EMPTY.with(text.len() as u64), with).value()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::json;

    pub fn sample() -> Plan {
        let point = |r: u32| Point {
            world: format!("{r:016x}"),
            values: vec![json!(r), json!("10ms")],
            cells: vec![json!(r), json!(10.0)],
        };
        let axis = |path: &str, column: &str, unit: &str| Axis {
            path: path.to_string(),
            column: column.to_string(),
            unit: unit.to_string(),
        };
        Plan {
            tool: "dynamo-sim".to_string(),
            version: "0".to_string(),
            behaviour: "b".to_string(),
            scenario: "a".to_string(),
            plan: String::new(),
            seeds: Span { first: 5, count: 4 },
            until: Vec::new(),
            warm_up: Duration::ZERO,
            axes: vec![axis("cluster.r", "cluster.r", "1"), axis("a.b", "a.b_ms", "ms")],
            points: vec![point(1), point(2)],
            figures: vec!["availability.get".to_string(), "latency.get.p99_ms".to_string()],
        }
        .sealed()
    }

    #[test]
    fn every_run_is_in_one_part() {
        let plan = sample();
        assert_eq!(plan.task(5), Task { index: 5, point: 1, seed: 6 });
        for of in [1, 3, 8, 11] {
            let shards = (1..=of).map(|number| Shard { number, of });
            let mut all: Vec<Task> = shards.clone().flat_map(|one| plan.tasks(one)).collect();
            assert!(shards.clone().all(|one| plan.tasks(one).all(|task| one.holds(task.index))));
            all.sort_unstable();
            assert_eq!(all, (0..8).map(|index| plan.task(index)).collect::<Vec<_>>());
        }
        assert_eq!(Shard::parse("3/8"), Ok(Shard { number: 3, of: 8 }));
        for text in ["", "3", "0/8", "9/8", "1/0", "a/b", "1/8/2"] {
            assert!(Shard::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_plan_is_known_by_its_content() {
        let plan = sample();
        assert_eq!(Plan::read(&plan.json()), Ok(plan.clone()));
        let changed =
            String::from_utf8(plan.json()).unwrap().replace("\"count\": 4", "\"count\": 5");
        assert!(Plan::read(changed.as_bytes()).is_err());
        let mut names: Vec<String> = (0..8).map(|at| plan.address(plan.task(at))).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 8);
        let others = [
            Plan { version: "1".to_string(), ..plan.clone() },
            Plan { behaviour: "c".to_string(), ..plan.clone() },
            Plan { warm_up: Duration(1), ..plan.clone() },
        ];
        for other in others {
            assert_ne!(other.address(other.task(0)), plan.address(plan.task(0)));
        }
    }
}
