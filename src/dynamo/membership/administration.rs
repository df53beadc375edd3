//! Section 4.8.1: an administrator's command enters the history at the node that is told.
//!
//! That node writes the change and the time of its issue to its own store, and gossip spreads it. A
//! node that learns that it is to join chooses its tokens, once. Nothing else ever changes who
//! belongs: neither a crash of any length nor a start by mistake.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::dynamo::config::Partitioning;
use crate::dynamo::config::plant::{Plant, Planted};
use crate::dynamo::message::{Command, Settler};
use crate::dynamo::ring::history::{Change, Heir, History, Status};
use crate::dynamo::ring::position::{Position, choose_free_tokens};
use crate::dynamo::ring::shares::{Capacities, join, leave};
use crate::dynamo::ring::strategy::{capacities, token_count};
use crate::id::NodeId;
use crate::random::luck::Luck;
use crate::random::purpose::Purpose;
use crate::time::Time;

/// By how much the end of a coming or going is later than its beginning: whoever calls a join off
/// by a leave, not knowing yet that it is over, is too late. The joiner has taken over ranges.
const OVER: u32 = 2;

/// By how much a removal is later than what it ends: a leave or a join that was told elsewhere
/// meanwhile (told, chosen, ended) does not get as far, and who is taken for dead, and may have
/// been replaced, must not come back by it.
const LAST_WORD: u32 = 1 + 1 + OVER + 1;

/// What choices of tokens are made by.
#[derive(Clone, Copy)]
pub struct Choice<'a> {
    pub settings: &'a Partitioning,
    pub luck: &'a Luck,
    pub planted: Planted,
}

/// The history after a command that is given now; none if it asks for what is so already, or for
/// what cannot be.
pub fn obeyed(
    history: &History,
    command: &Command,
    now: Time,
    choice: Choice<'_>,
) -> Option<Rc<History>> {
    let status = |node: NodeId| history.change(node).map(|change| change.status);
    match *command {
        Command::Settle(ref settler) => {
            let told = obeyed(history, &Command::Join(settler.node), now, choice)?;
            Some(settled(&told, settler))
        }
        Command::Join(node) => match status(node) {
            None | Some(Status::Removed | Status::Left) => {
                Some(changed(history, node, Status::Joining, now, choice.planted))
            }
            Some(Status::Joining | Status::Leaving | Status::Member) => None,
        },
        Command::Leave(node) => match status(node)? {
            Status::Member if history.members().len() > 1 => {
                Some(changed(history, node, Status::Leaving, now, choice.planted))
            }
            // It has taken over nothing yet.
            Status::Joining => Some(changed(history, node, Status::Removed, now, choice.planted)),
            Status::Member | Status::Removed | Status::Left | Status::Leaving => None,
        },
        Command::LeaveAgain { node, issued, .. } => {
            let same = history.change(node).is_some_and(|change| change.issued == issued);
            same.then(|| obeyed(history, &Command::Leave(node), now, choice)).flatten()
        }
        Command::Remove(node) => match status(node)? {
            Status::Member | Status::Leaving if history.members().len() == 1 => None,
            Status::Removed | Status::Left => None,
            Status::Member | Status::Leaving if history.is_in_partitions() => {
                let removed = taken_out(history, node, now, choice.planted);
                Some(left(&removed, history, node, choice))
            }
            Status::Member | Status::Joining | Status::Leaving => {
                Some(taken_out(history, node, now, choice.planted))
            }
        },
        Command::Replace { dead, by } => replaced(history, (dead, by), now, choice.planted),
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
    let counter = before.counter + OVER;
    history.with(node, Change { counter, status, in_place_of: None, ..before.clone() })
}

/// The history with what a node has to choose before it can come or go, if there is anything: its
/// tokens, or its heirs where every partition has an owner. Whose place was taken meanwhile, by an
/// administrator who took it for dead, joins with other tokens, in a join of their own.
pub fn prepared(history: &History, node: NodeId, choice: Choice<'_>) -> Option<Rc<History>> {
    let before = history.change(node)?;
    if before.status == Status::Joining && before.tokens.is_empty() {
        let tokens = match history.is_in_partitions() {
            // Who has not been told of any ring would take all partitions for free.
            true if history.ring_is_unknown() || !is_next(history, node) => return None,
            true => stolen(history, node, choice),
            false => scattered(history, node, choice),
        };
        // Everybody has the one that it must keep: it waits for the next news.
        if tokens.is_empty() {
            return None;
        }
        let silent = choice.planted.is(Plant::RingEditWithoutVersionBump);
        let (counter, claimed) = (before.counter + u32::from(!silent), before.issued);
        let tokens = tokens.into();
        return Some(history.with(node, Change { counter, claimed, tokens, ..before.clone() }));
    }
    if before.status == Status::Joining && is_displaced(history, node, &before.tokens) {
        let (issued, counter) = (Time(before.issued.0 + 1), before.counter + 1);
        let tokens = scattered(history, node, choice).into();
        let change = Change { counter, issued, claimed: issued, tokens, ..before.clone() };
        return Some(history.with(node, change));
    }
    let leaves = before.status == Status::Leaving && history.is_in_partitions();
    let is_last = history.members() == [node];
    if !leaves || is_last || before.has_heirs() || !is_next(history, node) {
        return None;
    }
    // Who has no partitions has nobody to wait for.
    let owns = |tokens: &Vec<Position>| !tokens.is_empty();
    match history.tokens_among(history.members()).get(&node).is_some_and(owns) {
        true => Some(left(history, history, node, choice)),
        false => Some(ended(history, node)),
    }
}

/// Shares are dealt to one node at a time: is it this one's turn?
fn is_next(history: &History, node: NodeId) -> bool {
    let waits = |change: &Change| match change.status {
        Status::Joining => change.tokens.is_empty(),
        Status::Leaving => !change.has_heirs(),
        Status::Removed | Status::Left | Status::Member => false,
    };
    let waiting = history.changes().filter(|(_, change)| waits(change));
    let first = waiting.map(|(node, change)| (change.issued, node)).min();
    history.transition().is_none() && first.is_some_and(|(_, first)| first == node)
}

/// Random tokens that nobody has (strategies 1 and 2).
fn scattered(history: &History, node: NodeId, choice: Choice<'_>) -> Vec<Position> {
    let taken: BTreeSet<Position> =
        history.changes().flat_map(|(_, change)| change.tokens.iter().copied()).collect();
    let Choice { settings, luck, planted } = choice;
    let count = token_count(settings.tokens, &capacities(settings, node.0 + 1), node);
    if planted.is(Plant::TokenCollisionAccepted) {
        let place = NodeId(history.members().len() as u32);
        return choose_free_tokens(luck, place, count, &BTreeSet::new());
    }
    choose_free_tokens(luck, node, count, &taken)
}

/// Partitions taken from those who have most (strategy 3).
fn stolen(history: &History, node: NodeId, choice: Choice<'_>) -> Vec<Position> {
    let Choice { settings, luck, .. } = choice;
    let mut tokens = history.tokens_among(history.members());
    let mut luck = luck.stream(Purpose::Placement, u64::from(node.0));
    join(&mut tokens, node, &known_capacities(history, node, settings), &mut luck);
    tokens.remove(&node).unwrap_or_default()
}

/// What a node that goes leaves to each of the others (strategy 3).
fn left(now: &History, before: &History, node: NodeId, choice: Choice<'_>) -> Rc<History> {
    let Choice { settings, luck, .. } = choice;
    let change = now.change(node).expect("only what is known goes");
    let mut tokens = before.tokens_among(before.members());
    let own = tokens.get(&node).cloned().unwrap_or_default();
    let mut luck = luck.stream(Purpose::Placement, u64::from(node.0) << 32 | 1);
    leave(&mut tokens, node, &known_capacities(before, node, settings), &mut luck);
    let holds = |token: &Position| tokens.iter().find(|(_, held)| held.contains(token));
    let since = change.issued;
    let heir = |token: Position| holds(&token).map(|(node, _)| Heir { token, node: *node, since });
    let heirs = change.heirs.iter().copied().chain(own.into_iter().filter_map(heir));
    let (heirs, counter) = (heirs.collect(), change.counter + 1);
    now.with(node, Change { counter, heirs, ..change.clone() })
}

fn known_capacities(history: &History, node: NodeId, settings: &Partitioning) -> Capacities {
    let last = history.members().last().copied().max(Some(node)).unwrap_or(node);
    capacities(settings, last.0 + 1)
}

fn changed(
    history: &History,
    node: NodeId,
    status: Status,
    issued: Time,
    planted: Planted,
) -> Rc<History> {
    let before = history.change(node).cloned();
    let before = before.unwrap_or(Change { counter: 0, ..Change::founder([].into()) });
    // Who comes back has the tokens that it chose once, unless somebody has its place; partitions
    // have others by then.
    let gone = history.is_in_partitions() || is_taken(history, node, &before.tokens);
    let anew = status == Status::Joining && gone;
    let tokens = if anew { [].into() } else { Rc::clone(&before.tokens) };
    let counter = match planted.is(Plant::GossipGenerationFromSkewedClock) {
        true => issued.seconds() as u32,
        false => before.counter + 1,
    };
    let change = Change { counter, issued, status, tokens, in_place_of: None, ..before };
    history.with(node, change)
}

/// The history without one that is taken for dead.
fn taken_out(history: &History, node: NodeId, issued: Time, planted: Planted) -> Rc<History> {
    let removed = changed(history, node, Status::Removed, issued, planted);
    let change = removed.change(node).expect("it was changed just now");
    let counter = change.counter + LAST_WORD - 1;
    removed.with(node, Change { counter, ..change.clone() })
}

/// Has another node one of these tokens, and is on the ring or about to be?
fn is_taken(history: &History, node: NodeId, tokens: &[Position]) -> bool {
    let counts = |change: &Change| change.status.is_on_ring() || change.status == Status::Joining;
    let mut others = history.changes().filter(|(other, change)| *other != node && counts(change));
    others.any(|(_, change)| change.tokens.iter().any(|token| tokens.contains(token)))
}

/// Is a node on the ring in place of this one, with its tokens?
fn is_displaced(history: &History, node: NodeId, tokens: &[Position]) -> bool {
    let took = |change: &Change| {
        change.in_place_of == Some(node) && change.status.is_on_ring() && *change.tokens == *tokens
    };
    !history.is_in_partitions() && history.changes().any(|(_, change)| took(change))
}

/// A node that is told its tokens need not choose any; who has some already keeps those.
fn settled(told: &Rc<History>, settler: &Settler) -> Rc<History> {
    let change = told.change(settler.node).expect("it has just been told to join");
    if !change.tokens.is_empty() {
        return Rc::clone(told);
    }
    let mut tokens = settler.tokens.clone();
    tokens.sort_unstable();
    let (claimed, tokens) = (change.issued, tokens.into());
    told.with(settler.node, Change { claimed, tokens, ..change.clone() })
}

fn replaced(
    history: &History,
    (dead, by): (NodeId, NodeId),
    now: Time,
    planted: Planted,
) -> Option<Rc<History>> {
    let place = history.change(dead).filter(|change| change.status.is_on_ring())?;
    let known = history.change(by);
    if known.is_some_and(|it| it.status.is_on_ring() || it.status == Status::Joining) {
        return None;
    }
    let tokens = match history.is_in_partitions() {
        true => history.tokens_among(history.members()).remove(&dead)?.into(),
        false => Rc::clone(&place.tokens),
    };
    let heir = Change {
        counter: known.map_or(1, |change| change.counter + 1),
        issued: now,
        claimed: now,
        in_place_of: Some(dead),
        ..Change::founder(tokens)
    };
    if planted.is(Plant::ReplaceKeepsOldOwner) {
        return Some(history.with(by, heir));
    }
    Some(taken_out(history, dead, now, planted).with(by, heir))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamo::ring::strategy::first_tokens;

    fn three() -> Rc<History> {
        let founder = |node: u32| {
            let tokens = Rc::new([u128::from(node) * 100, u128::from(node) * 100 + 7]);
            (NodeId(node), Change::founder(tokens))
        };
        Rc::new(History::new((0..3).map(founder).collect()))
    }

    fn by(luck: &Luck) -> impl Fn(&History, Command, u64) -> Option<Rc<History>> + '_ {
        |history, command, at| {
            let settings = &Partitioning { tokens: 4, ..Partitioning::default() };
            obeyed(history, &command, Time(at), Choice { settings, luck, planted: Planted::NONE })
        }
    }

    fn choose(history: &History, node: u32, luck: &Luck) -> Option<Rc<History>> {
        let settings = &Partitioning { tokens: 4, ..Partitioning::default() };
        prepared(history, NodeId(node), Choice { settings, luck, planted: Planted::NONE })
    }

    // Checklist item 49: tokens are chosen once, and who comes back has the same.
    #[test]
    fn tokens_are_chosen_once() {
        let luck = Luck::new(1);
        let tell = by(&luck);
        let told = tell(&three(), Command::Join(NodeId(9)), 5).unwrap();
        assert_eq!(told.transition(), None, "without tokens it has no ranges");
        let chosen = choose(&told, 9, &luck).unwrap();
        let tokens = chosen.change(NodeId(9)).unwrap().tokens.clone();
        assert_eq!(tokens.len(), 4);
        assert!(choose(&chosen, 9, &luck).is_none());
        let inside = ended(&chosen, NodeId(9));
        let going = tell(&inside, Command::Leave(NodeId(9)), 9).unwrap();
        let back = tell(&ended(&going, NodeId(9)), Command::Join(NodeId(9)), 12).unwrap();
        assert_eq!(back.change(NodeId(9)).unwrap().tokens, tokens);
        assert!(choose(&back, 9, &luck).is_none());
    }

    #[test]
    fn tokens_that_are_stated_are_taken_once() {
        let luck = Luck::new(1);
        let tell = by(&luck);
        let settle = |tokens: &[Position]| {
            Command::Settle(Box::new(Settler { node: NodeId(9), tokens: tokens.to_vec() }))
        };
        let told = tell(&three(), settle(&[70, 30]), 5).unwrap();
        let tokens = |history: &History| history.change(NodeId(9)).unwrap().tokens.to_vec();
        assert_eq!(tokens(&told), [30, 70]);
        assert!(choose(&told, 9, &luck).is_none(), "there is nothing left to choose");
        let going = tell(&ended(&told, NodeId(9)), Command::Leave(NodeId(9)), 9).unwrap();
        let back = tell(&ended(&going, NodeId(9)), settle(&[50]), 12).unwrap();
        assert_eq!(tokens(&back), [30, 70]);
    }

    #[test]
    fn a_replacement_takes_the_place_of_the_dead() {
        let luck = Luck::new(1);
        let tell = by(&luck);
        let before = three();
        let command = Command::Replace { dead: NodeId(1), by: NodeId(7) };
        let after = tell(&before, command.clone(), 5).unwrap();
        assert_eq!(after.members(), [NodeId(0), NodeId(2), NodeId(7)]);
        let tokens = |history: &History, node| history.change(NodeId(node)).unwrap().tokens.clone();
        assert_eq!(tokens(&after, 7), tokens(&before, 1));
        assert!(tell(&after, command, 6).is_none(), "the dead is gone already");
    }

    #[test]
    fn who_was_replaced_does_not_stay_by_a_leave_told_elsewhere() {
        let luck = Luck::new(1);
        let tell = by(&luck);
        let replaced = tell(&three(), Command::Replace { dead: NodeId(1), by: NodeId(7) }, 5);
        let leaving = tell(&three(), Command::Leave(NodeId(1)), 6).unwrap();
        let replaced = replaced.unwrap();
        for elsewhere in [ended(&leaving, NodeId(1)), leaving] {
            let both = History::join(&replaced, &elsewhere);
            assert_eq!(both.members(), [NodeId(0), NodeId(2), NodeId(7)]);
        }
    }

    #[test]
    fn who_joins_again_and_was_replaced_elsewhere_chooses_other_tokens() {
        let luck = Luck::new(1);
        let tell = by(&luck);
        let replaced = tell(&three(), Command::Replace { dead: NodeId(1), by: NodeId(7) }, 9);
        let removed = tell(&three(), Command::Remove(NodeId(1)), 5).unwrap();
        let joining = tell(&removed, Command::Join(NodeId(1)), 6).unwrap();
        assert!(choose(&joining, 1, &luck).is_none(), "it has its tokens still");
        let both = History::join(&joining, &replaced.unwrap());
        let chosen = choose(&both, 1, &luck).unwrap();
        let own = &chosen.change(NodeId(1)).unwrap().tokens;
        assert!(!is_taken(&chosen, NodeId(1), own));
        assert_ne!(chosen.transition(), both.transition(), "no deal of the old tokens holds");
    }

    #[test]
    fn a_join_that_is_over_is_not_called_off() {
        let luck = Luck::new(1);
        let tell = by(&luck);
        let told = tell(&three(), Command::Join(NodeId(9)), 5).unwrap();
        let chosen = choose(&told, 9, &luck).unwrap();
        let off = tell(&chosen, Command::Leave(NodeId(9)), 8).unwrap();
        assert!(!History::join(&chosen, &off).peers().contains(&NodeId(9)));
        let both = History::join(&ended(&chosen, NodeId(9)), &off);
        assert!(both.is_member(NodeId(9)));
    }

    #[test]
    fn who_comes_back_to_a_place_that_is_taken_chooses_another() {
        let luck = Luck::new(1);
        let tell = by(&luck);
        let replaced = tell(&three(), Command::Replace { dead: NodeId(1), by: NodeId(7) }, 5);
        let told = tell(&replaced.unwrap(), Command::Join(NodeId(1)), 6).unwrap();
        assert!(told.change(NodeId(1)).unwrap().tokens.is_empty());
        let chosen = choose(&told, 1, &luck).unwrap();
        let tokens = |node| chosen.change(NodeId(node)).unwrap().tokens.clone();
        assert!(tokens(1).iter().all(|token| !tokens(7).contains(token)));
    }

    #[test]
    fn what_is_so_already_changes_nothing() {
        let luck = Luck::new(1);
        let tell = by(&luck);
        let all = three();
        assert!(tell(&all, Command::Join(NodeId(1)), 5).is_none());
        assert!(tell(&all, Command::Leave(NodeId(8)), 5).is_none());
        assert!(tell(&all, Command::Remove(NodeId(8)), 5).is_none());
        let joining = tell(&all, Command::Join(NodeId(8)), 5).unwrap();
        assert!(tell(&joining, Command::Join(NodeId(8)), 6).is_none());
        let cancelled = tell(&joining, Command::Remove(NodeId(8)), 7).unwrap();
        assert_eq!(cancelled.members().len(), 3);
        assert_eq!(cancelled.transition(), None);
    }

    // Strategy 3: neither has anything to choose from.
    #[test]
    fn who_finds_no_partitions_waits() {
        let settings =
            &Partitioning { strategy: 3, partitions: Some(2), ..Partitioning::default() };
        let choice = Choice { settings, luck: &Luck::new(3), planted: Planted::NONE };
        let of = |owners: &[u32]| {
            let founder = |it: &u32| (NodeId(*it), Change::founder([u128::from(*it) << 96].into()));
            Rc::new(History::new(owners.iter().map(founder).collect()).in_partitions())
        };
        let told = |owners: &[u32]| {
            obeyed(&of(owners), &Command::Join(NodeId(5)), Time(1), choice).expect("it can come")
        };
        assert!(prepared(&told(&[]), NodeId(5), choice).is_none(), "it was told of no ring");
        assert!(prepared(&told(&[0, 1]), NodeId(5), choice).is_none(), "each has just one");
    }

    #[test]
    fn who_has_nothing_leaves_at_once_and_the_last_stays() {
        let settings =
            &Partitioning { strategy: 3, partitions: Some(1), ..Partitioning::default() };
        let choice = Choice { settings, luck: &Luck::new(3), planted: Planted::NONE };
        let founders =
            [(NodeId(0), Change::founder([0].into())), (NodeId(1), Change::founder([].into()))];
        let both = Rc::new(History::new(founders.into()).in_partitions());
        let leaving = |history: &History, node, at| {
            obeyed(history, &Command::Leave(NodeId(node)), Time(at), choice).expect("it may go")
        };
        let going = leaving(&both, 1, 1);
        let gone = prepared(&going, NodeId(1), choice).expect("it has nothing to wait for");
        assert_eq!(gone.members(), [NodeId(0)]);
        let all = leaving(&going, 0, 2);
        let last = prepared(&all, NodeId(1), choice).expect("it has nothing to wait for");
        assert_eq!((last.members(), last.transition()), (&[NodeId(0)][..], None));
        assert!(prepared(&last, NodeId(0), choice).is_none());
    }

    // Checklist item 8: with strategy 3 every node holds Q/S partitions, but for one, after any
    // sequence of joins and leaves, of the dead too.
    #[test]
    fn every_node_keeps_its_share_of_the_partitions() {
        let settings =
            &Partitioning { strategy: 3, partitions: Some(64), ..Partitioning::default() };
        let luck = &Luck::new(3);
        let choice = Choice { settings, luck, planted: Planted::NONE };
        let founders = first_tokens(settings, 4, luck).into_iter();
        let founder =
            |(node, tokens): (NodeId, Vec<Position>)| (node, Change::founder(tokens.into()));
        let mut history = Rc::new(History::new(founders.map(founder).collect()).in_partitions());
        let orders = [
            Command::Join(NodeId(4)),
            Command::Join(NodeId(5)),
            Command::Leave(NodeId(1)),
            Command::Remove(NodeId(4)),
            Command::Join(NodeId(1)),
            Command::Replace { dead: NodeId(2), by: NodeId(8) },
            Command::Leave(NodeId(0)),
            Command::Join(NodeId(4)),
            Command::Leave(NodeId(8)),
        ];
        for (at, command) in (1..).zip(orders) {
            history = obeyed(&history, &command, Time(at), choice).expect("it can be done");
            if let Command::Join(node) | Command::Leave(node) = command {
                history = prepared(&history, node, choice).expect("it is its turn");
                history = ended(&history, node);
            }
            let counts: Vec<usize> =
                history.tokens_among(history.members()).values().map(Vec::len).collect();
            let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
            assert!(most - least <= 1, "{command:?}: {counts:?}");
            assert_eq!(counts.iter().sum::<usize>(), 64, "{command:?}");
        }
    }
}
