//! The paper's own examples and the laws of reconciliation.

use std::rc::Rc;

use proptest::prelude::*;
use smallvec::smallvec;

use crate::dynamo::config::Versioning;
use crate::dynamo::versioning::clock::{Actor, Causality, Clock, Dot};
use crate::dynamo::versioning::reconcile::{Author, merge, write};
use crate::dynamo::versioning::version::{Content, Value, VersionSet};
use crate::ghost::{Ghost, Numbering};
use crate::id::{Key, NodeId};
use crate::time::Time;

/// Sx, Sy and Sz of figure 3, and a place to count events.
struct Story {
    versioning: Versioning,
    numbering: Numbering,
}

const NAMES: [&str; 3] = ["Sx", "Sy", "Sz"];

impl Story {
    fn new(versioning: Versioning) -> Story {
        Story { versioning, numbering: Numbering::new(1) }
    }

    /// A put through `node`, whose replica holds `local`, by a client that had read `context`.
    fn put(
        &mut self,
        node: u32,
        local: Option<&Rc<VersionSet>>,
        context: Option<&Rc<VersionSet>>,
    ) -> Rc<VersionSet> {
        let event = self.numbering.next(Key(0));
        let seen = context.iter().flat_map(|set| set.versions()).map(|version| &version.ghost);
        let ghost = Ghost::new(event, seen);
        let author =
            Author { actor: Actor::of_node(NodeId(node)), stamp: Time(u64::from(event.number)) };
        let value = Value { bytes: 1, content: Content::Blob };
        let (local, context) = (local.map(|set| &**set), context.map(|set| &**set));
        Rc::new(write(self.versioning, local, context, author, value, ghost))
    }

    fn merge(&self, one: &Rc<VersionSet>, other: &Rc<VersionSet>) -> Rc<VersionSet> {
        merge(self.versioning, one, other)
    }
}

/// A clock in the paper's spelling.
fn spelt(clock: &Clock) -> String {
    let pair = |dot: &Dot| format!("({},{})", NAMES[dot.actor.node().index()], dot.counter);
    format!("[{}]", clock.entries().iter().map(pair).collect::<Vec<_>>().join(","))
}

fn events(set: &VersionSet) -> Vec<u32> {
    let mut events: Vec<u32> = set.versions().iter().map(|v| v.ghost.event().number).collect();
    events.sort_unstable();
    events
}

// Checklist item 11: figure 3's D1 to D5 yield the listed clocks exactly, under both schemes.
#[test]
fn figure_3_yields_its_six_clocks() {
    for versioning in [Versioning::Dotted, Versioning::Literal] {
        let mut story = Story::new(versioning);
        let d1 = story.put(0, None, None);
        assert_eq!(spelt(d1.clock()), "[(Sx,1)]");
        let d2 = story.put(0, Some(&d1), Some(&d1));
        assert_eq!(spelt(d2.clock()), "[(Sx,2)]");
        let d3 = story.put(1, Some(&d2), Some(&d2));
        assert_eq!(spelt(d3.clock()), "[(Sx,2),(Sy,1)]");
        let d4 = story.put(2, Some(&d2), Some(&d2));
        assert_eq!(spelt(d4.clock()), "[(Sx,2),(Sz,1)]");
        // A node that knows D1 or D2 drops it for D4; one that knows D3 keeps both.
        assert_eq!(events(&story.merge(&d1, &d4)), [4]);
        assert_eq!(events(&story.merge(&d2, &d4)), [4]);
        let both = story.merge(&d3, &d4);
        assert_eq!(events(&both), [3, 4]);
        assert_eq!(spelt(both.clock()), "[(Sx,2),(Sy,1),(Sz,1)]");
        let d5 = story.put(0, Some(&d2), Some(&both));
        assert_eq!(spelt(d5.clock()), "[(Sx,3),(Sy,1),(Sz,1)]");
        assert_eq!(events(&story.merge(&both, &d5)), [5]);
    }
}

// Checklist item 19: two puts with one stale context through one coordinator. Dotted clocks keep
// both; the paper's literal clocks lose the first.
#[test]
fn a_stale_context_loses_a_write_under_literal_clocks_only() {
    for (versioning, left) in [(Versioning::Dotted, vec![2, 3]), (Versioning::Literal, vec![3])] {
        let mut story = Story::new(versioning);
        let read = story.put(0, None, None);
        let first = story.put(0, Some(&read), Some(&read));
        let second = story.put(0, Some(&first), Some(&read));
        assert_eq!(events(&second), left, "{versioning:?}");
    }
}

// Checklist item 12: equal, before, after, concurrent; an absent entry counts zero.
#[test]
fn clocks_compare_as_a_table_says() {
    let clock = |pairs: &[(u32, u64)]| -> Clock {
        let dot = |&(node, counter)| Dot { actor: Actor::of_node(NodeId(node)), counter };
        pairs.iter().map(dot).collect()
    };
    use Causality::{After, Before, Concurrent, Equal};
    type Pairs = &'static [(u32, u64)];
    let rows: [(Pairs, Pairs, Causality); 6] = [
        (&[], &[], Equal),
        (&[], &[(0, 1)], Before),
        (&[(0, 2), (1, 1)], &[(0, 1)], After),
        (&[(0, 1), (1, 1)], &[(0, 1), (1, 1)], Equal),
        (&[(0, 2)], &[(1, 1)], Concurrent),
        (&[(0, 2), (2, 1)], &[(0, 1), (2, 3)], Concurrent),
    ];
    for (one, other, expected) in rows {
        assert_eq!(clock(one).compare(&clock(other)), expected, "{one:?} {other:?}");
    }
}

// A node that forgot what it minted gives a clock twice. Whatever is lost by that, replicas agree.
#[test]
fn two_values_under_one_literal_clock_become_one_in_either_order() {
    let mut story = Story::new(Versioning::Literal);
    let (first, second) = (story.put(0, None, None), story.put(0, None, None));
    assert_eq!(first.clock(), second.clock());
    let (one, other) = (story.merge(&first, &second), story.merge(&second, &first));
    assert_eq!(one.digest(), other.digest());
    assert_eq!(events(&one), [2]);
}

// Checklist item 16: a put with a merged context replaces the siblings that it saw and no others.
#[test]
fn a_put_replaces_what_it_saw_and_nothing_else() {
    for versioning in [Versioning::Dotted, Versioning::Literal] {
        let mut story = Story::new(versioning);
        let (a, b, c) =
            (story.put(0, None, None), story.put(1, None, None), story.put(2, None, None));
        let seen = story.merge(&a, &b);
        let all = story.merge(&seen, &c);
        let merged = story.put(0, Some(&all), Some(&seen));
        assert_eq!(events(&merged), [3, 4], "{versioning:?}");
    }
}

#[test]
fn the_last_write_wins_by_stamp_on_every_replica() {
    let mut story = Story::new(Versioning::LastWriteWins);
    let (a, b) = (story.put(0, None, None), story.put(1, None, None));
    assert_eq!(events(&story.merge(&a, &b)), [2]);
    assert_eq!(events(&story.merge(&b, &a)), [2]);
    let late = story.put(0, Some(&a), None);
    assert_eq!(events(&story.merge(&late, &b)), [3]);
}

/// What each replica holds.
type Held = Vec<Option<Rc<VersionSet>>>;

/// A random history of three replicas: puts with earlier reads as context, and exchanges.
fn replicas(versioning: Versioning, steps: &[(u8, u8, u8)]) -> (Story, Held) {
    let mut story = Story::new(versioning);
    let mut held: Held = vec![None; 3];
    let mut reads: Held = vec![None];
    for &(what, at, from) in steps {
        let (at, from) = (usize::from(at % 3), usize::from(from));
        match what % 3 {
            0 => {
                let context = reads[from % reads.len()].clone();
                held[at] = Some(story.put(at as u32, held[at].as_ref(), context.as_ref()));
            }
            1 => reads.push(held[at].clone()),
            _ => {
                if let Some(theirs) = held[from % 3].clone() {
                    let merged = held[at].as_ref().map(|mine| story.merge(mine, &theirs));
                    held[at] = Some(merged.unwrap_or(theirs));
                }
            }
        }
    }
    (story, held)
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(400)
    })]

    // Checklist items 12 to 15: merging is a join, ancestors are dropped in any order of arrival,
    // concurrent versions all stay, and the context subsumes each of them.
    #[test]
    fn merging_is_a_join(steps in prop::collection::vec((0..6_u8, 0..3_u8, 0..32_u8), 1..40)) {
        for versioning in [Versioning::Dotted, Versioning::Literal, Versioning::LastWriteWins] {
            let (story, held) = replicas(versioning, &steps);
            let sets: Vec<Rc<VersionSet>> = held.into_iter().flatten().collect();
            for a in &sets {
                prop_assert_eq!(story.merge(a, a).digest(), a.digest());
                for b in &sets {
                    let ab = story.merge(a, b);
                    prop_assert_eq!(ab.digest(), story.merge(b, a).digest());
                    prop_assert_eq!(story.merge(&ab, a).digest(), ab.digest());
                    for c in &sets {
                        let left = story.merge(&ab, c);
                        let right = story.merge(a, &story.merge(b, c));
                        prop_assert_eq!(left.digest(), right.digest());
                    }
                    for version in ab.versions() {
                        if versioning != Versioning::LastWriteWins {
                            prop_assert!(ab.clock().contains(version.dot));
                        }
                    }
                }
            }
        }
    }

    // The ghost knows the truth: dotted clocks keep exactly what is maximal in it.
    #[test]
    fn dotted_clocks_are_exact(
        steps in prop::collection::vec((0..6_u8, 0..3_u8, 0..32_u8), 1..60)
    ) {
        let (story, held) = replicas(Versioning::Dotted, &steps);
        let sets: Vec<Rc<VersionSet>> = held.into_iter().flatten().collect();
        for (a, b) in sets.iter().flat_map(|a| sets.iter().map(move |b| (a, b))) {
            let merged = story.merge(a, b);
            let mut known = a.history();
            known.join(&b.history());
            prop_assert_eq!(merged.history(), known, "nothing is forgotten");
            let versions = merged.versions().iter();
            let pairs = versions.clone().flat_map(|v| versions.clone().map(move |w| (v, w)));
            for (one, other) in pairs {
                let ancestor = other.ghost.past().contains(one.ghost.event().number);
                prop_assert!(!ancestor, "no sibling descends from another");
            }
        }
    }
}

#[test]
fn equal_sets_have_equal_digests_whatever_the_order() {
    let mut story = Story::new(Versioning::Dotted);
    let (a, b) = (story.put(0, None, None), story.put(1, None, None));
    let merged = story.merge(&a, &b);
    let mut turned = smallvec![];
    turned.extend(merged.versions().iter().rev().cloned());
    assert_eq!(VersionSet::new(merged.clock().clone(), turned).digest(), merged.digest());
}

// Where nothing checks what disks hold, copies of one version may differ: whoever merges them in
// whatever order ends with the same bytes, and a damaged copy is not an equal one.
#[test]
fn copies_that_differ_in_bytes_alone_agree_in_any_order() {
    for versioning in [Versioning::Dotted, Versioning::Literal, Versioning::LastWriteWins] {
        let mut story = Story::new(versioning);
        let first = story.put(0, None, None);
        let good = story.put(1, Some(&first), None);
        let damaged = |mark: i64| Rc::new(good.damage(mark as u64).expect("it has bytes"));
        let copies = [Rc::clone(&good), damaged(-7), damaged(5), damaged(9)];
        assert!(!good.is_damaged() && copies[1..].iter().all(|copy| copy.is_damaged()));
        for (i, one) in copies.iter().enumerate() {
            for (j, other) in copies.iter().enumerate() {
                let (here, there) = (story.merge(one, other), story.merge(other, one));
                assert_eq!(here.digest(), there.digest(), "{versioning:?}: {i}, {j}");
                assert_eq!(one.digest() == other.digest(), i == j, "{versioning:?}: {i}, {j}");
            }
        }
        let all = copies.iter().fold(Rc::clone(&first), |all, copy| story.merge(&all, copy));
        let back = copies.iter().rev().fold(first, |all, copy| story.merge(&all, copy));
        assert_eq!(all.digest(), back.digest(), "{versioning:?}");
        assert!(!story.merge(&copies[0], &copies[1]).is_damaged(), "the smaller bytes go");
        assert!(story.merge(&copies[0], &copies[2]).is_damaged(), "the larger bytes stay");
    }
}
