//! What a run is going to be, before it is run: its faults and orders in words and as a picture.

use crate::dynamo::config::Versioning;
use crate::dynamo::config::rumours::{LostBy, Rumours};
use crate::faults::parties::nodes;
use crate::faults::schedule::schedule;
use crate::random::luck::Luck;
use crate::sim::administration::Order;
use crate::sim::plan::Plan;
use crate::time::Duration;
use crate::trace::layout::{FaultWindow, Layout};

/// Columns of the time axis.
const COLUMNS: u64 = 64;

/// Names of faults in the picture, in the order in which they begin; they repeat.
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The run in words, then its faults and orders as a picture.
pub fn outlook(plan: &Plan, layout: &Layout) -> String {
    let letters = letters(&layout.faults);
    let world = world(plan);
    format!("{world}\n{}\n{}", words(plan, layout, &letters), picture(plan, layout, &letters))
}

fn world(plan: &Plan) -> String {
    let (cluster, clients) = (&plan.cluster, plan.workload.clients);
    let versions = match cluster.versioning {
        Versioning::Dotted => "dotted clocks",
        Versioning::Vectors => "version vectors without dots",
        Versioning::Literal => "the paper's literal clocks",
        Versioning::LastWriteWins => "the last write wins",
    };
    let world = format!(
        "seed {}: {} nodes, N {} R {} W {}, {versions}; {clients} clients, {} keys\n",
        plan.seed,
        cluster.nodes,
        cluster.n,
        cluster.r,
        cluster.w,
        plan.workload.key_count()
    );
    match &cluster.gossip.rumours {
        None => world,
        Some(settings) => format!("{world}{}\n", rumours(settings)),
    }
}

/// What becomes of changes that are told for a while only.
fn rumours(settings: &Rumours) -> String {
    let Rumours { k, lost_by, feedback, reconcile_every } = settings;
    let vain = if *feedback { "told to one who knew" } else { "told" };
    let until = match lost_by {
        LostBy::Counter => format!("until {vain} {k} times"),
        LostBy::Coin => format!("and each time {vain} forgotten with probability 1/{k}"),
    };
    let end = match reconcile_every {
        None => "some nodes may never hear of it".to_string(),
        Some(every) => format!("each node reconciles one round in {every}"),
    };
    format!("  a change of the membership is spread {until}; {end}")
}

/// Which letter stands for each fault.
fn letters(faults: &[FaultWindow]) -> Vec<char> {
    let mut order: Vec<usize> = (0..faults.len()).collect();
    order.sort_by_key(|fault| (faults[*fault].from, *fault));
    let mut letters = vec![' '; faults.len()];
    for (place, fault) in order.into_iter().enumerate() {
        letters[fault] = char::from(LETTERS[place % LETTERS.len()]);
    }
    letters
}

/// A line for each thing that happens, in the order of time.
fn words(plan: &Plan, layout: &Layout, letters: &[char]) -> String {
    let mut lines = vec![(Duration::ZERO, line(Duration::ZERO, ' ', "clients begin to ask"))];
    let order = |order: &Order| (order.at(), line(order.at(), ' ', &order.to_string()));
    lines.extend(plan.administration.iter().map(order));
    let steps = schedule(&plan.faults, plan.duration, &Luck::new(plan.seed));
    // What comes and goes between its beginning and its end has one line for each of these.
    for step in steps.iter().filter(|step| step.begins || step.ends) {
        let fault = &layout.faults[step.fault];
        let (at, letter) = (Duration(step.at.0), letters[step.fault]);
        let until = Duration(fault.to.0);
        let text = match (step.ends, fault.from == fault.to) {
            (_, true) => fault.label.clone(),
            (false, false) => format!("{}, until {until}", fault.label),
            (true, false) => format!("ends: {}", fault.label),
        };
        lines.push((at, line(at, letter, &text)));
    }
    let limit = plan.settle_limit;
    let end = format!("clients stop, what still lasts ends; then on to rest, for {limit} at most");
    lines.sort_by_key(|(at, _)| *at);
    lines.push((plan.duration, line(plan.duration, ' ', &end)));
    lines.into_iter().map(|(_, line)| line).collect()
}

fn line(at: Duration, letter: char, text: &str) -> String {
    format!("{:>9}  {letter}  {text}\n", at.to_string())
}

/// Nodes down the side, time across; neighbours with the same lot share a line.
fn picture(plan: &Plan, layout: &Layout, letters: &[char]) -> String {
    let notes = notes(plan);
    if plan.faults.is_empty() && plan.administration.is_empty() {
        return notes;
    }
    let lots = lots(plan, layout, letters);
    let mut rows: Vec<(String, &String)> = Vec::new();
    let mut first = 0;
    for same in lots.chunk_by(|a, b| a == b) {
        let last = first + same.len() - 1;
        let who = if first == last { format!("n{first}") } else { format!("n{first}..n{last}") };
        rows.push((who, &same[0]));
        first = last + 1;
    }
    let width = rows.iter().map(|(who, _)| who.len()).max().unwrap_or(0);
    let row = |(who, lot): &(String, &String)| format!("{who:width$}  {lot}\n");
    let (blank, end) = ("", plan.duration.to_string());
    let axis = format!("{blank:width$}  0s{end:>0$}\n", COLUMNS as usize - 2);
    rows.iter().map(row).collect::<String>() + &axis + &notes
}

/// What the signs of the picture mean.
fn notes(plan: &Plan) -> String {
    let faults = match plan.faults.is_empty() {
        true => "no faults\n",
        false => "letters: faults that concern the node, `*` several at once; `.`: none\n",
    };
    let orders = match plan.administration.is_empty() {
        true => "",
        false => "orders: `+` to come in, or started; `-` to go, or taken out as dead\n",
    };
    format!("{faults}{orders}")
}

/// What each node has to bear, over time, and what it is told: orders cover faults.
fn lots(plan: &Plan, layout: &Layout, letters: &[char]) -> Vec<String> {
    let mut lots = vec![vec!['.'; COLUMNS as usize]; plan.machines() as usize];
    let column = |time: u64| {
        let share = u128::from(time) * u128::from(COLUMNS) / u128::from(plan.duration.0.max(1));
        (share as usize).min(COLUMNS as usize - 1)
    };
    for (fault, written) in plan.faults.iter().enumerate() {
        let window = &layout.faults[fault];
        let (first, end) = (column(window.from.0), column(window.to.0.saturating_sub(1)));
        for node in nodes(&written.what, plan.machines()) {
            for place in &mut lots[node.index()][first..=end.max(first)] {
                *place = if *place == '.' { letters[fault] } else { '*' };
            }
        }
    }
    for order in &plan.administration {
        let place = column(order.at().0);
        let goes = order.goes().map(|node| (node, '-'));
        for (node, sign) in order.starts().map(|node| (node, '+')).into_iter().chain(goes) {
            lots[node.index()][place] = sign;
        }
    }
    lots.into_iter().map(String::from_iter).collect()
}
