//! Sections 4.5 and 4.6: which nodes take part in a request.

use smallvec::SmallVec;

use crate::dynamo::config::Quorum;
use crate::dynamo::config::plant::Plant;
use crate::dynamo::coordination::{Scene, Silent};
use crate::dynamo::fact::request::{Asked, Heard};
use crate::dynamo::ring::placement::RangeId;
use crate::id::NodeId;
use crate::time::{Duration, Time};

/// A node that takes part in a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Participant {
    pub node: NodeId,
    /// The home that it is, or in whose place it stands.
    pub home: NodeId,
    pub state: State,
}

/// How far a participant has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Nothing was sent to it yet.
    Unasked,
    /// It was asked then, and has not answered yet.
    Waiting { since: Time },
    /// It has, and counts.
    Answered,
    /// It took too long and was given up, but may still answer.
    Silent,
}

/// All participants of a request, in order of the preference list.
pub type Participants = SmallVec<[Participant; 4]>;

impl Participant {
    fn new(node: NodeId, home: NodeId) -> Participant {
        Participant { node, home, state: State::Unasked }
    }

    /// The absent home in whose place it stands, if it is none itself.
    pub fn stand_in_for(&self) -> Option<NodeId> {
        (self.home != self.node).then_some(self.home)
    }

    /// As those who watch are told.
    fn told(&self) -> Asked {
        let heard = match self.state {
            State::Answered => Heard::Answer,
            State::Silent => Heard::Silence,
            State::Unasked | State::Waiting { .. } => Heard::Nothing,
        };
        Asked { node: self.node, home: self.home, heard }
    }
}

/// May nodes outside the top N take part? Only where what they keep is handed over later.
fn stand_ins_allowed(scene: Scene<'_>) -> bool {
    scene.config.quorum == Quorum::Sloppy && scene.config.hinted_handoff.on().is_some()
}

/// The first N healthy nodes of the preference list (section 4.6), or the first N whatever their
/// health where the quorum is strict. Where too few are healthy, homes that are believed down are
/// asked all the same: a belief may be out of date, and nobody is refused on it alone.
pub fn choose(scene: Scene<'_>, range: RangeId) -> Participants {
    let homes = scene.ring.homes(range);
    if scene.config.planted.is(Plant::PreflistUsesLiveViewForHome) {
        let live = scene.ring.walk(range).filter(|node| scene.view.believes_up(*node));
        return live.take(homes.len()).map(|node| Participant::new(node, node)).collect();
    }
    let up = |node: NodeId| scene.view.believes_up(node);
    if !stand_ins_allowed(scene) || !scene.view.suspects_anybody() {
        return homes.iter().map(|&home| Participant::new(home, home)).collect();
    }
    let mut spare = scene.ring.walk(range).skip(homes.len()).filter(|node| up(*node));
    let stand_in = |&home: &NodeId| match (up(home), home) {
        (true, home) => Participant::new(home, home),
        (false, home) => match spare.next() {
            Some(node) => Participant::new(node, home),
            None => Participant::new(home, home),
        },
    };
    homes.iter().map(stand_in).collect()
}

/// The next healthy node of the preference list that does not take part yet.
pub fn next_stand_in(scene: Scene<'_>, range: RangeId, chosen: &Participants) -> Option<NodeId> {
    let planted = scene.config.planted;
    if !stand_ins_allowed(scene) || planted.is(Plant::FallbackNotTriedAfterTimeout) {
        return None;
    }
    if planted.is(Plant::HintSelf) {
        // Whoever cannot answer yet declines what it asks of itself, and must not do so for ever.
        let asked = chosen.iter().filter(|participant| participant.node == scene.view.me).count();
        return (asked <= scene.ring.homes(range).len()).then_some(scene.view.me);
    }
    let beyond = scene.ring.walk(range).skip(scene.ring.homes(range).len());
    let taken = |node: NodeId| chosen.iter().any(|participant| participant.node == node);
    beyond.filter(|node| scene.view.believes_up(*node)).find(|node| !taken(*node))
}

/// Everybody who takes part, as those who watch are told.
pub fn told(participants: &Participants) -> SmallVec<[Asked; 4]> {
    participants.iter().map(Participant::told).collect()
}

/// Marks the answer of a node; false if it does not take part or has answered before, so that
/// nobody is counted twice.
pub fn mark_answered(participants: &mut Participants, node: NodeId) -> bool {
    let fresh = |p: &&mut Participant| p.node == node && p.state != State::Answered;
    let found = participants.iter_mut().find(fresh);
    found.map(|participant| participant.state = State::Answered).is_some()
}

/// Marks that a node cannot answer; false if it was not waited for.
pub fn mark_declined(participants: &mut Participants, node: NodeId) -> bool {
    let waits = |p: &&mut Participant| p.node == node && matches!(p.state, State::Waiting { .. });
    let found = participants.iter_mut().find(waits);
    found.map(|participant| participant.state = State::Silent).is_some()
}

/// Marks everybody silent who was asked this long ago or longer and has not answered, this node
/// itself excepted.
pub fn give_up_waiting(
    participants: &mut Participants,
    me: NodeId,
    now: Time,
    patience: Duration,
) -> Silent {
    let overdue = |p: &&mut Participant| match p.state {
        State::Waiting { since } => p.node != me && since + patience <= now,
        State::Unasked | State::Answered | State::Silent => false,
    };
    let give_up = |p: &mut Participant| {
        p.state = State::Silent;
        p.node
    };
    participants.iter_mut().filter(overdue).map(give_up).collect()
}
