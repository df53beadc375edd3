//! A hunt under way: what it tries next, and what it has found.
//!
//! Worlds are tried in batches of a fixed size and taken in their order, so that nothing depends
//! on how many are tried at a time, or on which of them is done first.

use std::collections::{BTreeMap, BTreeSet};

use crate::hunt::coverage::{Cell, Matrix};
use crate::hunt::fingerprint::Fingerprint;
use crate::hunt::trial::Trial;

/// Worlds of one batch.
pub const BATCH: usize = 32;
/// Seeds of which a guided hunt takes the one that promises the rarest cells.
const LOOKED_AT: usize = 8;
/// Confidence of the bound that is told where nothing was found.
const DOUBT: f64 = 0.05;

/// A hunt under way.
pub struct Campaign {
    next: u64,
    /// Are seeds preferred that promise what is rarely reached?
    guided: bool,
    /// Seeds that were preferred: they say nothing about how common a finding is.
    preferred: BTreeSet<u64>,
    matrix: Matrix,
    groups: BTreeMap<Fingerprint, Group>,
    tally: Tally,
}

/// How much was tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    pub worlds: u64,
    /// Of those, the ones whose seeds come one after another and were not chosen.
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
    pub seed: u64,
    pub events: u64,
    pub digest: u64,
    pub story: String,
}

impl Campaign {
    /// A hunt that begins with this seed.
    pub fn new(start: u64, guided: bool) -> Campaign {
        Campaign {
            next: start,
            guided,
            preferred: BTreeSet::new(),
            matrix: Matrix::default(),
            groups: BTreeMap::new(),
            tally: Tally::default(),
        }
    }

    /// What to try next: seeds in a row. Of a guided hunt every other is the one of the next few
    /// whose world promises the rarest cells, as far as can be told before it runs.
    pub fn batch(&mut self, promise: &dyn Fn(u64) -> BTreeSet<Cell>) -> Vec<u64> {
        // What is chosen for this batch counts as reached, so that it is not chosen over again.
        let mut expected = self.matrix.clone();
        let mut seeds = Vec::new();
        for place in 0..BATCH {
            let seed = match self.guided && place % 2 == 1 {
                true => self.rarest(&mut expected, promise),
                false => self.fresh(),
            };
            seeds.push(seed);
        }
        seeds
    }

    fn fresh(&mut self) -> u64 {
        self.next = self.next.wrapping_add(1);
        self.next.wrapping_sub(1)
    }

    fn rarest(&mut self, expected: &mut Matrix, promise: &dyn Fn(u64) -> BTreeSet<Cell>) -> u64 {
        let some: Vec<(u64, BTreeSet<Cell>)> =
            (0..LOOKED_AT).map(|_| self.fresh()).map(|seed| (seed, promise(seed))).collect();
        let (mut best, mut most) = (0, 0);
        for (place, (_, cells)) in some.iter().enumerate() {
            let rarity = rarity(expected, cells);
            if rarity > most {
                (best, most) = (place, rarity);
            }
        }
        let (seed, cells) = &some[best];
        expected.add(cells);
        self.preferred.insert(*seed);
        *seed
    }

    /// What came of a world.
    pub fn take(&mut self, seed: u64, trial: &Trial, cells: BTreeSet<Cell>) {
        let sightings = trial.sightings();
        self.tally.worlds += 1;
        self.tally.events += trial.events;
        if !self.preferred.remove(&seed) {
            self.tally.fresh += 1;
            self.tally.clean += u64::from(sightings.is_empty());
        }
        for sighting in sightings {
            let found =
                Found { seed, events: trial.events, digest: trial.digest, story: sighting.story };
            let after = self.tally.worlds;
            let fresh = || Group { worlds: 0, after, best: found.clone() };
            let group = self.groups.entry(sighting.fingerprint).or_insert_with(fresh);
            group.worlds += 1;
            if found.events < group.best.events {
                group.best = found;
            }
        }
        self.matrix.add(&cells);
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

/// How rare the cells are on average, in millionths: one that no world has reached counts one, one
/// that a single world has reached a half. Whole numbers, so that sums are the same in any order.
fn rarity(matrix: &Matrix, cells: &BTreeSet<Cell>) -> u64 {
    let each = cells.iter().map(|cell| 1_000_000 / (1 + matrix.worlds(*cell)));
    each.sum::<u64>() / (cells.len() as u64).max(1)
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
        let mut campaign = Campaign::new(5, false);
        let seeds = campaign.batch(&|_| BTreeSet::new());
        assert_eq!((seeds[0], seeds[31]), (5, 36));
        let panicked = |events, story: &str| Trial { events, ..Trial::panicked(story) };
        campaign.take(seeds[0], &panicked(9, "k1 went wrong"), BTreeSet::new());
        campaign.take(seeds[1], &panicked(3, "k2 went wrong"), BTreeSet::new());
        campaign.take(seeds[2], &panicked(7, "k3 got lost"), BTreeSet::new());
        let groups: Vec<_> = campaign.groups().values().collect();
        assert_eq!(groups.iter().map(|it| it.worlds).collect::<Vec<_>>(), [1, 2]);
        assert_eq!((groups[1].best.seed, groups[1].after), (6, 1));
        assert_eq!(campaign.tally(), Tally { worlds: 3, fresh: 3, clean: 0, events: 19 });
    }

    #[test]
    fn a_guided_hunt_prefers_seeds_that_promise_what_is_rare() {
        let mut campaign = Campaign::new(0, true);
        let nothing = Trial { verdicts: Vec::new(), digest: 0, events: 1 };
        // Only every tenth world has the second cell.
        let promise = |seed: u64| match seed % 10 {
            0 => BTreeSet::from([1, 2]),
            _ => BTreeSet::from([1]),
        };
        let (mut tenths, mut worlds) = (0, 0);
        for _ in 0..4 {
            for (place, seed) in campaign.batch(&promise).into_iter().enumerate() {
                tenths += u64::from(place % 2 == 1 && seed % 10 == 0);
                worlds += u64::from(place % 2 == 1);
                campaign.take(seed, &nothing, promise(seed));
            }
        }
        // Of eight in a row there is such a one eight times of ten.
        assert!(tenths * 10 >= worlds * 5, "{tenths} of {worlds}");
        // What was chosen says nothing about how common a finding is.
        assert_eq!((campaign.tally().worlds, campaign.tally().fresh), (128, 64));
    }
}
