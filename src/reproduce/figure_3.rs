//! Figure 3: the worked example D1 to D5, by the same code that replicas run. Exact.

use std::rc::Rc;

use crate::dynamo::config::Versioning;
use crate::dynamo::config::plant::Planted;
use crate::dynamo::versioning::clock::{Actor, Clock, Dot};
use crate::dynamo::versioning::reconcile::{Author, merge, write};
use crate::dynamo::versioning::version::{Content, Value, VersionSet};
use crate::ghost::{Ghost, Numbering};
use crate::id::{Key, NodeId};
use crate::report::plot::chart::{Axis, Chart, Panel, Series, Style};
use crate::reproduce::result::{Picture, Reproduction, Row, Table};
use crate::reproduce::work::{Stopped, Work};
use crate::time::Time;

const NAMES: [&str; 3] = ["Sx", "Sy", "Sz"];

/// Each step of the example with its clock as the paper prints it, and with its counters of Sx, Sy
/// and Sz.
const STEPS: [(&str, &str, [u64; 3]); 6] = [
    ("D1", "[(Sx,1)]", [1, 0, 0]),
    ("D2", "[(Sx,2)]", [2, 0, 0]),
    ("D3", "[(Sx,2),(Sy,1)]", [2, 1, 0]),
    ("D4", "[(Sx,2),(Sz,1)]", [2, 0, 1]),
    ("read", "[(Sx,2),(Sy,1),(Sz,1)]", [2, 1, 1]),
    ("D5", "[(Sx,3),(Sy,1),(Sz,1)]", [3, 1, 1]),
];

/// The nodes of the example, which only make versions.
struct Example {
    versioning: Versioning,
    numbering: Numbering,
}

/// All that the example comes to.
struct Told {
    /// In the order of the steps.
    clocks: Vec<Clock>,
    /// Which of D1 to D5 are left when sets meet.
    left: Vec<(&'static str, &'static str, String)>,
}

/// The whole reproduction; nothing is drawn.
pub fn make(work: &mut Work<'_>) -> Result<Reproduction, Stopped> {
    let literal = Example::new(Versioning::Literal).play();
    let dotted = Example::new(Versioning::Dotted).play();
    work.done(1.0)?;
    let tables = vec![
        table("The paper's literal clocks", &literal),
        table("Dotted clocks, the default here", &dotted),
    ];
    let rows = || tables.iter().flat_map(|table| &table.rows);
    let equal = rows().filter(|row| !row.verdict.is_bad()).count();
    Ok(Reproduction {
        title: "Figure 3: the clocks of D1 to D5".to_string(),
        paper: vec![
            "Section 4.4: Sx writes D1 and D2, Sy writes D3 and Sz writes D4 from D2; a read meets \
             D3 and D4, and Sx writes D5 from that."
                .to_string(),
            "A node that knows D1 or D2 and is sent D4 forgets the older one; a node that knows D3 \
             keeps both."
                .to_string(),
        ],
        assumptions: Vec::new(),
        bar: "equality".to_string(),
        outcome: format!("{equal} of {} statements equal", rows().count()),
        remarks: vec![
            "Dotted clocks give each version a name of its own beside the clock of the set; the \
             clocks of this example come out the same."
                .to_string(),
        ],
        charts: vec![picture(&literal)],
        tables,
        scenarios: Vec::new(),
    })
}

fn table(title: &str, told: &Told) -> Table {
    let clock = |((step, paper, _), clock): (&(&str, &str, _), &Clock)| {
        Row::exact(format!("clock of {step}"), paper, spelt(clock))
    };
    let mut rows: Vec<Row> = STEPS.iter().zip(&told.clocks).map(clock).collect();
    let left = told.left.iter();
    rows.extend(left.map(|(what, paper, found)| Row::exact(*what, paper, found.clone())));
    Table::new(title, rows)
}

/// A clock in the paper's spelling.
fn spelt(clock: &Clock) -> String {
    let pair = |dot: &Dot| format!("({},{})", NAMES[dot.actor.node().index()], dot.counter);
    format!("[{}]", clock.entries().iter().map(pair).collect::<Vec<_>>().join(","))
}

/// The versions of a set as D1, D2 ...
fn named(set: &VersionSet) -> String {
    let mut events: Vec<u32> = set.versions().iter().map(|v| v.ghost.event().number).collect();
    events.sort_unstable();
    events.iter().map(|event| format!("D{event}")).collect::<Vec<_>>().join(" ")
}

impl Example {
    fn new(versioning: Versioning) -> Example {
        Example { versioning, numbering: Numbering::new(1) }
    }

    fn play(mut self) -> Told {
        let d1 = self.put(0, None, None);
        let d2 = self.put(0, Some(&d1), Some(&d1));
        let d3 = self.put(1, Some(&d2), Some(&d2));
        let d4 = self.put(2, Some(&d2), Some(&d2));
        let read = merge(self.versioning, &d3, &d4);
        let d5 = self.put(0, Some(&d2), Some(&read));
        let met = |one, other| named(&merge(self.versioning, one, other));
        let left = vec![
            ("left of D1 and D4", "D4", met(&d1, &d4)),
            ("left of D2 and D4", "D4", met(&d2, &d4)),
            ("left of D3 and D4", "D3 D4", met(&d3, &d4)),
            ("left of D3, D4 and D5", "D5", met(&read, &d5)),
        ];
        let clocks = [d1, d2, d3, d4, read, d5].iter().map(|set| set.clock().clone()).collect();
        Told { clocks, left }
    }

    /// A put through a node whose replica holds `local`, by a client that had read `context`.
    fn put(
        &mut self,
        node: u32,
        local: Option<&Rc<VersionSet>>,
        context: Option<&Rc<VersionSet>>,
    ) -> Rc<VersionSet> {
        let event = self.numbering.next(Key(0));
        let seen = context.iter().flat_map(|set| set.versions()).map(|version| &version.ghost);
        let ghost = Ghost::new(event, seen);
        let stamp = Time(u64::from(event.number));
        let author = Author {
            actor: Actor::of_node(NodeId(node)),
            stamp,
            most_pairs: None,
            planted: Planted::NONE,
        };
        let value = Value { bytes: 1, content: Content::Blob };
        let (local, context) = (local.map(|set| &**set), context.map(|set| &**set));
        Rc::new(write(self.versioning, local, context, author, value, ghost))
    }
}

/// Counters over the steps, the paper's as hollow markers.
fn picture(told: &Told) -> Picture {
    let series = |place: usize, label, style, points| Series {
        label,
        points,
        style,
        like: Some(place),
        ..Series::default()
    };
    let mut all = Vec::new();
    for (place, name) in NAMES.into_iter().enumerate() {
        let actor = Actor::of_node(NodeId(place as u32));
        let counter = |clock: &Clock| Some(clock.counter(actor) as f64);
        let ours = told.clocks.iter().enumerate().map(|(x, clock)| (x as f64, counter(clock)));
        all.push(series(place, name.to_string(), Style::Joined, ours.collect()));
    }
    for (place, name) in NAMES.into_iter().enumerate() {
        let paper = STEPS.iter().enumerate();
        let points = paper.map(|(x, (_, _, counters))| (x as f64, Some(counters[place] as f64)));
        all.push(series(place, format!("{name}, paper"), Style::Hollow, points.collect()));
    }
    let panel = Panel {
        y_title: "counter in the clock".to_string(),
        y_to: Some(3.5),
        series: all,
        ..Panel::default()
    };
    let chart = Chart {
        title: "Figure 3: clocks of the worked example".to_string(),
        subtitle: "literal clocks; a counter of 0 is not in the clock".to_string(),
        x: Axis {
            title: "step".to_string(),
            names: STEPS.iter().map(|(step, ..)| step.to_string()).collect(),
            ..Axis::default()
        },
        panels: vec![panel],
        ..Chart::default()
    };
    Picture { stem: "clocks", caption: "Counters of Sx, Sy and Sz.".to_string(), chart }
}
