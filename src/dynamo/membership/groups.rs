//! Section 4.8.1, an efficient way to reconcile large histories: in groups of nodes.
//!
//! About as many groups as there are nodes in each. A change of one node makes one group differ, so
//! that the root of the table's size travels instead of all of it.

use std::rc::Rc;

use crate::dynamo::message::{Grouped, Membership};
use crate::dynamo::ring::history::History;

/// From one whose history differs: the digests of its groups.
pub fn compare(round: u64, mine: &History) -> Membership {
    let size = libm::ceil((mine.count() as f64).sqrt()).max(1.0) as u32;
    let digests = mine.group_digests(size);
    Membership::Grouped(Box::new(Grouped::Digests { round, size, digests }))
}

/// What to say to a message about groups, and a newer history if it brought one.
pub fn reconcile(
    mine: &Rc<History>,
    message: Grouped,
) -> (Option<Membership>, Option<Rc<History>>) {
    match message {
        Grouped::Digests { round, size, digests } => {
            let own = mine.group_digests(size);
            let count = own.len().max(digests.len());
            let differs = |group: &u32| own.get(*group as usize) != digests.get(*group as usize);
            let groups: Vec<u32> = (0..count as u32).filter(differs).collect();
            (Some(part(round, size, groups, mine, true)), None)
        }
        Grouped::Part { round, size, groups, history, answer } => {
            let joined = History::join(mine, &history);
            let whole = joined.part(&groups, size);
            let more = answer && whole.digest() != history.digest();
            let newer = (joined.digest() != mine.digest()).then_some(joined);
            let answer = newer.as_ref().unwrap_or(mine);
            (more.then(|| part(round, size, groups, answer, false)), newer)
        }
    }
}

fn part(round: u64, size: u32, groups: Vec<u32>, of: &History, answer: bool) -> Membership {
    let history = Rc::new(of.part(&groups, size));
    Membership::Grouped(Box::new(Grouped::Part { round, size, groups, history, answer }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamo::ring::history::{Change, Status};
    use crate::id::NodeId;

    fn history(counters: &[u32]) -> Rc<History> {
        let change = |(node, counter): (usize, &u32)| {
            let tokens: Rc<[u128]> = Rc::new([node as u128]);
            let status = Status::Member;
            let change = Change { counter: *counter, status, ..Change::founder(tokens) };
            (NodeId(node as u32), change)
        };
        Rc::new(History::new(counters.iter().enumerate().map(change).collect()))
    }

    /// Two sides until nobody has anything to say; who knows what, and how many messages it took.
    fn talk(asked: &Rc<History>, asking: &Rc<History>) -> (Rc<History>, Rc<History>, usize) {
        let (mut sides, mut turn, mut said) = ([Rc::clone(asking), Rc::clone(asked)], 0, 1);
        let mut next = Some(compare(7, asked));
        while let Some(Membership::Grouped(message)) = next {
            let (answer, newer) = reconcile(&sides[turn], *message);
            if let Some(newer) = newer {
                sides[turn] = newer;
            }
            (next, turn, said) = (answer, 1 - turn, said + 1);
        }
        let [one, other] = sides;
        (one, other, said - 1)
    }

    // Checklist item 47: histories are reconciled in both directions, in groups too.
    #[test]
    fn both_sides_end_with_the_latest_changes_of_both() {
        let mut counters = [1; 30];
        let old = history(&counters);
        counters[17] = 2;
        let new = history(&counters);
        counters[4] = 3;
        let both = history(&counters);
        counters[17] = 1;
        let other = history(&counters);
        for (asked, asking, after, messages) in [
            (&old, &new, &new, 2),
            (&new, &old, &new, 3),
            (&new, &other, &both, 3),
            (&old, &old, &old, 2),
        ] {
            let (one, two, said) = talk(asked, asking);
            assert_eq!(
                (one.digest(), two.digest(), said),
                (after.digest(), after.digest(), messages)
            );
        }
        let longer = history(&[1; 40]);
        let (one, two, _) = talk(&longer, &new);
        assert_eq!((one.digest(), one.count()), (two.digest(), 40));
    }

    #[test]
    fn only_the_group_that_differs_travels() {
        let mut counters = [1; 100];
        let old = history(&counters);
        counters[55] = 2;
        let new = history(&counters);
        let Membership::Grouped(digests) = compare(1, &old) else { panic!("it compares") };
        let (answer, _) = reconcile(&new, *digests);
        let Some(Membership::Grouped(part)) = answer else { panic!("it answers") };
        let Grouped::Part { groups, history, .. } = *part else { panic!("with a part") };
        assert_eq!((groups, history.count()), (vec![5], 10));
    }

    #[test]
    fn a_replacement_travels_whole() {
        let old = history(&[1; 30]);
        let dead = NodeId(3);
        let change =
            Change { counter: 9, status: Status::Removed, ..old.change(dead).unwrap().clone() };
        let gone = old.with(dead, change);
        let tokens = Rc::clone(&old.change(dead).unwrap().tokens);
        let heir = Change { in_place_of: Some(dead), ..Change::founder(tokens) };
        let replaced = gone.with(NodeId(29), heir);
        for group in [0, 4] {
            let joined = History::join(&old, &Rc::new(replaced.part(&[group], 6)));
            assert_eq!((joined.is_member(dead), joined.is_member(NodeId(29))), (false, true));
        }
    }
}
