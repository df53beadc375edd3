//! Section 4.8.1: an administrator's command enters the history at the node that is told.
//!
//! That node writes the change and the time of its issue to its own store, and gossip spreads it. A
//! node that learns that it is to join chooses its tokens, once. Nothing else ever changes who
//! belongs: neither a crash of any length nor a start by mistake.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::dynamo::message::Command;
use crate::dynamo::ring::history::{Change, History, Status};
use crate::dynamo::ring::position::{Position, choose_free_tokens};
use crate::id::NodeId;
use crate::random::luck::Luck;
use crate::time::Time;

/// The history after a command that is given now; none if it asks for what is so already, or for
/// what cannot be.
pub fn obeyed(history: &History, command: Command, now: Time) -> Option<Rc<History>> {
    let status = |node: NodeId| history.change(node).map(|change| change.status);
    match command {
        Command::Join(node) => match status(node) {
            None | Some(Status::Removed | Status::Left) => {
                Some(changed(history, node, Status::Joining, now))
            }
            Some(Status::Joining | Status::Leaving | Status::Member) => None,
        },
        Command::Leave(node) => match status(node)? {
            Status::Member if history.members().len() > 1 => {
                Some(changed(history, node, Status::Leaving, now))
            }
            // It has taken over nothing yet.
            Status::Joining => Some(changed(history, node, Status::Removed, now)),
            Status::Member | Status::Removed | Status::Left | Status::Leaving => None,
        },
        Command::Remove(node) => match status(node)? {
            Status::Member | Status::Leaving if history.members().len() == 1 => None,
            Status::Removed | Status::Left => None,
            Status::Member | Status::Joining | Status::Leaving => {
                Some(changed(history, node, Status::Removed, now))
            }
        },
        Command::Replace { dead, by } => replaced(history, dead, by, now),
    }
}

/// The history once the coming or going of a node is over.
pub fn ended(history: &History, node: NodeId) -> Rc<History> {
    let before = history.change(node).expect("only what is known comes or goes");
    let status = match before.status {
        Status::Joining => Status::Member,
        Status::Leaving => Status::Left,
        Status::Removed | Status::Left | Status::Member => {
            unreachable!("only what is under way can end")
        }
    };
    let counter = before.counter + 1;
    history.with(node, Change { counter, status, in_place_of: None, ..before.clone() })
}

/// The history with the tokens of a node that was told to join and has none yet.
pub fn with_tokens(
    history: &History,
    luck: &Luck,
    node: NodeId,
    count: u32,
) -> Option<Rc<History>> {
    let before = history.change(node)?;
    if before.status != Status::Joining || !before.tokens.is_empty() {
        return None;
    }
    let taken: BTreeSet<Position> =
        history.changes().flat_map(|(_, change)| change.tokens.iter().copied()).collect();
    let tokens = choose_free_tokens(luck, node, count, &taken).into();
    Some(history.with(node, Change { counter: before.counter + 1, tokens, ..before.clone() }))
}

fn changed(history: &History, node: NodeId, status: Status, issued: Time) -> Rc<History> {
    let before = history.change(node);
    let counter = before.map_or(1, |change| change.counter + 1);
    // Who comes back has the tokens that it chose once.
    let tokens = before.map_or_else(|| [].into(), |change| Rc::clone(&change.tokens));
    history.with(node, Change { counter, issued, status, tokens, in_place_of: None })
}

fn replaced(history: &History, dead: NodeId, by: NodeId, now: Time) -> Option<Rc<History>> {
    let place = history.change(dead).filter(|change| change.status.is_on_ring())?;
    let known = history.change(by);
    if known.is_some_and(|it| it.status.is_on_ring() || it.status == Status::Joining) {
        return None;
    }
    let counter = known.map_or(1, |change| change.counter + 1);
    let tokens = Rc::clone(&place.tokens);
    let status = Status::Member;
    let heir = Change { counter, issued: now, status, tokens, in_place_of: Some(dead) };
    Some(changed(history, dead, Status::Removed, now).with(by, heir))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> Rc<History> {
        let founder = |node: u32| {
            let tokens = Rc::new([u128::from(node) * 100, u128::from(node) * 100 + 7]);
            (NodeId(node), Change::founder(tokens))
        };
        Rc::new(History::new((0..3).map(founder).collect()))
    }

    // Checklist item 49: tokens are chosen once, and who comes back has the same.
    #[test]
    fn tokens_are_chosen_once() {
        let luck = Luck::new(1);
        let told = obeyed(&three(), Command::Join(NodeId(9)), Time(5)).unwrap();
        assert_eq!(told.transition(), None, "without tokens it has no ranges");
        let chosen = with_tokens(&told, &luck, NodeId(9), 4).unwrap();
        let tokens = chosen.change(NodeId(9)).unwrap().tokens.clone();
        assert_eq!(tokens.len(), 4);
        assert!(with_tokens(&chosen, &luck, NodeId(9), 4).is_none());
        let inside = ended(&chosen, NodeId(9));
        let going = obeyed(&inside, Command::Leave(NodeId(9)), Time(9)).unwrap();
        let back = obeyed(&ended(&going, NodeId(9)), Command::Join(NodeId(9)), Time(12)).unwrap();
        assert_eq!(back.change(NodeId(9)).unwrap().tokens, tokens);
        assert!(with_tokens(&back, &luck, NodeId(9), 4).is_none());
    }

    #[test]
    fn a_replacement_takes_the_place_of_the_dead() {
        let before = three();
        let command = Command::Replace { dead: NodeId(1), by: NodeId(7) };
        let after = obeyed(&before, command, Time(5)).unwrap();
        assert_eq!(after.members(), [NodeId(0), NodeId(2), NodeId(7)]);
        let tokens = |history: &History, node| history.change(NodeId(node)).unwrap().tokens.clone();
        assert_eq!(tokens(&after, 7), tokens(&before, 1));
        assert!(obeyed(&after, command, Time(6)).is_none(), "the dead is gone already");
    }

    #[test]
    fn what_is_so_already_changes_nothing() {
        let all = three();
        assert!(obeyed(&all, Command::Join(NodeId(1)), Time(5)).is_none());
        assert!(obeyed(&all, Command::Leave(NodeId(8)), Time(5)).is_none());
        assert!(obeyed(&all, Command::Remove(NodeId(8)), Time(5)).is_none());
        let joining = obeyed(&all, Command::Join(NodeId(8)), Time(5)).unwrap();
        assert!(obeyed(&joining, Command::Join(NodeId(8)), Time(6)).is_none());
        let cancelled = obeyed(&joining, Command::Remove(NodeId(8)), Time(7)).unwrap();
        assert_eq!(cancelled.members().len(), 3);
        assert_eq!(cancelled.transition(), None);
    }
}
