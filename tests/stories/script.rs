//! The language of stories.
//!
//! - `cluster nodes=5 keys=2 w=1 ...` starts a world: `n0` at 10, `n1` at 20 ..., `k0` at 5, `k1`
//!   at 15 ...; other words set a field of the configuration, as in `timeouts.replica="50ms"`
//! - `get n0 k0 as r`: a client's get reaches n0; what it brings is kept as `r`
//! - `put n0 k0 a`, `put n0 k0 b after r`: a client's put reaches n0, blind or with a context
//! - `again n1`: the last request reaches n1 too
//! - `deliver`, `deliver n0->n2`, `deliver n0`, `deliver all`: messages in flight arrive: all,
//!   those on a link, those from or to a node; or all and whatever follows from them
//! - `double n0->n2`: a second copy of what is in flight on a link
//! - `drop n0->n2`, `drop n2`: messages in flight are lost
//! - `disks wait`, `disks work`: whether jobs wait; `finish`, `finish n0`: those that do are done
//! - `advance 100ms`: time passes
//! - `beat n0 handoff`: periodic work is due: `handoff`, `anti_entropy`, `gossip`, `flush`
//! - `crash n2`, `crash n2 unflushed`, `crash n2 wiped`, `boot n2`: a node stops and starts
//! - `belief n2: n0 n1@2 -n3@2`: a node that is down comes to believe in this membership
//! - `show n1`, `flight`, `members n1`: what a node holds; what is in flight; whom it knows
//! - `hide sent`, `hide facts`, `say sent`, `say facts`: what is told

use dynamo_sim::dynamo::config::Cluster;
use dynamo_sim::dynamo::message::{Action, Put, Request};
use dynamo_sim::dynamo::ring::history::Status;
use dynamo_sim::dynamo::ring::position::Position;
use dynamo_sim::dynamo::storage::disk::Loss;
use dynamo_sim::dynamo::timer::Timer;
use dynamo_sim::dynamo::versioning::version::{Content, Value};
use dynamo_sim::ghost::Ghost;
use dynamo_sim::id::{AttemptId, ClientId, Key, NodeId, OperationId};
use dynamo_sim::time::Duration;

use crate::print::{spell_message, spell_set};
use crate::world::{Flight, Reading, World, history};

/// Small trees, and one seed so that every number of nodes has it.
const STORY_DEFAULTS: &str = "anti_entropy.depth=3 gossip.seeds=1";

/// Tells a story anew: its commands, each block with what happens.
pub fn tell(story: &str) -> String {
    let mut world = None;
    let mut last = None;
    let mut told = String::new();
    let mut output = false;
    let mut lines: Vec<String> = Vec::new();
    for line in story.lines().chain([""]) {
        match line.trim() {
            "---" => {
                output = true;
                told.push_str("---\n");
                lines.iter().for_each(|line| told.push_str(&format!("{line}\n")));
                lines.clear();
            }
            "" => {
                // A block that was written without its output gets it.
                if !output && !lines.is_empty() {
                    told.push_str("---\n");
                    lines.drain(..).for_each(|line| told.push_str(&format!("{line}\n")));
                }
                output = false;
                told.push('\n');
            }
            _ if output => {}
            command => {
                told.push_str(&format!("{line}\n"));
                let words = command.split('#').next().unwrap_or_default().trim();
                if !words.is_empty() {
                    act(&mut world, &mut last, words);
                    let world: &mut World = world.as_mut().expect("a story begins with a cluster");
                    lines.append(&mut world.lines);
                }
            }
        }
    }
    format!("{}\n", told.trim_end())
}

fn act(world: &mut Option<World>, last: &mut Option<Request>, command: &str) {
    let words: Vec<&str> = command.split_whitespace().collect();
    if words[0] == "cluster" {
        *world = Some(cluster(&words[1..]));
        return;
    }
    let world = world.as_mut().expect("a story begins with a cluster");
    match words[0] {
        "get" | "put" => {
            let request = request(world, &words);
            *last = Some(request.clone());
            world.request(node(words[1]), request);
        }
        "again" => world.request(node(words[1]), last.clone().expect("there was a request")),
        "deliver" | "double" | "drop" | "flight" => travel(world, &words),
        "disks" => world.disks_wait = words[1] == "wait",
        "finish" => world.finish(|disk| words.get(1).is_none_or(|name| node(name) == disk)),
        "advance" => world.advance(Duration::parse(words[1]).expect("a duration")),
        "beat" => world.beat(node(words[1]), periodic(words[2])),
        "crash" => crash(world, node(words[1]), words.get(2).copied()),
        "boot" => world.boot(node(words[1])),
        "belief" => believe(world, &words),
        "show" => show(world, node(words[1])),
        "members" => members(world, node(words[1])),
        "hide" | "say" => tune(world, words[1], words[0] == "say"),
        other => panic!("`{other}` is no command"),
    }
}

fn cluster(words: &[&str]) -> World {
    let mut config = serde_json::to_value(Cluster::default()).expect("plain data");
    let mut keys = 3;
    for word in STORY_DEFAULTS.split(' ').chain(words.iter().copied()) {
        let (path, value) = word.split_once('=').expect("`field=value`");
        if path == "keys" {
            keys = value.parse().expect("a number of keys");
            continue;
        }
        let value = serde_json::from_str(value).expect("a value as scenario files spell it");
        let pointer = format!("/{}", path.replace('.', "/"));
        let (above, field) = pointer.rsplit_once('/').expect("it begins with one");
        let above = config.pointer_mut(above).and_then(|above| above.as_object_mut());
        above.expect("a part of the configuration").insert(field.to_string(), value);
    }
    let config = serde_json::from_value(config).expect("a valid configuration");
    World::new(config, (0..keys).map(|key| Position::from(key as u32) * 10 + 5).collect())
}

fn node(name: &str) -> NodeId {
    NodeId::parse(name).expect("a node")
}

fn request(world: &mut World, words: &[&str]) -> Request {
    let key = Key(words[2].strip_prefix('k').and_then(|key| key.parse().ok()).expect("a key"));
    let number = world.operations.len() as u32;
    let operation = OperationId { client: ClientId(0), number };
    let attempt = AttemptId { operation, attempt: 0 };
    let (name, action) = match words[0] {
        "get" => (words.get(4).unwrap_or(&"get"), Action::Get),
        _ => (
            &words[3],
            Action::Put(std::rc::Rc::new(put(world, key, words[3], words.get(5).copied()))),
        ),
    };
    world.operations.push(name.to_string());
    Request { attempt, key, action, forwarded_by: None }
}

fn put(world: &mut World, key: Key, name: &str, reading: Option<&str>) -> Put {
    let event = world.numbering.next(key);
    world.names.0.insert(event, name.to_string());
    let Reading { set: context, fastest } =
        reading.map_or_else(Reading::default, |reading| world.readings[reading].clone());
    let seen = context.iter().flat_map(|set| set.versions()).map(|version| &version.ghost);
    let ghost = Ghost::new(event, seen);
    let value = Value { bytes: 1, content: Content::Blob };
    Put { context, fastest, value, identity: None, client_driven: false, ghost }
}

fn travel(world: &mut World, words: &[&str]) {
    let link = words.get(1).copied().unwrap_or_default();
    let chosen = |flight: &Flight| match link.split_once("->") {
        Some((from, to)) => flight.from == node(from) && flight.to == node(to),
        None => link.is_empty() || [flight.from, flight.to].contains(&node(link)),
    };
    match words[0] {
        "deliver" if link == "all" => {
            while !world.flights.is_empty() {
                world.deliver(|_| true);
            }
        }
        "deliver" => world.deliver(chosen),
        "double" => {
            let copies: Vec<Flight> = world.flights.iter().filter(|f| chosen(f)).cloned().collect();
            world.flights.extend(copies);
        }
        "drop" => world.flights.retain(|flight| !chosen(flight)),
        _ => {
            let spell = |f: &Flight| {
                format!("{} -> {} {}", f.from, f.to, spell_message(&world.names, &f.message))
            };
            let lines: Vec<String> = world.flights.iter().map(spell).collect();
            world.lines.extend(lines);
        }
    }
}

fn periodic(name: &str) -> Timer {
    match name {
        "handoff" => Timer::HandoffScan,
        "anti_entropy" => Timer::AntiEntropy,
        "gossip" => Timer::Gossip,
        "flush" => Timer::Flush,
        other => panic!("`{other}` is no periodic work"),
    }
}

fn crash(world: &mut World, node: NodeId, how: Option<&str>) {
    world.crash(node, |disk| match how {
        None => Loss::default(),
        Some("unflushed") => disk.lose_unflushed(),
        Some("wiped") => disk.wipe(),
        Some(other) => panic!("`{other}` is no way to crash"),
    });
}

fn believe(world: &mut World, words: &[&str]) {
    let change = |word: &&str| {
        let (name, counter) = word.split_once('@').unwrap_or((word, "1"));
        let counter = counter.parse().expect("a counter");
        match name.strip_prefix('-') {
            Some(name) => (node(name), counter, Status::Removed),
            None => (node(name), counter, Status::Member),
        }
    };
    let changes: Vec<_> = words[2..].iter().map(change).collect();
    world.disk_mut(node(words[1].trim_end_matches(':'))).history = history(&changes);
}

fn show(world: &mut World, node: NodeId) {
    let disk = world.disk(node);
    let mut lines = Vec::new();
    for key in (0..world.key_count()).map(Key) {
        if let Some(set) = disk.store.get(key) {
            lines.push(format!("{node} holds {key} {}", spell_set(&world.names, set)));
        }
    }
    for (key, target, set) in disk.hints.iter() {
        let set = spell_set(&world.names, set);
        lines.push(format!("{node} holds for {target} {key} {set}"));
    }
    if lines.is_empty() {
        lines.push(format!("{node} holds nothing"));
    }
    world.lines.extend(lines);
}

fn members(world: &mut World, node: NodeId) {
    let members = world.disk(node).history.members().iter();
    let members: Vec<String> = members.map(ToString::to_string).collect();
    let knows = if members.is_empty() { "nobody".to_string() } else { members.join(" ") };
    world.lines.push(format!("{node} knows {knows}"));
}

fn tune(world: &mut World, what: &str, on: bool) {
    match what {
        "sent" => world.shows_sent = on,
        "facts" => world.shows_facts = on,
        other => panic!("`{other}` cannot be hidden"),
    }
}
