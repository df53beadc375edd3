//! The paper's own examples and the laws of reconciliation.

use std::rc::Rc;

use proptest::prelude::*;
use smallvec::smallvec;

use crate::dynamo::config::Versioning;
use crate::dynamo::config::plant::Planted;
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
    most_pairs: Option<u32>,
}

const ALL: [Versioning; 4] =
    [Versioning::Dotted, Versioning::Vectors, Versioning::Literal, Versioning::LastWriteWins];
const NAMES: [&str; 3] = ["Sx", "Sy", "Sz"];

impl Story {
    fn new(versioning: Versioning) -> Story {
        Story { versioning, numbering: Numbering::new(1), most_pairs: None }
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
        let (actor, stamp) = (Actor::of_node(NodeId(node)), Time(u64::from(event.number)));
        let (most_pairs, planted) = (self.most_pairs, Planted::NONE);
        let author = Author { actor, stamp, most_pairs, planted };
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

// Checklist item 11: figure 3's D1 to D5 yield the listed clocks exactly, under all three schemes.
#[test]
fn figure_3_yields_its_six_clocks() {
    for versioning in [Versioning::Dotted, Versioning::Literal, Versioning::Vectors] {
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

// The same through one coordinator: vectors lose nothing, and keep the one that both had replaced.
#[test]
fn vectors_keep_what_a_put_with_a_stale_context_overwrites() {
    let mut story = Story::new(Versioning::Vectors);
    let read = story.put(0, None, None);
    let first = story.put(0, Some(&read), Some(&read));
    assert_eq!(events(&first), [2], "a context that covers all replaces all");
    let second = story.put(0, Some(&first), Some(&read));
    assert_eq!(events(&second), [2, 3]);
    let third = story.put(0, Some(&second), Some(&first));
    assert_eq!(events(&third), [2, 3, 4], "the second stays beside the one that had seen it");
    let merged = story.put(0, Some(&third), Some(&third));
    assert_eq!((events(&merged), spelt(merged.clock())), (vec![5], "[(Sx,5)]".to_string()));
}

// Two clients in turn, each with the context of its own last answer: the sibling explosion.
#[test]
fn two_clients_in_turn_leave_two_versions_under_dots_and_all_under_vectors() {
    for (versioning, left) in [(Versioning::Dotted, 2), (Versioning::Vectors, 40)] {
        let mut story = Story::new(versioning);
        let (mut held, mut answers) = (None, [None, None]);
        for put in 0..40 {
            let next = story.put(0, held.as_ref(), answers[put % 2].as_ref());
            (held, answers[put % 2]) = (Some(Rc::clone(&next)), Some(next));
        }
        assert_eq!(held.map(|set| set.versions().len()), Some(left), "{versioning:?}");
    }
}

// Nothing tells a union that one of its versions was replaced elsewhere, so that the order counts.
#[test]
fn the_order_in_which_vectors_meet_decides_what_is_kept_too_long() {
    let mut story = Story::new(Versioning::Vectors);
    let old = story.put(0, None, None);
    let new = story.put(1, Some(&old), Some(&old));
    let aside = story.put(2, None, None);
    let early = story.merge(&story.merge(&old, &new), &aside);
    let late = story.merge(&story.merge(&old, &aside), &new);
    assert_eq!((events(&early), events(&late)), (vec![2, 3], vec![1, 2, 3]));
    assert_eq!(early.clock(), late.clock());
    let [one, other] = [story.merge(&early, &late), story.merge(&late, &early)];
    assert_eq!((events(&one), one.digest()), (vec![1, 2, 3], other.digest()), "they agree");
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

    // Vectors too are merged to the same set from either side and once for all, though the order of
    // three may matter; and they keep whatever dots would keep of the same history.
    #[test]
    fn vectors_agree_and_keep_all_that_dots_keep(
        steps in prop::collection::vec((0..6_u8, 0..3_u8, 0..32_u8), 1..60)
    ) {
        let (story, held) = replicas(Versioning::Vectors, &steps);
        let (dotted, exact) = replicas(Versioning::Dotted, &steps);
        let pairs: Vec<(Rc<VersionSet>, Rc<VersionSet>)> =
            held.into_iter().zip(exact).filter_map(|(one, other)| one.zip(other)).collect();
        for (a, dots_a) in &pairs {
            prop_assert_eq!(story.merge(a, a).digest(), a.digest());
            for (b, dots_b) in &pairs {
                let ab = story.merge(a, b);
                prop_assert_eq!(ab.digest(), story.merge(b, a).digest());
                prop_assert_eq!(story.merge(&ab, a).digest(), ab.digest());
                for (c, _) in &pairs {
                    let (left, right) = (story.merge(&ab, c), story.merge(a, &story.merge(b, c)));
                    prop_assert_eq!(left.clock(), right.clock());
                }
                let needed = events(&dotted.merge(dots_a, dots_b));
                let kept = events(&ab);
                prop_assert!(needed.iter().all(|event| kept.contains(event)), "none is lost");
                prop_assert!(ab.versions().iter().all(|it| ab.clock().contains(it.dot)));
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
            let mut known = a.history().into_owned();
            known.join(&b.history());
            prop_assert_eq!(merged.history().into_owned(), known, "nothing is forgotten");
            let both = [events(a), events(b)].concat();
            prop_assert!(events(&merged).iter().all(|event| both.contains(event)), "or invented");
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
    for versioning in ALL {
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

fn truncating(versioning: Versioning, most_pairs: u32) -> Story {
    Story { most_pairs: Some(most_pairs), ..Story::new(versioning) }
}

// Checklist item 17: the pair that was not counted up for longest goes once there are too many, and
// what was written in knowledge of a version then stands beside it, as if in conflict.
#[test]
fn truncation_drops_the_oldest_pair_and_makes_an_ancestor_a_sibling() {
    for versioning in [Versioning::Dotted, Versioning::Literal] {
        let mut story = truncating(versioning, 2);
        let d1 = story.put(2, None, None);
        let d2 = story.put(0, Some(&d1), Some(&d1));
        let d3 = story.put(2, Some(&d2), Some(&d2));
        assert_eq!(spelt(d3.clock()), "[(Sx,1),(Sz,2)]", "none too many yet");
        let d4 = story.put(1, Some(&d3), Some(&d3));
        assert_eq!(spelt(d4.clock()), "[(Sy,1),(Sz,2)]", "Sx is the oldest, Sz counted since");
        // D2 went to a node that has seen nothing since. D4 descends from it, and cannot tell.
        assert_eq!(events(&story.merge(&d2, &d4)), [2, 4], "{versioning:?}");
        // Nor from its own parent, where each version has a clock and the parent's has that pair.
        let parent_stays = versioning == Versioning::Literal;
        let both = if parent_stays { vec![3, 4] } else { vec![4] };
        assert_eq!(events(&story.merge(&d3, &d4)), both, "{versioning:?}");
        assert_eq!(events(&d4), [4], "only its coordinator sees that it replaces the parent");
        let mut whole = Story::new(versioning);
        let mut put =
            |node, set: Option<Rc<VersionSet>>| whole.put(node, set.as_ref(), set.as_ref());
        let d1 = put(2, None);
        let d2 = put(0, Some(d1));
        let d3 = put(2, Some(Rc::clone(&d2)));
        let d4 = put(1, Some(d3));
        assert_eq!(events(&whole.merge(&d2, &d4)), [4], "{versioning:?}");
    }
}

#[test]
fn time_stamps_of_pairs_count_on_the_wire_only_where_clocks_are_truncated() {
    let mut bytes = Vec::new();
    for most_pairs in [None, Some(9)] {
        let mut story = Story { most_pairs, ..Story::new(Versioning::Dotted) };
        let first = story.put(0, None, None);
        bytes.push(story.put(1, Some(&first), Some(&first)).clock().bytes());
    }
    assert_eq!(bytes, [32, 48]);
}

proptest! {
    /// However nodes write and exchange what they hold, no clock that is stored is longer than it
    /// may be: of a version under literal clocks, of a set but for the names of what it holds under
    /// all others.
    #[test]
    fn truncated_clocks_stay_short(
        steps in proptest::collection::vec((0..3_u32, 0..3_u32, proptest::bool::ANY), 1..40),
        most in 1..3_u32,
    ) {
        for versioning in [Versioning::Dotted, Versioning::Vectors, Versioning::Literal] {
            let mut story = truncating(versioning, most);
            let mut held: [Option<Rc<VersionSet>>; 3] = Default::default();
            for (node, other, writes) in &steps {
                let (node, other) = (*node as usize, *other as usize);
                held[node] = match (writes, &held[node], &held[other]) {
                    (true, local, context) => {
                        Some(story.put(node as u32, local.as_ref(), context.as_ref()))
                    }
                    (false, Some(mine), Some(theirs)) => Some(story.merge(mine, theirs)),
                    (false, mine, theirs) => mine.clone().or_else(|| theirs.clone()),
                };
                for set in held.iter().flatten() {
                    let limit = (most as usize).max(set.versions().len());
                    let own = set.versions().iter().filter_map(|version| version.clock.as_ref());
                    prop_assert!(own.into_iter().all(|c| c.entries().len() <= most as usize));
                    let joint = versioning != Versioning::Literal;
                    prop_assert!(!joint || set.clock().entries().len() <= limit);
                }
            }
        }
    }
}
