//! The checkers and the definitions agree, on thousands of small histories.

use dynamo_sim::history::checkers::{CHECKERS, Checker};
use dynamo_sim::history::judge::{Bounds, Judgement, Judgements, judge};
use dynamo_sim::history::k_staleness::range;
use dynamo_sim::history::lines;
use dynamo_sim::history::missing::{Since, missing};
use dynamo_sim::history::model::History;
use dynamo_sim::history::search::{Answer, search};
use dynamo_sim::history::verdict::Verdict;
use todc_utils::linearizability::WGLChecker;
use todc_utils::linearizability::history::{Action, History as Actions};
use todc_utils::specifications::register::{RegisterOperation, RegisterSpecification};

use crate::draw::{Dice, Kind, registers, siblings};
use crate::naive::{self, Op};

pub fn read(text: &str) -> History {
    lines::read(text.as_bytes()).unwrap_or_else(|told| panic!("{told}\n{text}"))
}

pub fn all(history: &History) -> Judgements {
    judge(history, &CHECKERS, &CHECKERS, &Bounds::default())
}

pub fn said(judgements: &Judgements, checker: Checker) -> &Judgement {
    judgements.checkers.iter().find(|said| said.checker == checker.name()).unwrap()
}

fn violations(judgements: &Judgements, checker: Checker) -> usize {
    said(judgements, checker).violations as usize
}

fn measure(said: &Judgement, name: &str) -> Option<u64> {
    said.measures.iter().find(|measure| measure.name == name).and_then(|measure| measure.value)
}

fn real_time(one: &Op, other: &Op) -> bool {
    one.end < other.start
}

/// What another crate says.
fn todc(ops: &[Op]) -> bool {
    let read_by_someone = |w: &Op| ops.iter().any(|r| !r.write && r.value == w.value);
    let mut actions: Vec<(u64, usize, Action<RegisterOperation<u32>>)> = Vec::new();
    for (process, op) in ops.iter().enumerate() {
        if op.write && !op.acked && !read_by_someone(op) {
            continue;
        }
        let value = op.value as u32;
        let act = match op.write {
            true => RegisterOperation::Write(value),
            false => RegisterOperation::Read(Some(value)),
        };
        actions.push((op.start, process, Action::Call(act)));
        actions.push((op.end, process, Action::Response(act)));
    }
    actions.sort_by_key(|(at, ..)| *at);
    let actions: Vec<_> = actions.into_iter().map(|(_, process, act)| (process, act)).collect();
    if actions.is_empty() {
        return true;
    }
    WGLChecker::<RegisterSpecification<u32>>::is_linearizable(Actions::from_actions(actions))
}

const SMALL: Kind = Kind { operations: 8, clients: 3, keys: 1, stale: 25, twice: false };

#[test]
fn linearizability_is_what_a_search_of_all_orders_and_another_crate_find() {
    let (mut held, mut broken, mut pending) = (0, 0, 0);
    for seed in 0..6000 {
        let mut dice = Dice::new(seed);
        let kind = Kind { clients: 2 + seed as usize % 4, ..SMALL };
        let history = read(&registers(&mut dice, kind));
        let ops = naive::ops(&history);
        if naive::reads(&ops).next().is_none() {
            continue;
        }
        pending += usize::from(ops.iter().any(|op| !op.acked));
        let expected = naive::fits(&ops, 1, &real_time);
        let verdict = said(&all(&history), Checker::Linearizable).verdict;
        assert_eq!(verdict == Verdict::Held, expected, "seed {seed}: {verdict:?}");
        assert_eq!(todc(&ops), expected, "seed {seed}: the other crate");
        let found = search(&history.registers()[0]);
        assert_eq!(found == Answer::Linearizable, expected, "seed {seed}: {found:?}");
        held += usize::from(expected);
        broken += usize::from(!expected);
    }
    assert!(held > 1000 && broken > 1000 && pending > 1000, "{held} {broken} {pending}");
}

// Values that come again are searched; a larger history that is right stays right.
#[test]
fn values_that_come_again_are_searched() {
    let (mut held, mut broken) = (0, 0);
    for seed in 0..3000 {
        let mut dice = Dice::new(seed + 77_000);
        let history = read(&registers(&mut dice, Kind { twice: true, ..SMALL }));
        let ops = naive::ops(&history);
        if naive::reads(&ops).next().is_none() {
            continue;
        }
        let expected = naive::fits(&ops, 1, &real_time);
        let judgements = all(&history);
        let said = said(&judgements, Checker::Linearizable);
        assert_eq!(said.verdict == Verdict::Held, expected, "seed {seed}: {said:?}");
        held += usize::from(expected);
        broken += usize::from(!expected);
    }
    assert!(held > 500 && broken > 500, "{held} {broken}");
    let kind = Kind { operations: 2000, clients: 6, keys: 1, stale: 0, twice: true };
    let long = all(&read(&registers(&mut Dice::new(5), kind)));
    assert_eq!(said(&long, Checker::Linearizable).verdict, Verdict::Held);
}

#[test]
fn delta_is_the_least_that_mends_it() {
    let (mut finite, mut unbounded) = (0, 0);
    for seed in 0..1500 {
        let mut dice = Dice::new(seed + 5_000);
        let history = read(&registers(&mut dice, SMALL));
        let ops = naive::ops(&history);
        let judgements = all(&history);
        let said = said(&judgements, Checker::Linearizable);
        if said.verdict != Verdict::Broken || said.measures.is_empty() {
            continue;
        }
        let fits = |delta: u64, writes: bool| {
            let moved = |op: &Op| {
                if op.write && !writes { op.began } else { op.began.saturating_sub(delta) }
            };
            naive::fits(&ops, 1, &|a, b| a.ended < moved(b))
        };
        let most = ops.iter().map(|op| op.began).max().unwrap() + 1;
        let least = (0..=most).find(|delta| fits(*delta, false));
        assert_eq!(measure(said, "delta"), least, "seed {seed}");
        assert_eq!(measure(said, "gamma"), (0..=most).find(|g| fits(*g, true)), "seed {seed}");
        finite += usize::from(least.is_some());
        unbounded += usize::from(least.is_none());
    }
    // Reads can always go back far enough, unless one returned what nobody had written.
    assert!(finite > 300 && unbounded == 0, "{finite} {unbounded}");
}

#[test]
fn k_is_exact_up_to_two_and_within_its_bounds_beyond() {
    let mut seen = [0; 6];
    for seed in 0..4000 {
        let mut dice = Dice::new(seed + 9_000);
        let kind = Kind { operations: 9, stale: 20 + 10 * (seed as usize % 6), ..SMALL };
        let history = read(&registers(&mut dice, kind));
        let ops = naive::ops(&history);
        let register = &history.registers()[0];
        if register.reads.is_empty() || register.reads.iter().any(|r| r.strange.is_some()) {
            continue;
        }
        let exact = (1..=12).find(|k| naive::fits(&ops, *k, &real_time)).unwrap() as u64;
        let range = range(register, &missing(register, Since::Settled));
        if exact <= 2 || range.least <= 2 {
            assert_eq!((range.least, range.most), (exact, exact), "seed {seed}");
        } else {
            assert!(range.least <= exact && exact <= range.most, "seed {seed}: {exact} {range:?}");
        }
        seen[(exact as usize).min(5)] += 1;
    }
    assert!(seen[1] > 300 && seen[2] > 300 && seen[3] > 50, "{seen:?}");
}

#[test]
fn sessions_and_staleness_of_registers_are_as_defined() {
    let mut found = [0; 6];
    for seed in 0..4000 {
        let mut dice = Dice::new(seed + 40_000);
        let kind = Kind { operations: 30, clients: 3, keys: 1, stale: 30, twice: false };
        let history = read(&registers(&mut dice, kind));
        let ops = naive::ops(&history);
        let judgements = all(&history);
        let (stale, lag) = naive::stale(&ops);
        let expected = [
            (Checker::ReadYourWrites, naive::read_your_writes(&ops)),
            (Checker::MonotonicReads, naive::monotonic_reads(&ops)),
            (Checker::Causal, naive::causal(&ops)),
            (Checker::Regular, stale),
            (Checker::TStaleness, stale),
            (Checker::LostUpdate, naive::lost_updates(&ops)),
        ];
        for (place, (checker, expected)) in expected.into_iter().enumerate() {
            let name = checker.name();
            assert_eq!(violations(&judgements, checker), expected, "seed {seed}: {name}");
            found[place] += usize::from(expected > 0);
        }
        let longest = measure(said(&judgements, Checker::TStaleness), "lag_max").unwrap_or(0);
        assert_eq!(longest, lag, "seed {seed}");
    }
    assert!(found.iter().all(|count| *count > 300), "{found:?}");
}

#[test]
fn causality_over_several_keys_is_as_defined() {
    let (mut found, mut only_causal) = (0, 0);
    for seed in 0..3000 {
        let mut dice = Dice::new(seed + 60_000);
        let kind = Kind { operations: 40, clients: 4, keys: 3, stale: 15, twice: false };
        let history = read(&registers(&mut dice, kind));
        let judgements = all(&history);
        let expected = naive::causal(&naive::ops(&history));
        assert_eq!(violations(&judgements, Checker::Causal), expected, "seed {seed}");
        found += usize::from(expected > 0);
        let sessions = [Checker::ReadYourWrites, Checker::MonotonicReads];
        let clean = sessions.iter().all(|checker| violations(&judgements, *checker) == 0);
        only_causal += usize::from(expected > 0 && clean);
    }
    assert!(found > 500 && only_causal > 50, "{found} {only_causal}");
}

#[test]
fn siblings_with_contexts_are_judged_as_defined() {
    let mut found = [0; 7];
    for seed in 0..4000 {
        let mut dice = Dice::new(seed + 80_000);
        let operations = 4 + seed as usize % 6;
        let history = read(&siblings(&mut dice, operations, [0, 10, 30][seed as usize % 3]));
        let ops = naive::ops(&history);
        if naive::reads(&ops).all(|read| read.context.is_empty()) {
            continue;
        }
        let judgements = all(&history);
        let single = naive::one_copy(&ops);
        let verdict = said(&judgements, Checker::Linearizable).verdict;
        assert_eq!(verdict == Verdict::Held, single, "seed {seed}: {verdict:?}");
        let stale = naive::stale(&ops).0;
        let expected = [
            (Checker::ReadYourWrites, naive::read_your_writes(&ops)),
            (Checker::MonotonicReads, naive::monotonic_reads(&ops)),
            (Checker::MonotonicWrites, naive::monotonic_writes(&ops)),
            (Checker::WritesFollowReads, naive::writes_follow_reads(&ops)),
            (Checker::Regular, stale),
            (Checker::LostUpdate, naive::lost_updates(&ops)),
        ];
        for (place, (checker, expected)) in expected.into_iter().enumerate() {
            let name = checker.name();
            assert_eq!(violations(&judgements, checker), expected, "seed {seed}: {name}");
            found[place] += usize::from(expected > 0);
        }
        let k = measure(said(&judgements, Checker::KStaleness), "k");
        assert_eq!(k, Some(naive::most_missed(&ops) as u64 + 1), "seed {seed}");
        found[6] += usize::from(!single);
    }
    assert!(found.iter().all(|count| *count > 100), "{found:?}");
}
