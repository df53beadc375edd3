//! How stories spell what happens.
//!
//! A version is named by the put that wrote it, with its dot: `a@(n0,1)`. A set is `{a@(n0,1)}`
//! with the clock of all that it knows where that is more than its versions: `[(n0,2)]`.

use std::collections::BTreeMap;

use dynamo_sim::dynamo::fact::{BufferFact, Cause, Fact};
use dynamo_sim::dynamo::message::{
    Action, AntiEntropy, Grouped, Handoff, Membership, Message, Outcome, Relay, RelayLeg, Replied,
    Request, Rumour, ToCoordinator, ToReplica,
};
use dynamo_sim::dynamo::storage::hint_store::Hint;
use dynamo_sim::dynamo::versioning::clock::Clock;
use dynamo_sim::dynamo::versioning::version::{Version, VersionSet};
use dynamo_sim::id::{EventId, NodeId};

/// What the story calls each put.
#[derive(Default)]
pub struct Names(pub BTreeMap<EventId, String>);

impl Names {
    fn of(&self, event: EventId) -> &str {
        &self.0[&event]
    }
}

/// Separates with spaces.
fn join<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(" ")
}

pub fn spell_set(names: &Names, set: &VersionSet) -> String {
    let version = |version: &Version| {
        let (actor, counter) = (version.dot.actor, version.dot.counter);
        let own = version.clock.as_ref().map_or_else(String::new, |clock| clock.to_string());
        format!("{}@({actor},{counter}){own}", names.of(version.ghost.event()))
    };
    let mut versions: Vec<String> = set.versions().iter().map(version).collect();
    versions.sort();
    let of_versions: Clock = set.versions().iter().map(|version| version.dot).collect();
    let has_own = set.versions().iter().any(|version| version.clock.is_some());
    match of_versions == *set.clock() || has_own {
        true => format!("{{{}}}", versions.join(" ")),
        false => format!("{{{}}}{}", versions.join(" "), set.clock()),
    }
}

pub fn spell_some(names: &Names, set: Option<&VersionSet>) -> String {
    set.map_or_else(|| "nothing".to_string(), |set| spell_set(names, set))
}

pub fn spell_message(names: &Names, message: &Message) -> String {
    match message {
        Message::Request(request) => spell_request(names, request),
        Message::Reply(_) => unreachable!("no node sends a node a reply"),
        Message::Replica(message) => spell_to_replica(names, message),
        Message::Coordinator(message) => spell_to_coordinator(names, message),
        Message::Handoff(Handoff::Deliver { key, set, .. }) => {
            format!("deliver {key} {}", spell_set(names, set))
        }
        Message::Handoff(Handoff::Delivered { key, .. }) => format!("delivered {key}"),
        Message::AntiEntropy(message) => spell_anti_entropy(names, message),
        Message::Membership(message) => spell_membership(message),
        Message::Moving(_) => message.kind().name().replace('_', " "),
        Message::Reaping(message) => format!("{message:?}"),
    }
}

fn spell_request(names: &Names, request: &Request) -> String {
    match &request.action {
        Action::Get => format!("get {}", request.key),
        Action::Put(put) => format!("put {} {}", request.key, names.of(put.ghost.event())),
    }
}

fn spell_to_replica(names: &Names, message: &ToReplica) -> String {
    let place = |home: &Option<NodeId>| home.map_or(String::new(), |home| format!(" for {home}"));
    match message {
        ToReplica::Fetch { key, .. } => format!("fetch {key}"),
        ToReplica::Write { key, put, stand_in_for, .. } => {
            format!("write {key} {}{}", names.of(put.ghost.event()), place(stand_in_for))
        }
        ToReplica::Store { key, set, stand_in_for, .. } => {
            format!("store {key} {}{}", spell_set(names, set), place(stand_in_for))
        }
        ToReplica::Repair { key, set, .. } => format!("repair {key} {}", spell_set(names, set)),
    }
}

fn spell_to_coordinator(names: &Names, message: &ToCoordinator) -> String {
    match message {
        ToCoordinator::Fetched { set, .. } => {
            format!("fetched {}", spell_some(names, set.as_deref()))
        }
        ToCoordinator::Written { set, .. } => format!("written {}", spell_set(names, set)),
        ToCoordinator::Stored { .. } => "stored".to_string(),
        ToCoordinator::Confirmed { .. } => "confirmed".to_string(),
        ToCoordinator::Declined { .. } => "declined".to_string(),
        ToCoordinator::For(passed) => {
            format!("for {}: {}", passed.home, spell_to_coordinator(names, &passed.answer))
        }
    }
}

fn spell_anti_entropy(names: &Names, message: &AntiEntropy) -> String {
    match message {
        AntiEntropy::Hashes { hashes, .. } if hashes.is_empty() => "all hashes equal".to_string(),
        AntiEntropy::Hashes { hashes, .. } => format!("hashes: {}", hashes.len()),
        AntiEntropy::Keys { leaves, entries, .. } => {
            let keys = join(entries.iter().map(|(key, _)| key));
            format!("keys under {} leaves: {keys}", leaves.len())
        }
        AntiEntropy::Sets { sets, wanted, .. } => {
            let set = |(key, set): &(_, std::rc::Rc<VersionSet>)| {
                let key: &dynamo_sim::id::Key = key;
                format!("{key} {}", spell_set(names, set))
            };
            let (sets, wanted) = (join(sets.iter().map(set)), join(wanted));
            let wish = if wanted.is_empty() { wanted } else { format!("; and yours of {wanted}?") };
            format!("sets: {sets}{wish}")
        }
    }
}

fn spell_membership(message: &Membership) -> String {
    match message {
        Membership::Digest { .. } => "digest of history".to_string(),
        Membership::Same { .. } => "same history".to_string(),
        Membership::History { history, answer, .. } => {
            let wish = if *answer { ", and yours?" } else { "" };
            format!("history: {}{wish}", join(history.members()))
        }
        Membership::Command(command) => format!("{command:?}"),
        Membership::Grouped(grouped) => spell_grouped(grouped),
        Membership::Rumour(rumour) => spell_rumour(rumour),
        Membership::Ping { .. } => "ping".to_string(),
        Membership::Pong { .. } => "pong".to_string(),
        Membership::Heartbeat { .. } => "heartbeat".to_string(),
        Membership::Relay(relay) => spell_relay(relay),
        Membership::Pull { .. } => "pull of membership".to_string(),
        Membership::Pulled { .. } => "membership".to_string(),
        Membership::NotHome { key, .. } => format!("no home of {key}"),
    }
}

fn spell_relay(relay: &Relay) -> String {
    let Relay { asker, target, .. } = relay;
    match relay.leg {
        RelayLeg::Wanted => format!("ping {target} for me"),
        RelayLeg::Ping => format!("ping for {asker}"),
        RelayLeg::Pong => format!("pong for {asker}"),
        RelayLeg::Reached => format!("{target} answers"),
    }
}

fn spell_rumour(rumour: &Rumour) -> String {
    match rumour {
        Rumour::Asked { .. } => "what is new".to_string(),
        Rumour::Told { history, .. } => format!("news: {}", join(history.members())),
        Rumour::Known { .. } => "no news".to_string(),
    }
}

fn spell_grouped(message: &Grouped) -> String {
    match message {
        Grouped::Digests { digests, .. } => format!("digests of {} groups", digests.len()),
        Grouped::Part { groups, answer, .. } => {
            let wish = if *answer { ", and yours?" } else { "" };
            format!("history of groups {}{wish}", join(groups))
        }
    }
}

pub fn spell_outcome(names: &Names, outcome: &Outcome) -> String {
    let from = |replied: &Replied| join(replied);
    match outcome {
        Outcome::Got { set, replied } => {
            let fastest = replied.first();
            let fastest = fastest.map_or_else(|| "nobody".to_string(), |node| node.to_string());
            let set = spell_some(names, set.as_deref());
            format!("got {set} from {}, fastest {fastest}", from(replied))
        }
        Outcome::Stored { set, replied } => {
            format!("stored {} at {}", spell_set(names, set), from(replied))
        }
        Outcome::Refused => "refused".to_string(),
        Outcome::TimedOut => "timed out".to_string(),
    }
}

fn spell_hint(names: &Names, hint: &Hint) -> String {
    format!("hint for {}: {} {}", hint.target, hint.key, spell_set(names, &hint.set))
}

/// What a fact says; nothing for one that says that nothing changed.
pub fn spell_fact(names: &Names, fact: &Fact) -> Option<String> {
    let told = match fact {
        Fact::Kept { change, .. } if !change.is_news() => return None,
        Fact::Kept { change, cause } => {
            let after = spell_some(names, change.after.as_deref());
            format!("keeps {} {after}, by {}", change.key, spell_cause(*cause))
        }
        Fact::Made { .. } | Fact::Merged(_) | Fact::Believes { .. } => return None,
        Fact::Recognised { attempt } => format!("recognises {attempt}"),
        Fact::Reaped { change } => format!("reaped {}", change.key),
        Fact::Lost { change } => format!("lost {}", change.key),
        Fact::Damaged { change } => format!("damaged {}", change.key),
        Fact::Committed { key, ghost, .. } => {
            format!("commits {key} {}", names.of(ghost.event()))
        }
        Fact::HintCreated { hint } => format!("has a {}", spell_hint(names, hint)),
        Fact::HintSuperseded { hint } => format!("supersedes the {}", spell_hint(names, hint)),
        Fact::HintDelivered { hint } => format!("drops the {}", spell_hint(names, hint)),
        Fact::HintLost { hint } => format!("lost the {}", spell_hint(names, hint)),
        Fact::HintDropped { hint } => format!("gives up the {}", spell_hint(names, hint)),
        Fact::HintRevived { hint } => format!("has back the {}", spell_hint(names, hint)),
        Fact::Buffer(BufferFact::Kept { objects }) => format!("has {objects} in memory only"),
        Fact::Buffer(BufferFact::Full) => "has no room in memory".to_string(),
        Fact::Buffer(BufferFact::Durable) => "writes durably".to_string(),
        Fact::Buffer(BufferFact::Read) => "reads from memory".to_string(),
        Fact::Buffer(BufferFact::WrittenBack { objects }) => {
            format!("writes back, and has {objects} in memory only")
        }
        Fact::Buffer(BufferFact::Lost { objects }) => format!("lost {objects} in memory"),
        Fact::Admission(fact) => format!("at the gate: {fact:?}"),
        Fact::Suspected { peer } => format!("believes {peer} down"),
        Fact::Cleared { peer } => format!("believes {peer} up again"),
        // What only judges read.
        Fact::StandIn(_) | Fact::Exchange(_) | Fact::Flush(_) => return None,
        Fact::Counted(_) | Fact::GivenUp(_) => return None,
        Fact::Forwarded { .. } | Fact::Mended(_) => return None,
        Fact::Compared { peer, hashes, differing, .. } => {
            format!("compares {hashes} hashes of {peer}: {differing} differ")
        }
        Fact::Announced { history } => format!("announces {}", join(history.members())),
        Fact::Released { change } => format!("lets {} go", change.key),
        Fact::Passed => "passes the request on".to_string(),
        Fact::Declined => "declines".to_string(),
        Fact::Replanted { ranges, keys } => format!("cuts {ranges} trees anew, of {keys} keys"),
        Fact::Member(_) => return None,
        Fact::ReadRepaired { key, replicas } => format!("repairs {key} at {replicas} replicas"),
    };
    Some(told)
}

fn spell_cause(cause: Cause) -> &'static str {
    match cause {
        Cause::Put => "put",
        Cause::ReadRepair => "read repair",
        Cause::Handoff => "handoff",
        Cause::AntiEntropy => "anti-entropy",
        Cause::Transfer => "transfer",
    }
}
