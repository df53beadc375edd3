//! The WARS model where all four legs are exponential, solved exactly: nothing remembers, so that
//! counts of replicas are a Markov chain. It is independent of the simulator and of Monte Carlo,
//! and is [derived] from the definition of the model, not published.

use std::collections::BTreeMap;

/// Rates in one millisecond.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Rates {
    pub w: f64,
    pub a: f64,
    pub r: f64,
    pub s: f64,
}

/// A quorum system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Quorums {
    pub n: u32,
    pub r: u32,
    pub w: u32,
}

/// The probability that a read which begins so long after the commit returns the write.
pub fn fresh(rates: Rates, quorums: Quorums, after_ms: f64) -> f64 {
    let Quorums { n, r, .. } = quorums;
    let still = libm::exp(-rates.w * after_ms);
    let mut reading = Reading { rates, r, known: BTreeMap::new() };
    let mut stale = 0.0;
    for (without, share) in without_at_commit(rates, quorums).into_iter().enumerate() {
        let without = without as u32;
        for lacking in 0..=without {
            let chance = binomial(without, lacking, still);
            let read = State { lacking, has: n - lacking, ..State::default() };
            stale += share * chance * reading.stale(read);
        }
    }
    1.0 - stale
}

/// By how many replicas the write has not reached when it commits: the probability.
fn without_at_commit(rates: Rates, Quorums { n, w, .. }: Quorums) -> Vec<f64> {
    let mut at_commit = vec![0.0; n as usize + 1];
    // Those it has not reached, and those whose confirmation is under way.
    let mut states = BTreeMap::from([((n, 0), 1.0)]);
    // Arrivals come first in this order: each step lowers `2 * coming + confirming`.
    while let Some((&(coming, confirming), _)) =
        states.iter().max_by_key(|((coming, confirming), _)| 2 * coming + confirming)
    {
        let share = states.remove(&(coming, confirming)).expect("it was found just now");
        if n - coming - confirming == w {
            at_commit[coming as usize] += share;
            continue;
        }
        let arrive = rates.w * f64::from(coming);
        let confirm = rates.a * f64::from(confirming);
        let all = arrive + confirm;
        if coming > 0 {
            *states.entry((coming - 1, confirming + 1)).or_insert(0.0) += share * arrive / all;
        }
        if confirming > 0 {
            *states.entry((coming, confirming - 1)).or_insert(0.0) += share * confirm / all;
        }
    }
    at_commit
}

/// Where the replicas of a read are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
struct State {
    /// Not asked yet, and without the write.
    lacking: u32,
    /// Not asked yet, and with it.
    has: u32,
    /// Answers under way, without it and with it.
    stale: u32,
    fresh: u32,
    /// Answers without it that are there.
    heard: u32,
}

struct Reading {
    rates: Rates,
    r: u32,
    known: BTreeMap<State, f64>,
}

impl Reading {
    /// The probability that the first R answers are all without the write.
    fn stale(&mut self, at: State) -> f64 {
        if at.heard == self.r {
            return 1.0;
        }
        if let Some(known) = self.known.get(&at) {
            return *known;
        }
        let rate = |rate: f64, count: u32| rate * f64::from(count);
        let Rates { w, r, s, .. } = self.rates;
        let steps = [
            (rate(w, at.lacking), at.lacking, "arrives"),
            (rate(r, at.lacking), at.lacking, "asked without"),
            (rate(r, at.has), at.has, "asked with"),
            (rate(s, at.stale), at.stale, "heard without"),
            // An answer with the write ends it: the read is fresh.
            (rate(s, at.fresh), 0, ""),
        ];
        let all: f64 = steps.iter().map(|(rate, _, _)| rate).sum();
        let mut stale = 0.0;
        for (rate, count, step) in steps {
            if count == 0 {
                continue;
            }
            let next = match step {
                "arrives" => State { lacking: at.lacking - 1, has: at.has + 1, ..at },
                "asked without" => State { lacking: at.lacking - 1, stale: at.stale + 1, ..at },
                "asked with" => State { has: at.has - 1, fresh: at.fresh + 1, ..at },
                _heard => State { stale: at.stale - 1, heard: at.heard + 1, ..at },
            };
            stale += rate / all * self.stale(next);
        }
        self.known.insert(at, stale);
        stale
    }
}

/// The probability of so many of a number, each with this chance.
pub fn binomial(of: u32, count: u32, chance: f64) -> f64 {
    let power = |base: f64, times: u32| (0..times).fold(1.0, |all, _| all * base);
    choose(of, count) * power(chance, count) * power(1.0 - chance, of - count)
}

/// How many ways there are to choose so many of a number.
pub fn choose(of: u32, count: u32) -> f64 {
    if count > of {
        return 0.0;
    }
    (0..count).fold(1.0, |all, i| all * f64::from(of - i) / f64::from(i + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::table;

    /// Against the Monte Carlo of 20 million trials, which knows nothing of the chain.
    #[test]
    fn the_chain_agrees_with_the_table() {
        let all = table::read();
        let mut compared = 0;
        for case in all.iter().filter(|case| case.rates.is_some()) {
            let rates = case.rates.unwrap();
            for fresh_at in &case.fresh {
                let quorums = Quorums { n: case.n, r: fresh_at.r, w: fresh_at.w };
                let exact = fresh(rates, quorums, fresh_at.after_ms);
                let allowed = 4.5 * fresh_at.error.max(1e-7) + 1e-6;
                let off = (exact - fresh_at.probability).abs();
                assert!(off <= allowed, "{}: {exact}, not {fresh_at:?}", case.name);
                compared += 1;
            }
        }
        assert!(compared > 200, "{compared}");
    }

    #[test]
    fn quorums_that_overlap_are_fresh() {
        let rates = Rates { w: 0.1, a: 1.0, r: 2.0, s: 3.0 };
        for (n, r, w) in [(1, 1, 1), (3, 2, 2), (3, 1, 3), (5, 3, 3)] {
            let p = fresh(rates, Quorums { n, r, w }, 0.0);
            assert!((p - 1.0).abs() < 1e-12, "{n} {r} {w}: {p}");
        }
    }
}
