//! A hunt under way: what it tries next, and what it has found.
//!
//! Worlds are tried in batches of a fixed size and taken in their order, so that nothing depends
//! on how many are tried at a time, or on which of them is done first.

use std::collections::{BTreeMap, BTreeSet};

use crate::hunt::coverage::{Cell, Matrix};
use crate::hunt::fingerprint::Fingerprint;
use crate::hunt::swarm::lot::Lot;
use crate::hunt::trial::Trial;

/// Worlds of one batch.
pub const BATCH: usize = 32;
/// Worlds that are remembered, to draw the best of them again.
const REMEMBERED: usize = 256;
/// Confidence of the bound that is told where nothing was found.
const DOUBT: f64 = 0.05;

/// A hunt under way.
pub struct Campaign {
    next: u64,
    /// Are worlds drawn again that reached what is rarely reached?
    guidance: Guidance,
    matrix: Matrix,
    remembered: Vec<Remembered>,
    groups: BTreeMap<Fingerprint, Group>,
    tally: Tally,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Guidance {
    Rows,
    Again,
    /// share: every so-manieth place is picked; of so many; mean or sum
    Ahead {
        every: usize,
        of: usize,
        mean: bool,
    },
}

/// How much was tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    pub worlds: u64,
    /// Of those, the ones that come straight from a seed, one after another.
    pub fresh: u64,
    /// Of the fresh ones, those without a finding.
    pub clean: u64,
    pub events: u64,
}

/// All findings with one fingerprint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// In how many worlds it was found.
    pub worlds: u64,
    /// After how many worlds it was found first.
    pub after: u64,
    /// The world that shows it in the fewest events, of several the first.
    pub best: Found,
}

/// A world with a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    pub lot: Lot,
    pub events: u64,
    pub digest: u64,
    pub story: String,
}

struct Remembered {
    lot: Lot,
    cells: BTreeSet<Cell>,
    redraws: u32,
}

impl Campaign {
    /// A hunt that begins with this seed.
    pub fn new(start: u64, guidance: Guidance) -> Campaign {
        Campaign {
            next: start,
            guidance,
            matrix: Matrix::default(),
            remembered: Vec::new(),
            groups: BTreeMap::new(),
            tally: Tally::default(),
        }
    }

    /// What to try next.
    pub fn batch(&mut self, prospect: &dyn Fn(Lot) -> BTreeSet<Cell>) -> Vec<Lot> {
        let mut expected = self.matrix.clone();
        let mut all = Vec::new();
        for place in 0..BATCH {
            let lot = match self.guidance {
                Guidance::Rows => self.fresh(),
                Guidance::Again if place % 2 == 1 => self.redrawn().unwrap_or_else(|| self.fresh()),
                Guidance::Again => self.fresh(),
                Guidance::Ahead { every, of, mean } if place % every == every - 1 => {
                    let looked: Vec<(Lot, BTreeSet<Cell>)> =
                        (0..of).map(|_| self.fresh()).map(|lot| (lot, prospect(lot))).collect();
                    let rarity = |cells: &BTreeSet<Cell>| {
                        let sum = cells.iter().map(|cell| 1_000_000 / (1 + expected.worlds(*cell)));
                        let sum = sum.sum::<u64>();
                        if mean { sum / (cells.len() as u64).max(1) } else { sum }
                    };
                    let best = (0..of).rev().max_by_key(|at| rarity(&looked[*at].1)).unwrap();
                    expected.add(&looked[best].1);
                    looked[best].0
                }
                Guidance::Ahead { .. } => self.fresh(),
            };
            all.push(lot);
        }
        all
    }

    fn fresh(&mut self) -> Lot {
        self.next = self.next.wrapping_add(1);
        Lot::first(self.next.wrapping_sub(1))
    }

    fn redrawn(&mut self) -> Option<Lot> {
        let matrix = &self.matrix;
        let rarity = |one: &Remembered| {
            let worlds = one.cells.iter().map(|cell| matrix.worlds(*cell));
            // Whole numbers, so that sums are the same in any order.
            worlds.map(|worlds| 1_000_000 / worlds.max(1)).sum::<u64>()
        };
        let score = |one: &Remembered| rarity(one) / (1 + u64::from(one.redraws));
        let best = (0..self.remembered.len()).rev();
        let best = best.max_by_key(|place| score(&self.remembered[*place]))?;
        let best = &mut self.remembered[best];
        best.redraws += 1;
        Some(Lot { seed: best.lot.seed, redraw: best.redraws })
    }

    /// What came of a world.
    pub fn take(&mut self, lot: Lot, trial: &Trial, cells: BTreeSet<Cell>) {
        let sightings = trial.sightings();
        self.tally.worlds += 1;
        self.tally.events += trial.events;
        if lot.redraw == 0 {
            self.tally.fresh += 1;
            self.tally.clean += u64::from(sightings.is_empty());
        }
        for sighting in sightings {
            let found =
                Found { lot, events: trial.events, digest: trial.digest, story: sighting.story };
            let after = self.tally.worlds;
            let fresh = || Group { worlds: 0, after, best: found.clone() };
            let group = self.groups.entry(sighting.fingerprint).or_insert_with(fresh);
            group.worlds += 1;
            if found.events < group.best.events {
                group.best = found;
            }
        }
        self.matrix.add(&cells);
        if self.guidance == Guidance::Again && lot.redraw == 0 {
            self.remember(lot, cells);
        }
    }

    fn remember(&mut self, lot: Lot, cells: BTreeSet<Cell>) {
        if self.remembered.len() == REMEMBERED {
            self.remembered.remove(0);
        }
        self.remembered.push(Remembered { lot, cells, redraws: 0 });
    }

    /// What was found, by fingerprint.
    pub fn groups(&self) -> &BTreeMap<Fingerprint, Group> {
        &self.groups
    }

    /// What was reached.
    pub fn matrix(&self) -> &Matrix {
        &self.matrix
    }

    /// How much was tried.
    pub fn tally(&self) -> Tally {
        self.tally
    }
}

/// After so many worlds of which none had a finding: the largest share of worlds with one that is
/// not refuted at 95 %. Exact, for worlds drawn independently: `1 - 0.05^(1/n)`.
pub fn bound(clean: u64) -> f64 {
    match clean {
        0 => 1.0,
        clean => 1.0 - libm::pow(DOUBT, 1.0 / clean as f64),
    }
}

/// How many more such worlds it takes until that bound is as low as this share.
pub fn enough(share: f64) -> u64 {
    libm::ceil(libm::log(DOUBT) / libm::log1p(-share)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_exact() {
        // One clean world leaves all but a twentieth; 59 refute a twentieth, 299 a hundredth.
        assert!((bound(1) - 0.95).abs() < 1e-12);
        assert!(bound(58) > 0.05 && bound(59) < 0.05);
        assert_eq!((enough(0.05), enough(0.01), bound(0)), (59, 299, 1.0));
        assert!((libm::pow(1.0 - bound(200), 200.0) - 0.05).abs() < 1e-12);
    }

    #[test]
    fn findings_are_grouped_and_the_fastest_is_kept() {
        let mut campaign = Campaign::new(5, Guidance::Rows);
        let lots = campaign.batch(&|_| BTreeSet::new());
        assert_eq!((lots[0], lots[31]), (Lot::first(5), Lot::first(36)));
        let panicked = |events, story: &str| Trial { events, ..Trial::panicked(story) };
        campaign.take(lots[0], &panicked(9, "k1 went wrong"), BTreeSet::new());
        campaign.take(lots[1], &panicked(3, "k2 went wrong"), BTreeSet::new());
        campaign.take(lots[2], &panicked(7, "k3 got lost"), BTreeSet::new());
        let groups: Vec<_> = campaign.groups().values().collect();
        assert_eq!(groups.iter().map(|it| it.worlds).collect::<Vec<_>>(), [1, 2]);
        assert_eq!((groups[1].best.lot, groups[1].after), (Lot::first(6), 1));
        assert_eq!(campaign.tally(), Tally { worlds: 3, fresh: 3, clean: 0, events: 19 });
    }

    #[test]
    fn a_guided_hunt_goes_back_to_what_is_rare() {
        let mut campaign = Campaign::new(0, Guidance::Again);
        let lots = campaign.batch(&|_| BTreeSet::new());
        let nothing = Trial { verdicts: Vec::new(), digest: 0, events: 1 };
        for lot in &lots {
            let rare = lot.seed == 7;
            let cells = if rare { BTreeSet::from([1, 2]) } else { BTreeSet::from([1]) };
            campaign.take(*lot, &nothing, cells);
        }
        let next = campaign.batch(&|_| BTreeSet::new());
        assert_eq!((next[0], next[1]), (Lot::first(32), Lot { seed: 7, redraw: 1 }));
    }
}
