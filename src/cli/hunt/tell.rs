//! What a hunt tells: each finding with the command that replays it, or how much is proved where
//! there is none.

use crate::cli::arguments::{Hunt, Subject};
use crate::cli::hunt::found::Kept;
use crate::cli::hunt::world::Worlds;
use crate::cli::run::quoted;
use crate::hunt::campaign::{Campaign, Group, bound, enough};
use crate::hunt::coverage::CELLS;

/// All that there is to tell.
pub struct Told<'t> {
    pub arguments: &'t Hunt,
    pub worlds: &'t Worlds,
    pub campaign: &'t Campaign,
    pub kept: &'t [Kept],
}

impl Told<'_> {
    /// The result of the hunt.
    pub fn summary(&self) -> String {
        let tally = self.campaign.tally();
        let what = if self.worlds.is_swarm() { "worlds drawn inside" } else { "runs of" };
        let mut text = format!(
            "{} {what} {}, {} events; {} of {CELLS} cells of faults, phases and outcomes reached\n",
            tally.worlds,
            self.worlds.name(),
            tally.events,
            self.campaign.matrix().reached()
        );
        for ((finding, group), kept) in self.campaign.groups().iter().zip(self.kept) {
            text += &format!("\n{}\n", finding.words());
            text += &self.group(group, kept);
        }
        text + &self.proved()
    }

    fn group(&self, group: &Group, kept: &Kept) -> String {
        let Group { worlds, after, best } = group;
        let mut text = format!(
            "  in {worlds} worlds, first in the {after}. of them; fewest events: {} in world {}\n",
            best.events, best.seed
        );
        text += &format!("  {}\n  replay: {}\n", kept.bundle.story, self.replay(best.seed));
        if let Some(place) = &kept.place {
            text += &format!("  kept:   dynamo-sim replay {}\n", place.display());
        }
        text
    }

    /// How much is proved by what was clean.
    fn proved(&self) -> String {
        let tally = self.campaign.tally();
        if tally.fresh == 0 {
            return "\nnothing was tried, and nothing is proved\n".to_string();
        }
        if tally.clean < tally.fresh {
            let found = tally.fresh - tally.clean;
            return format!("\n{found} of {} seeds have a finding\n", tally.fresh);
        }
        let share = bound(tally.fresh);
        format!(
            "\nno finding in {} seeds: with 95 % confidence fewer than {:.3} % of such worlds have \
             one; {} clean seeds would make that {:.3} %\n",
            tally.fresh,
            share * 100.0,
            enough(share / 10.0),
            share * 10.0
        )
    }

    /// The command that has a world again.
    pub fn replay(&self, seed: u64) -> String {
        let Subject { scenario, overrides, plant, .. } = self.worlds.subject();
        let sets = overrides.iter().map(|set| format!(" --set {}", quoted(set)));
        let plant = plant.iter().map(|name| format!(" --plant {name}"));
        let more: String = sets.chain(plant).collect();
        let scenario = quoted(scenario);
        match self.worlds.is_swarm() {
            true => format!("dynamo-sim hunt {scenario}{more} --print {seed} | dynamo-sim run -"),
            false => format!("dynamo-sim run {scenario}{more} --seed {seed}"),
        }
    }
}
