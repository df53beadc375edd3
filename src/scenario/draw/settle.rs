//! Puts parties in the place of what names them, in one fault.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::id::{Address, NodeId, Span};
use crate::random::purpose::Purpose;
use crate::random::source::Source;
use crate::scenario::draw::part::kind_of;
use crate::scenario::draw::targets::Target;
use crate::scenario::draw::world::{World, parties, span};
use crate::scenario::path::{Path, Step};
use crate::time::Duration;

/// Members of faults that list parties.
const LISTS: [&str; 5] = ["nodes", "group", "sides", "senders", "receivers"];

/// A place where parties are named.
struct Slot {
    at: Path,
    /// Has it room for one node only?
    single: bool,
    entries: Vec<Entry>,
}

/// One of the names that stand there.
struct Entry {
    at: Path,
    written: Value,
    target: Option<Target>,
    spans: Vec<Span>,
}

/// Whom a text of a scenario has come to mean.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chosen {
    /// Where it is written.
    pub path: Path,
    /// What is written.
    pub text: String,
    /// Who that is, as a list.
    pub means: String,
}

/// What is wrong, and where in the fault.
pub(super) type Wrong = Vec<(Path, String)>;

/// Does anything in this fault name parties otherwise than by their own names?
pub(super) fn names_others(fault: &Value) -> bool {
    let other = |entry: &Entry| {
        let text = entry.written.as_str();
        text.is_some_and(|text| Target::parse(text).map_or(true, |target| target.is_some()))
    };
    slots(fault).iter().flat_map(|slot| &slot.entries).any(other)
}

/// Does it leave anything to chance?
pub(super) fn left_to_chance(fault: &Value) -> bool {
    let chance = |entry: &Entry| {
        let target = entry.written.as_str().map(Target::parse);
        matches!(target, Some(Ok(Some(Target::Some { .. }))))
    };
    slots(fault).iter().flat_map(|slot| &slot.entries).any(chance)
}

/// The fault with parties named, and who was chosen. `key` names its luck.
pub(super) fn settled(
    world: &World,
    fault: &Value,
    key: &str,
) -> Result<(Value, Vec<Chosen>), Wrong> {
    let mut slots = slots(fault);
    let mut wrong = Vec::new();
    let mut choose = |who: &dyn Fn(&mut Entry, &Slots<'_>) -> Result<(), String>| {
        for slot in 0..slots.len() {
            for entry in 0..slots[slot].entries.len() {
                let (mut one, all) = taken(&mut slots, slot, entry);
                if let Err(message) = who(&mut one, &all) {
                    wrong.push((one.at.clone(), message));
                }
                slots[slot].entries[entry] = one;
            }
        }
    };
    let begins = begins(fault);
    choose(&|entry, _| read(world, entry, begins));
    choose(&|entry, others| draw((world, begins), entry, others, key));
    choose(&|entry, others| take_rest(world, entry, others));
    wrong.extend(slots.iter().flat_map(misplaced));
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut json = fault.clone();
    let chosen = slots.iter().flat_map(|slot| slot.entries.iter().filter_map(Entry::chosen));
    let chosen = chosen.collect();
    for slot in &slots {
        if let Some(place) = below(&mut json, &slot.at) {
            *place = slot.written();
        }
    }
    Ok((json, chosen))
}

/// The slots around an entry.
struct Slots<'s> {
    all: &'s [Slot],
    /// Which one the entry stands in.
    own: usize,
}

fn taken(slots: &mut [Slot], slot: usize, entry: usize) -> (Entry, Slots<'_>) {
    let at = slots[slot].entries[entry].at.clone();
    let nobody = Entry { at, written: Value::Null, target: None, spans: Vec::new() };
    let one = std::mem::replace(&mut slots[slot].entries[entry], nobody);
    (one, Slots { all: slots, own: slot })
}

impl Slots<'_> {
    /// Whom a draw leaves out: who is drawn elsewhere in the fault, and who stands beside it.
    fn beside(&self) -> BTreeSet<Address> {
        let own = &self.all[self.own].at;
        let apart = |path: &Path| is_side(path) || path.steps().last() == Some(&name("node"));
        let near = |slot: &Slot| slot.at == *own || is_side(own) && apart(&slot.at);
        let entries = self.all.iter().flat_map(|slot| {
            let all = near(slot);
            slot.entries.iter().filter(move |entry| all || entry.is_drawn())
        });
        entries.flat_map(|entry| parties(&entry.spans)).collect()
    }

    fn everybody(&self) -> BTreeSet<Address> {
        let entries = self.all.iter().flat_map(|slot| &slot.entries);
        entries.flat_map(|entry| parties(&entry.spans)).collect()
    }
}

fn is_side(path: &Path) -> bool {
    path.steps().contains(&name("sides"))
}

fn name(name: &str) -> Step {
    Step::Name(name.to_string())
}

/// When a fault begins, as it is written.
fn begins(fault: &Value) -> Option<Duration> {
    let (_, settings) = kind_of(fault)?;
    let written = settings.get("at").or_else(|| settings.get("from"));
    let moment = written.and_then(|text| serde_json::from_value(text.clone()).ok());
    moment.or_else(|| begins(settings.get("fault")?))
}

/// What needs no luck.
fn read(world: &World, entry: &mut Entry, begins: Option<Duration>) -> Result<(), String> {
    let Some(text) = entry.written.as_str() else { return Ok(()) };
    entry.target = Target::parse(text)?;
    match &entry.target {
        None => entry.spans = Span::parse(text).into_iter().collect(),
        Some(Target::All(crowd)) => entry.spans = world.members(crowd, begins)?,
        Some(Target::Some { .. } | Target::Rest | Target::MostHints) => {}
    }
    Ok(())
}

fn draw(
    (world, begins): (&World, Option<Duration>),
    entry: &mut Entry,
    others: &Slots<'_>,
    key: &str,
) -> Result<(), String> {
    let Some(Target::Some { count, of }) = &entry.target else { return Ok(()) };
    let mut spans = Vec::new();
    for crowd in of {
        spans.extend(world.members(crowd, begins)?);
    }
    let taken = others.beside();
    let all = parties(&spans);
    let mut free: Vec<Address> = all.iter().copied().filter(|who| !taken.contains(who)).collect();
    let (wanted, there) = (*count as usize, free.len());
    if wanted == 0 {
        return Err("draw at least 1".to_string());
    }
    if wanted > there {
        let named = all.len() - there;
        let except = if named > 0 {
            format!(", and the fault names {named} of them")
        } else {
            String::new()
        };
        return Err(format!("{wanted} cannot be drawn: there are {}{except}", all.len()));
    }
    let source = &mut world.source(Purpose::FaultTarget, &format!("{key} {}", entry.at));
    source.shuffle(&mut free);
    free.truncate(wanted);
    free.sort_unstable();
    entry.spans = free.into_iter().map(|who| Span { first: who, last: who }).collect();
    Ok(())
}

fn take_rest(world: &World, entry: &mut Entry, others: &Slots<'_>) -> Result<(), String> {
    if entry.target != Some(Target::Rest) {
        return Ok(());
    }
    let named = others.everybody();
    let free = |node: &NodeId| !named.contains(&Address::Node(*node));
    let rest: Vec<NodeId> = (0..world.nodes()).map(NodeId).filter(free).collect();
    let runs = rest.chunk_by(|a, b| a.0 + 1 == b.0);
    entry.spans = runs.map(|run| span(run[0], run[run.len() - 1])).collect();
    match entry.spans.is_empty() {
        true => Err("nobody is left: the fault names all nodes".to_string()),
        false => Ok(()),
    }
}

/// What cannot stand where it does.
fn misplaced(slot: &Slot) -> Wrong {
    let wrong = |entry: &Entry| {
        let count = parties(&entry.spans).len();
        let message = match &entry.target {
            Some(Target::MostHints) if !slot.single => {
                "who that is shows when the fault takes hold: only `node` can name it".to_string()
            }
            Some(Target::MostHints) if slot.at.steps().contains(&name("bridge")) => {
                "who that is shows when the fault takes hold; a bridge stands before".to_string()
            }
            Some(_) if slot.single && count > 1 => {
                format!("this names {count} nodes; one has room here")
            }
            Some(_) | None => return None,
        };
        Some((entry.at.clone(), message))
    };
    slot.entries.iter().filter_map(wrong).collect()
}

impl Entry {
    fn is_drawn(&self) -> bool {
        matches!(self.target, Some(Target::Some { .. }))
    }

    /// What it has come to, if that is not plain to see.
    fn chosen(&self) -> Option<Chosen> {
        self.target.as_ref().filter(|target| **target != Target::MostHints)?;
        let text = self.written.as_str()?.to_string();
        let means: Vec<String> = self.spans.iter().map(ToString::to_string).collect();
        Some(Chosen { path: self.at.clone(), text, means: means.join(",") })
    }

    fn values(&self) -> Vec<Value> {
        match &self.target {
            None | Some(Target::MostHints) => vec![self.written.clone()],
            Some(Target::All(_) | Target::Some { .. } | Target::Rest) => {
                self.spans.iter().map(|span| Value::String(span.to_string())).collect()
            }
        }
    }
}

impl Slot {
    fn written(&self) -> Value {
        let mut values = self.entries.iter().flat_map(Entry::values);
        match self.single {
            true => values.next().unwrap_or(Value::Null),
            false => Value::Array(values.collect()),
        }
    }
}

/// All places of a fault where parties are named.
fn slots(fault: &Value) -> Vec<Slot> {
    let mut slots = Vec::new();
    find(fault, &Path::root(), &mut slots);
    slots
}

fn find(value: &Value, path: &Path, slots: &mut Vec<Slot>) {
    let Value::Object(members) = value else { return };
    for (name, value) in members {
        let at = path.name(name);
        match value {
            Value::String(_) if name == "node" => {
                let entries = vec![entry(value, at.clone())];
                slots.push(Slot { at, single: true, entries });
            }
            Value::Array(list) if LISTS.contains(&name.as_str()) => find_lists(list, &at, slots),
            _ => find(value, &at, slots),
        }
    }
}

/// A list of parties, or of such lists.
fn find_lists(list: &[Value], path: &Path, slots: &mut Vec<Slot>) {
    let places = || list.iter().enumerate().map(|(i, value)| (value, path.index(i)));
    if list.iter().any(Value::is_array) {
        for (value, at) in places() {
            if let Some(list) = value.as_array() {
                find_lists(list, &at, slots);
            }
        }
        return;
    }
    let entries = places().map(|(value, at)| entry(value, at)).collect();
    slots.push(Slot { at: path.clone(), single: false, entries });
}

fn entry(value: &Value, at: Path) -> Entry {
    Entry { at, written: value.clone(), target: None, spans: Vec::new() }
}

fn below<'v>(json: &'v mut Value, path: &Path) -> Option<&'v mut Value> {
    path.steps().iter().try_fold(json, |value, step| match step {
        Step::Name(name) => value.get_mut(name),
        Step::Index(index) => value.get_mut(index),
    })
}
