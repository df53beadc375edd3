//! Figure 2 and the example of section 4.9: which node of the ring A to G keeps which ranges, and
//! what changes when X comes between A and B. Exact, from the ring that all nodes use.

use std::rc::Rc;

use crate::dynamo::ring::placement::{RangeId, Ring};
use crate::dynamo::ring::position::{KeySpace, Position};
use crate::dynamo::ring::strategy::Placement;
use crate::id::NodeId;
use crate::report::plot::chart::{Axis, Chart, Panel, Series, Style};
use crate::reproduce::result::{Picture, Reproduction, Row, Table};
use crate::reproduce::work::{Stopped, Work};

/// N of the example.
const COPIES: u32 = 3;

/// A node of the example and its one token.
type Placed = (&'static str, Position);

const RING: [Placed; 7] =
    [("A", 10), ("B", 20), ("C", 30), ("D", 40), ("E", 50), ("F", 60), ("G", 70)];
/// X comes between A and B.
const NEWCOMER: Placed = ("X", 15);

/// A ring whose nodes have letters for names.
struct Lettered {
    nodes: Vec<Placed>,
    ring: Ring,
}

/// The whole reproduction; nothing is drawn.
pub fn make(work: &mut Work<'_>) -> Result<Reproduction, Stopped> {
    let before = Lettered::new(RING.to_vec());
    let after = Lettered::new(RING.into_iter().chain([NEWCOMER]).collect());
    let tables = vec![placement(&before), newcomer(&before, &after)];
    work.done(1.0)?;
    let equal = tables.iter().flat_map(|table| &table.rows).filter(|row| !row.verdict.is_bad());
    let outcome = format!("{} of {} statements equal", equal.count(), count(&tables));
    Ok(Reproduction {
        title: "Figure 2: the ranges of the ring A to G".to_string(),
        paper: vec![
            "Section 4.3: with N = 3, B replicates a key of its own range at C and D; D stores the \
             keys in (A, B], (B, C] and (C, D]."
                .to_string(),
            "Section 4.9: X comes between A and B and takes (F, G], (G, A] and (A, X]; B, C and D \
             no longer have to store some of their keys, and hand those to X."
                .to_string(),
        ],
        assumptions: Vec::new(),
        bar: "equality".to_string(),
        outcome,
        remarks: vec![
            "A key that hashes exactly onto a token belongs to it: ranges are open at their \
             beginning and closed at their end."
                .to_string(),
        ],
        tables,
        charts: vec![picture(&before)],
        scenarios: Vec::new(),
    })
}

fn count(tables: &[Table]) -> usize {
    tables.iter().map(|table| table.rows.len()).sum()
}

fn placement(ring: &Lettered) -> Table {
    let mut rows = vec![
        Row::exact("ranges that D stores", "(A,B] (B,C] (C,D]", ring.stored("D")),
        Row::exact("nodes that keep a key of (A,B]", "B C D", ring.keepers(15)),
        Row::exact("nodes that keep a key exactly at B's token", "B C D", ring.keepers(20)),
    ];
    // The paper's rule, spelt out for the nodes that it gives no example of.
    let by_rule = [
        ("A", "(E,F] (F,G] (G,A]"),
        ("B", "(F,G] (G,A] (A,B]"),
        ("C", "(G,A] (A,B] (B,C]"),
        ("E", "(B,C] (C,D] (D,E]"),
        ("F", "(C,D] (D,E] (E,F]"),
        ("G", "(D,E] (E,F] (F,G]"),
    ];
    let rule = |(node, ranges)| {
        Row::exact(format!("ranges that {node} stores, by the rule"), ranges, ring.stored(node))
    };
    rows.extend(by_rule.map(rule));
    Table::new("The ring A to G, N = 3", rows)
}

fn newcomer(before: &Lettered, after: &Lettered) -> Table {
    let dropped = |node: &str| {
        let kept = |key| after.keeps(node, key);
        // Keys in the middle of every range of the new ring that the node had to store before.
        let gone = after.ranges().filter(|(_, key)| before.keeps(node, *key) && !kept(*key));
        gone.map(|(range, _)| after.spelt(range)).collect::<Vec<_>>().join(" ")
    };
    let mut rows = vec![Row::exact("ranges that X takes", "(F,G] (G,A] (A,X]", after.stored("X"))];
    for (node, range) in [("B", "(F,G]"), ("C", "(G,A]"), ("D", "(A,X]")] {
        rows.push(Row::exact(format!("range that {node} no longer stores"), range, dropped(node)));
    }
    let unmoved: Vec<&str> =
        ["A", "E", "F", "G"].into_iter().filter(|n| !dropped(n).is_empty()).collect();
    rows.push(Row::exact("others that lose a range", "", unmoved.join(" ")));
    Table::new("X comes between A and B", rows)
}

impl Lettered {
    fn new(mut nodes: Vec<Placed>) -> Lettered {
        nodes.sort_by_key(|(_, token)| *token);
        let tokens: Vec<[Position; 1]> = nodes.iter().map(|(_, token)| [*token]).collect();
        let members = tokens.iter().enumerate().map(|(i, t)| (NodeId(i as u32), &t[..]));
        let placement = Placement::by_tokens(COPIES, Rc::new(KeySpace::at(Vec::new())));
        let ring = Ring::new(members, &placement);
        Lettered { nodes, ring }
    }

    fn node(&self, name: &str) -> NodeId {
        let place = self.nodes.iter().position(|(known, _)| *known == name);
        NodeId(place.expect("the example has this node") as u32)
    }

    fn name_at(&self, token: Position) -> &'static str {
        let found = self.nodes.iter().find(|(_, known)| *known == token);
        found.expect("ranges end at tokens").0
    }

    fn spelt(&self, range: RangeId) -> String {
        let (after, to) = self.ring.bounds(range);
        format!("({},{}]", self.name_at(after), self.name_at(to))
    }

    /// The ranges that a node keeps copies of, the one that it owns last.
    fn stored(&self, name: &str) -> String {
        let node = self.node(name);
        let mut ranges = self.ring.hosted(node).to_vec();
        // In ring order from the one furthest back.
        let count = self.ring.ranges();
        ranges.sort_by_key(|range| (range.0 + count - 1 - node.0) % count);
        ranges.iter().map(|range| self.spelt(*range)).collect::<Vec<_>>().join(" ")
    }

    fn keepers(&self, key: Position) -> String {
        let homes = self.ring.homes(self.ring.range_at(key)).iter();
        homes.map(|node| self.nodes[node.index()].0).collect::<Vec<_>>().join(" ")
    }

    fn keeps(&self, name: &str, key: Position) -> bool {
        self.ring.is_home(self.node(name), self.ring.range_at(key))
    }

    /// Every range with a key of it.
    fn ranges(&self) -> impl Iterator<Item = (RangeId, Position)> + '_ {
        (0..self.ring.ranges()).map(RangeId).map(|range| (range, self.ring.bounds(range).1))
    }
}

/// Ranges across, nodes up; the paper's own examples as hollow markers.
fn picture(ring: &Lettered) -> Picture {
    let names = |of: &dyn Fn(usize) -> String| (0..ring.nodes.len()).map(of).collect();
    let hosted =
        |node: usize| ring.ring.hosted(NodeId(node as u32)).iter().map(move |r| (r.0, node));
    let mark = |(range, node): (u32, usize)| (f64::from(range), Some(node as f64));
    let mut points: Vec<_> = (0..ring.nodes.len()).flat_map(hosted).map(mark).collect();
    points.sort_by(|one, other| one.0.total_cmp(&other.0));
    // A key of (A,B] at B, C, D; and D's three ranges.
    let paper = [(1, 1), (1, 2), (1, 3), (2, 3), (3, 3)].map(mark).to_vec();
    let series = vec![
        Series {
            label: "stored here".to_string(),
            points,
            style: Style::Points,
            ..Series::default()
        },
        Series {
            label: "as the paper says".to_string(),
            points: paper,
            style: Style::Hollow,
            like: Some(1),
            ..Series::default()
        },
    ];
    let panel = Panel {
        y_title: "node".to_string(),
        y_names: names(&|node| ring.nodes[node].0.to_string()),
        series,
        ..Panel::default()
    };
    let x = Axis {
        title: "range".to_string(),
        names: names(&|range| ring.spelt(RangeId(range as u32))),
        ..Axis::default()
    };
    let chart = Chart {
        title: "Figure 2: which node stores which range".to_string(),
        subtitle: "ring A to G, one token each, N = 3".to_string(),
        x,
        panels: vec![panel],
        ..Chart::default()
    };
    Picture { stem: "ranges", caption: "Nodes and the ranges that they store.".to_string(), chart }
}
