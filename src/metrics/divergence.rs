//! Divergence: keys whose homes do not hold equal version sets, now, at most, and after each heal.
//!
//! A home that holds nothing differs from one that holds something. Copies on the disk of a node
//! that is down count as they are. Hints are no copies of homes and do not count.

use std::rc::Rc;

use serde::Serialize;

use crate::dynamo::storage::store::Change;
use crate::dynamo::versioning::version::VersionSet;
use crate::id::{Key, NodeId};
use crate::time::Time;
use crate::trace::layout::{Homes, Layout};

/// Follows what all homes hold.
#[derive(Debug)]
pub struct Divergence {
    homes: Homes,
    /// What each home holds, by key and place of the home.
    held: Vec<Option<Rc<VersionSet>>>,
    /// By key: if it diverges, how many heals had been when it began to.
    diverged: Vec<Option<u32>>,
    now: u64,
    max: u64,
    /// Divergent keys, summed over nanoseconds until `since`.
    area: u128,
    since: Time,
    heals: Vec<Heal>,
}

/// The end of a fault, and the keys that diverged at that moment.
#[derive(Clone, Debug)]
struct Heal {
    at: Time,
    label: String,
    divergent_keys: u64,
    /// Those that have not been equal since.
    waiting: u64,
    converged_at: Option<Time>,
}

/// Section `divergence` of a report.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct DivergenceFigures {
    pub max: u64,
    pub mean: f64,
    pub r#final: u64,
    pub converged_after_s: Option<f64>,
    pub quiet_after_s: Option<f64>,
    pub heals: Vec<HealFigures>,
}

/// What followed the end of a fault.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct HealFigures {
    pub time_s: f64,
    pub faults: String,
    pub divergent_keys: u64,
    pub converged_after_s: Option<f64>,
}

impl Divergence {
    /// All homes hold nothing.
    pub fn new(layout: &Layout) -> Divergence {
        let keys = layout.keys as usize;
        Divergence {
            held: vec![None; keys * layout.homes.per_key()],
            homes: layout.homes.clone(),
            diverged: vec![None; keys],
            now: 0,
            max: 0,
            area: 0,
            since: Time::ZERO,
            heals: Vec::new(),
        }
    }

    /// A node's copy changed. Is the key the same at all homes now?
    pub fn changed(&mut self, now: Time, node: NodeId, change: &Change) -> bool {
        let homes = self.homes.of(change.key);
        let Some(place) = homes.iter().position(|home| *home == node) else { return false };
        let start = change.key.index() * self.homes.per_key();
        self.held[start + place].clone_from(&change.after);
        self.look_at(now, change.key)
    }

    /// Others are the homes of keys from now on, and hold this.
    pub fn rehomed(&mut self, now: Time, homes: &Homes, held: &[Option<Rc<VersionSet>>]) {
        self.homes = homes.clone();
        self.held = held.to_vec();
        for key in 0..self.diverged.len() as u32 {
            self.look_at(now, Key(key));
        }
    }

    fn look_at(&mut self, now: Time, key: Key) -> bool {
        let equal = self.is_equal(key);
        match (equal, self.diverged[key.index()]) {
            (true, Some(heals_before)) => self.end(now, key, heals_before),
            (false, None) => self.begin(now, key),
            (true, None) | (false, Some(_)) => {}
        }
        equal
    }

    /// Do all homes hold the same of this key?
    pub fn is_equal(&self, key: Key) -> bool {
        let held = self.held_of(key);
        held.windows(2).all(|pair| same(&pair[0], &pair[1]))
    }

    /// What the first home holds.
    pub fn first_of(&self, key: Key) -> Option<&Rc<VersionSet>> {
        self.held_of(key).first().and_then(Option::as_ref)
    }

    /// A fault ended. Those that end at one moment are one heal.
    pub fn healed(&mut self, now: Time, fault: &str) {
        if let Some(last) = self.heals.last_mut().filter(|last| last.at == now) {
            last.label = format!("{}, {fault}", last.label);
            return;
        }
        let converged_at = (self.now == 0).then_some(now);
        self.heals.push(Heal {
            at: now,
            label: fault.to_string(),
            divergent_keys: self.now,
            waiting: self.now,
            converged_at,
        });
    }

    /// Keys that diverge now.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// What it comes to for a run that ended then; `quiet` is how long after its end all homes were
    /// equal and no hint was left.
    pub fn figures(mut self, end: Time, quiet: Option<f64>) -> DivergenceFigures {
        self.pass(end);
        let heals: Vec<HealFigures> = self.heals.iter().map(Heal::figures).collect();
        let length = u128::from(end.0.max(1));
        DivergenceFigures {
            max: self.max,
            mean: self.area as f64 / length as f64,
            r#final: self.now,
            converged_after_s: heals.last().and_then(|heal| heal.converged_after_s),
            quiet_after_s: quiet,
            heals,
        }
    }

    fn held_of(&self, key: Key) -> &[Option<Rc<VersionSet>>] {
        let start = key.index() * self.homes.per_key();
        &self.held[start..start + self.homes.per_key()]
    }

    fn begin(&mut self, now: Time, key: Key) {
        self.pass(now);
        self.diverged[key.index()] = Some(self.heals.len() as u32);
        self.now += 1;
        self.max = self.max.max(self.now);
    }

    fn end(&mut self, now: Time, key: Key, heals_before: u32) {
        self.pass(now);
        self.diverged[key.index()] = None;
        self.now -= 1;
        for heal in &mut self.heals[heals_before as usize..] {
            heal.waiting -= 1;
            if heal.waiting == 0 {
                heal.converged_at = Some(now);
            }
        }
    }

    fn pass(&mut self, now: Time) {
        self.area += u128::from(self.now) * u128::from(now.since(self.since).0);
        self.since = now;
    }
}

impl Heal {
    fn figures(&self) -> HealFigures {
        HealFigures {
            time_s: self.at.seconds(),
            faults: self.label.clone(),
            divergent_keys: self.divergent_keys,
            converged_after_s: self.converged_at.map(|at| at.since(self.at).seconds()),
        }
    }
}

fn same(one: &Option<Rc<VersionSet>>, other: &Option<Rc<VersionSet>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Rc::ptr_eq(one, other) || one.digest() == other.digest(),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}
