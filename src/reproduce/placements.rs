//! Random placements by the thousand, from the ring that all nodes use but without keys: how evenly
//! the three strategies of section 6.2 load the nodes.

use std::rc::Rc;

use crate::dynamo::config::Partitioning;
use crate::dynamo::ring::placement::Ring;
use crate::dynamo::ring::position::KeySpace;
use crate::dynamo::ring::shares::Tokens;
use crate::dynamo::ring::strategy::{Placement, first_tokens, partitions};
use crate::random::luck::Luck;
use crate::random::purpose::Purpose;
use crate::random::source::Source;
use crate::reproduce::work::{Settings, Stopped, Work};
use crate::statistics::estimate::Estimate;

/// What can be asked for beside the paper's cluster.
pub const SETTINGS: [&str; 4] = ["nodes", "copies", "tokens", "partitions"];

/// What is varied, and over what.
#[derive(Clone, PartialEq, Debug)]
pub struct Setting {
    /// S.
    pub nodes: u32,
    /// N.
    pub copies: u32,
    /// T of each point; strategy 3 has Q = S T there.
    pub tokens: Vec<u32>,
    /// Q of strategy 2.
    pub partitions: u32,
}

impl Setting {
    /// The paper's cluster but for what is set; the error says what would do.
    pub fn new(settings: &Settings) -> Result<Setting, String> {
        let one = |name, usual| match settings.get(name) {
            None => Ok(usual),
            Some([number]) => Ok(*number),
            Some(_several) => Err(format!("{name} is one number")),
        };
        let tokens = (1..=10).map(|power| 1 << power).collect();
        let setting = Setting {
            nodes: one("nodes", 30)?,
            copies: one("copies", 3)?,
            tokens: settings.get("tokens").map_or(tokens, <[u32]>::to_vec),
            partitions: one("partitions", 1_024)?,
        };
        setting.problem().map_or(Ok(setting), Err)
    }

    fn problem(&self) -> Option<String> {
        let most = self.tokens.iter().copied().max().unwrap_or(0);
        let ring = u64::from(self.nodes) * u64::from(most);
        let rules = [
            (self.nodes >= 1, "nodes is at least 1".to_string()),
            (
                (1..=self.nodes).contains(&self.copies),
                format!("copies is from 1 to nodes, which is {}", self.nodes),
            ),
            (!self.tokens.contains(&0), "each node has at least 1 token".to_string()),
            (
                self.tokens.is_sorted_by(|one, next| one < next),
                "tokens go from few to many".to_string(),
            ),
            (
                ring <= u64::from(RING_LIMIT),
                format!("{ring} tokens are too many; at most {RING_LIMIT}"),
            ),
            (
                (1..=RING_LIMIT).contains(&self.partitions),
                format!("partitions is from 1 to {RING_LIMIT}"),
            ),
        ];
        rules.into_iter().find(|(holds, _)| !holds).map(|(_, told)| told)
    }

    /// S and N, for headings.
    pub fn spelt(&self) -> String {
        format!("S = {}, N = {}", self.nodes, self.copies)
    }
}

/// Most tokens of all nodes, and most equal ranges.
const RING_LIMIT: u32 = 2_000_000;

/// Random placements of a point with so many tokens for each node.
pub fn placements(work: &Work<'_>, tokens: u32) -> u32 {
    match tokens {
        ..=16 => work.choose(2_000, 1_000),
        _more => work.choose(400, 100),
    }
}

/// Efficiency at one size of the table: mean over placements, for strategies 1, 2 and 3.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Point {
    pub tokens: u32,
    /// Size of the table, S T or Q.
    pub size: u32,
    pub efficiency: [Estimate; 3],
}

/// Efficiency of all three strategies at every T of the setting.
pub fn measure(work: &mut Work<'_>, setting: &Setting) -> Result<Vec<Point>, Stopped> {
    let mut points = Vec::new();
    let all: f64 = setting.tokens.iter().map(|tokens| f64::from(*tokens)).sum();
    let mut spent = 0.0;
    for &tokens in &setting.tokens {
        let placements = placements(work, tokens);
        let mut found = [(); 3].map(|()| Vec::with_capacity(placements as usize));
        for placement in 0..placements {
            let share = f64::from(placement) / f64::from(placements);
            work.done((spent + share * f64::from(tokens)) / all)?;
            let luck = luck_of(work.seed, tokens, placement);
            let efficiency = efficiencies_of(setting, tokens, &luck);
            found.iter_mut().zip(efficiency).for_each(|(all, one)| all.push(one));
        }
        spent += f64::from(tokens);
        let efficiency = found.map(|values| Estimate::of_mean(&values));
        points.push(Point { tokens, size: setting.nodes * tokens, efficiency });
    }
    work.done(1.0)?;
    Ok(points)
}

/// The luck of one placement.
pub fn luck_of(seed: u64, tokens: u32, placement: u32) -> Luck {
    let own = Luck::new(seed).draw(Purpose::Placement, tokens.into(), placement.into()).next_u64();
    Luck::new(own)
}

/// One placement under each strategy.
fn efficiencies_of(setting: &Setting, tokens: u32, luck: &Luck) -> [f64; 3] {
    let Setting { nodes, copies, .. } = *setting;
    let settings = |strategy, partitions| Partitioning {
        strategy,
        tokens,
        partitions,
        ..Partitioning::default()
    };
    let at_random = settings(1, None);
    let same_number = settings(3, Some(nodes * tokens));
    let shared = first_tokens(&at_random, nodes, luck);
    let dealt = first_tokens(&same_number, nodes, luck);
    let over_equal = settings(2, Some(setting.partitions));
    [
        efficiency(&ring(&at_random, copies, &shared)),
        efficiency(&ring(&over_equal, copies, &shared)),
        efficiency(&ring(&same_number, copies, &dealt)),
    ]
}

/// The ring of these tokens.
pub fn ring(settings: &Partitioning, copies: u32, tokens: &Tokens) -> Ring {
    let plain = Placement::by_tokens(copies, Rc::new(KeySpace::at(Vec::new())));
    let placement = Placement { partitions: partitions(settings), ..plain };
    Ring::of_ranges(tokens.iter().map(|(node, tokens)| (*node, &tokens[..])), &placement)
}

fn efficiency(ring: &Ring) -> f64 {
    let carried = ring.carried();
    let most = carried.iter().copied().fold(0.0, f64::max);
    carried.iter().sum::<f64>() / carried.len() as f64 / most
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reproduce::work::Effort;

    #[test]
    fn any_cluster_can_be_measured() {
        let mut pulse = |_: f64| true;
        let mut work = Work::new(Effort::Reduced, 1, &mut pulse);
        let mut points = |texts: &[&str]| measure(&mut work, &setting(texts).unwrap()).unwrap();
        // Whoever keeps copies of all carries as much as all others.
        let all = points(&["nodes=4", "copies=4", "tokens=1,3", "partitions=16"]);
        assert_eq!(all.iter().map(|point| point.size).collect::<Vec<_>>(), [4, 12]);
        let means = all.iter().flat_map(|point| point.efficiency.map(|estimate| estimate.value));
        assert!(means.into_iter().all(|mean| (mean - 1.0).abs() < 1e-9));
        let one = points(&["nodes=4", "copies=1", "tokens=1,3"]);
        assert!(one.iter().all(|point| point.efficiency[0].value < 0.99));
        assert!(one.iter().all(|point| (point.efficiency[2].value - 1.0).abs() < 1e-9));
    }

    fn setting(texts: &[&str]) -> Result<Setting, String> {
        let texts: Vec<String> = texts.iter().map(|text| text.to_string()).collect();
        Setting::new(&Settings::read(&texts, &SETTINGS)?)
    }

    #[test]
    fn settings_that_cannot_be_are_refused() {
        for (texts, told) in [
            (&["node=4"][..], "`node` cannot be set; there are nodes, copies, tokens, partitions"),
            (&["nodes"], "write whole numbers, as in nodes=8,64"),
            (&["nodes=3,4"], "nodes is one number"),
            (&["nodes=0"], "nodes is at least 1"),
            (&["nodes=2"], "copies is from 1 to nodes, which is 2"),
            (&["tokens=0"], "each node has at least 1 token"),
            (&["tokens=8,8"], "tokens go from few to many"),
            (&["tokens=100000"], "3000000 tokens are too many; at most 2000000"),
            (&["partitions=0"], "partitions is from 1 to 2000000"),
        ] {
            assert_eq!(setting(texts), Err(told.to_string()));
        }
    }
}
