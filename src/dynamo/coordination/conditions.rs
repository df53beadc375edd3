//! Conditions on a quorum beside its number, as Dynamo's descendants have them.

use smallvec::SmallVec;

use crate::dynamo::config::Cluster;
use crate::dynamo::config::plant::Plant;
use crate::dynamo::coordination::Scene;
use crate::dynamo::coordination::participants::{Participants, State};
use crate::dynamo::message::{Action, Request};

/// What is asked of those who answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Needed {
    /// So many of them are homes.
    homes: u32,
    /// They stand at so many sites.
    sites: u32,
}

/// Nothing.
const NOTHING: Needed = Needed { homes: 0, sites: 0 };

impl Needed {
    /// For a get.
    pub fn of_get(config: &Cluster) -> Needed {
        let asked = &config.conditions;
        let homes = if config.planted.is(Plant::PrOptionIgnored) { 0 } else { asked.pr };
        Needed { homes, sites: asked.read_sites }
    }

    /// For a put.
    pub fn of_put(config: &Cluster) -> Needed {
        let asked = &config.conditions;
        Needed { homes: asked.pw, sites: asked.write_sites }
    }
}

/// Are so many homes believed up that a request may be begun?
pub fn can_be_met(scene: Scene<'_>, request: &Request) -> bool {
    let needed = match request.action {
        Action::Get => Needed::of_get(scene.config),
        Action::Put(_) => Needed::of_put(scene.config),
    };
    let homes = || scene.ring.homes(scene.ring.range_of(request.key)).iter();
    let up = || homes().filter(|home| scene.view.believes_up(**home)).count();
    needed.homes == 0 || up() >= needed.homes as usize
}

/// Have those answered who are asked for?
pub fn are_met(scene: Scene<'_>, needed: Needed, participants: &Participants) -> bool {
    // Believed up is not answered.
    if needed == NOTHING || scene.config.planted.is(Plant::PwCheckedBeforeOnly) {
        return true;
    }
    let answered = || participants.iter().filter(|p| p.state == State::Answered);
    let any_counts = scene.config.planted.is(Plant::PwCountsFallbacks);
    let homes = answered().filter(|p| any_counts || p.stand_in_for().is_none()).count();
    let mut sites: SmallVec<[u32; 4]> =
        answered().map(|p| scene.ring.site(p.node) as u32).collect();
    sites.sort_unstable();
    if !scene.config.planted.is(Plant::ZoneQuorumCountsTotal) {
        sites.dedup();
    }
    homes >= needed.homes as usize && sites.len() >= needed.sites as usize
}
