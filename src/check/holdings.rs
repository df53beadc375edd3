//! What all disks hold at every moment, gathered from what nodes tell. Kept once for all judges.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::dynamo::fact::{Cause, Fact};
use crate::dynamo::storage::hint_store::Hint;
use crate::dynamo::storage::store::Change;
use crate::dynamo::versioning::version::VersionSet;
use crate::ghost::Past;
use crate::id::{EventId, Key, NodeId};
use crate::trace::layout::{Homes, Layout};
use crate::trace::record::Record;

/// What all nodes hold, whether they are up or not, as of the record just seen.
#[derive(Debug)]
pub struct Holdings {
    /// By key, the copies that nodes keep as homes.
    copies: Vec<BTreeMap<NodeId, Rc<VersionSet>>>,
    /// By key, the hints: the holder, for whom, and what.
    hints: Vec<BTreeMap<(NodeId, NodeId), Rc<VersionSet>>>,
    homes: Homes,
    /// The homes before the membership changed last.
    former: Homes,
    up: Vec<bool>,
    settling: bool,
    step: Option<Step>,
    /// A hint that is about to be replaced.
    superseded: Option<(NodeId, Hint)>,
    /// By key, the events of which a version was made, and those of which another was.
    made: Vec<Past>,
    made_again: BTreeMap<Key, Past>,
    /// By key, the events that a disk held and no longer does.
    lost: BTreeMap<Key, Past>,
}

/// A change of what a node keeps of a key.
#[derive(Clone, Debug)]
pub struct Step {
    pub node: NodeId,
    pub key: Key,
    /// For whom the copy is, if not the node's own.
    pub target: Option<NodeId>,
    pub before: Option<Rc<VersionSet>>,
    pub after: Option<Rc<VersionSet>>,
    pub why: Why,
    /// Whether something is known no longer: most judges ask, so it is found out once.
    forgets: OnceCell<bool>,
}

/// Why a node keeps something else than before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// A home stored something.
    Kept(Cause),
    /// A stand-in stored something.
    Hinted,
    /// A hint was delivered, and went.
    Delivered,
    /// A disk lost it, or went back to what it held before.
    Lost,
    /// A tombstone was dropped.
    Reaped,
    /// A disk changed it.
    Damaged,
    /// The range is another's.
    Released,
    /// A hint was dropped, since its time was over.
    Dropped,
}

impl Why {
    /// How a story says it.
    pub fn words(self) -> &'static str {
        match self {
            Why::Kept(Cause::Put) => "a put overwrote it",
            Why::Kept(Cause::ReadRepair) => "read repair overwrote it",
            Why::Kept(Cause::Handoff) => "a delivered hint overwrote it",
            Why::Kept(Cause::AntiEntropy) => "anti-entropy overwrote it",
            Why::Kept(Cause::Transfer) => "a transferred copy overwrote it",
            Why::Hinted => "a later hint took its place",
            Why::Delivered => "the hint was removed as delivered",
            Why::Lost => "the disk lost it",
            Why::Reaped => "it was dropped as a tombstone",
            Why::Damaged => "the disk changed it",
            Why::Released => "the range was given to another node",
            Why::Dropped => "the hint was dropped after its window",
        }
    }
}

impl Step {
    /// Is something known no longer?
    pub fn forgets(&self) -> bool {
        *self.forgets.get_or_init(|| match (&self.before, &self.after) {
            (None, _) => false,
            (Some(before), None) => !before.versions().is_empty(),
            (Some(before), Some(after)) => after.missing_of(before).next().is_some(),
        })
    }

    /// The events that are known no longer.
    pub fn forgotten(&self) -> Past {
        let known = |set: &Option<Rc<VersionSet>>| {
            set.as_ref().map_or_else(Past::default, |set| set.history().into_owned())
        };
        known(&self.before).without(&known(&self.after))
    }

    /// What is kept now, if that is not what was.
    pub fn news(&self) -> Option<&Rc<VersionSet>> {
        let was = self.before.as_ref().map(|set| set.digest());
        self.after.as_ref().filter(|set| Some(set.digest()) != was)
    }

    /// Where it is, as a story says it.
    pub fn place(&self) -> String {
        match self.target {
            None => format!("{}", self.node),
            Some(target) => format!("{}, a hint for {target}", self.node),
        }
    }
}

impl Holdings {
    /// Before anything was written.
    pub fn new(layout: &Layout) -> Holdings {
        Holdings {
            copies: vec![BTreeMap::new(); layout.keys as usize],
            hints: vec![BTreeMap::new(); layout.keys as usize],
            homes: layout.homes.clone(),
            former: layout.homes.clone(),
            up: vec![true; layout.machines as usize],
            settling: false,
            step: None,
            superseded: None,
            made: vec![Past::default(); layout.keys as usize],
            made_again: BTreeMap::new(),
            lost: BTreeMap::new(),
        }
    }

    /// What the record just seen changed, if it is about something that is kept.
    pub fn step(&self) -> Option<&Step> {
        self.step.as_ref()
    }

    /// Was more than one version made of this write, since it was tried again or had two makers?
    /// Then no clock tells that they are one.
    pub fn is_made_again(&self, event: EventId) -> bool {
        self.made_again.get(&event.key).is_some_and(|past| past.contains(event.number))
    }

    /// Did a disk lose a copy of this write?
    pub fn is_lost_to_disk(&self, event: EventId) -> bool {
        self.lost.get(&event.key).is_some_and(|past| past.contains(event.number))
    }

    /// Did a disk lose any copy of this key?
    pub fn has_disk_lost(&self, key: Key) -> bool {
        self.lost.contains_key(&key)
    }

    /// All copies and hints of a key: who keeps each, for whom, and what.
    pub fn all(&self, key: Key) -> impl Iterator<Item = (NodeId, Option<NodeId>, &Rc<VersionSet>)> {
        let copies = self.copies(key).iter().map(|(node, set)| (*node, None, set));
        let hints = self.hints(key).iter();
        copies.chain(hints.map(|((node, target), set)| (*node, Some(*target), set)))
    }

    /// Of these events, those that the step just seen took from the last who knew of them.
    pub fn vanished(&self, among: &Past) -> Past {
        let Some(step) = self.step.as_ref().filter(|step| step.forgets()) else {
            return Past::default();
        };
        let mut gone = step.forgotten().common_with(among);
        for (_, _, set) in self.all(step.key) {
            if gone.is_empty() {
                break;
            }
            gone = gone.without(&set.history());
        }
        gone
    }

    /// The copies of a key, by the node that keeps each as a home.
    pub fn copies(&self, key: Key) -> &BTreeMap<NodeId, Rc<VersionSet>> {
        &self.copies[key.index()]
    }

    /// The hints of a key, by who keeps each and for whom.
    pub fn hints(&self, key: Key) -> &BTreeMap<(NodeId, NodeId), Rc<VersionSet>> {
        &self.hints[key.index()]
    }

    /// The homes of a key, by the membership as the administrator has it.
    pub fn homes(&self, key: Key) -> &[NodeId] {
        self.homes.of(key)
    }

    /// The homes of a key before the membership changed last.
    pub fn former_homes(&self, key: Key) -> &[NodeId] {
        self.former.of(key)
    }

    /// What a node knows of a key by the copy that it keeps as a home.
    pub fn knows(&self, node: NodeId, key: Key) -> Past {
        self.copies(key).get(&node).map(|set| set.history().into_owned()).unwrap_or_default()
    }

    /// How many keys there are.
    pub fn keys(&self) -> u32 {
        self.copies.len() as u32
    }

    /// Is this node up?
    pub fn is_up(&self, node: NodeId) -> bool {
        self.up[node.index()]
    }

    /// Is the scenario's `duration` over?
    pub fn is_settling(&self) -> bool {
        self.settling
    }

    /// Nodes that hold or cover an event of a client, as homes or by a hint; one that does both is
    /// there twice.
    pub fn holders(&self, event: EventId) -> impl Iterator<Item = NodeId> {
        let all = self.all(event.key);
        all.filter(move |(_, _, set)| set.knows(event.number)).map(|(node, _, _)| node)
    }

    /// Something happened.
    pub fn see(&mut self, record: &Record<'_>) {
        self.step = None;
        if !matches!(record, Record::Node { fact: Fact::HintCreated { .. }, .. }) {
            self.superseded = None;
        }
        if let Some(Fact::Made { making, .. }) = record.of_store() {
            self.on_made(making.ghost.event());
        }
        match record {
            Record::Node { node, fact } => self.on_fact(*node, fact),
            Record::Down { node, .. } => self.up[node.index()] = false,
            Record::Up { node } => self.up[node.index()] = true,
            Record::Rehomed { homes, .. } => {
                self.former = std::mem::replace(&mut self.homes, (*homes).clone());
            }
            Record::Settling => self.settling = true,
            Record::Sent { .. } | Record::Copied { .. } | Record::Delivered { .. } => {}
            Record::Dropped { .. } | Record::Client { .. } => {}
            Record::FaultBegan { .. } | Record::FaultEnded { .. } => {}
        }
    }

    fn on_fact(&mut self, node: NodeId, fact: &Fact) {
        match fact {
            Fact::Kept { change, cause } => self.set(node, change, Why::Kept(*cause)),
            Fact::Lost { change } => self.set(node, change, Why::Lost),
            Fact::Reaped { change } => self.set(node, change, Why::Reaped),
            Fact::Damaged { change } => self.set(node, change, Why::Damaged),
            Fact::Released { change } => self.set(node, change, Why::Released),
            Fact::HintCreated { hint } => self.add_hint(node, hint, Why::Hinted),
            Fact::HintRevived { hint } => self.add_hint(node, hint, Why::Lost),
            Fact::HintDelivered { hint } => self.drop_hint(node, hint, Why::Delivered),
            Fact::HintLost { hint } => self.drop_hint(node, hint, Why::Lost),
            Fact::HintDropped { hint } => self.drop_hint(node, hint, Why::Dropped),
            // A later hint that stands in its place is told of next.
            Fact::HintSuperseded { hint } => {
                self.hints[hint.key.index()].remove(&(node, hint.target));
                self.superseded = Some((node, hint.clone()));
            }
            _other => {}
        }
    }

    fn on_made(&mut self, event: EventId) {
        let made = &mut self.made[event.key.index()];
        if made.contains(event.number) {
            self.made_again.entry(event.key).or_default().insert(event.number);
        }
        made.insert(event.number);
    }

    fn set(&mut self, node: NodeId, change: &Change, why: Why) {
        let copies = &mut self.copies[change.key.index()];
        match &change.after {
            Some(set) => copies.insert(node, Rc::clone(set)),
            None => copies.remove(&node),
        };
        let Change { key, before, after } = change.clone();
        self.take(Step { node, key, target: None, before, after, why, forgets: OnceCell::new() });
    }

    fn add_hint(&mut self, node: NodeId, hint: &Hint, why: Why) {
        let Hint { target, key, set } = hint.clone();
        self.hints[key.index()].insert((node, target), Rc::clone(&set));
        let same =
            |(by, hint): &(NodeId, Hint)| (*by, hint.key, hint.target) == (node, key, target);
        let before = self.superseded.take().filter(same).map(|(_, hint)| hint.set);
        let (target, after, forgets) = (Some(target), Some(set), OnceCell::new());
        self.take(Step { node, key, target, before, after, why, forgets });
    }

    fn drop_hint(&mut self, node: NodeId, hint: &Hint, why: Why) {
        self.hints[hint.key.index()].remove(&(node, hint.target));
        let (before, target) = (Some(Rc::clone(&hint.set)), Some(hint.target));
        let (key, forgets) = (hint.key, OnceCell::new());
        self.take(Step { node, key, target, before, after: None, why, forgets });
    }

    fn take(&mut self, step: Step) {
        if matches!(step.why, Why::Lost | Why::Dropped) && step.forgets() {
            self.lost.entry(step.key).or_default().join(&step.forgotten());
        }
        self.step = Some(step);
    }
}
