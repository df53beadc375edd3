//! Each judge lets a good run pass, and finds what is planted for it.

use std::rc::Rc;

use crate::check::judges::Judges;
use crate::check::verdict::{Outcome, Verdict};
use crate::dynamo::fact::members::{MemberFact, Unfit};
use crate::dynamo::fact::{Cause, Fact};
use crate::dynamo::message::{Command, Kind};
use crate::dynamo::ring::history::{Change, History, Status, Transition};
use crate::dynamo::ring::position::KeySpace;
use crate::dynamo::ring::strategy::Placement;
use crate::dynamo::storage::store::Change as StoreChange;
use crate::faults::spec::DiskAfterCrash;
use crate::id::{AttemptId, ClientId, Key, NodeId, OperationId};
use crate::trace::layout::{Homes, Layout};
use crate::trace::record::{Account, Record};
use crate::trace::rehearsal::{Stage, account, at, layout, set};

/// A history in which these nodes have these statuses: each with a counter, and with one token.
fn history(changes: &[(u32, u32, Status)]) -> Rc<History> {
    let change = |&(node, counter, status): &(u32, u32, Status)| {
        let tokens: Rc<[u128]> = Rc::new([u128::from(node) * 100]);
        (NodeId(node), Change { counter, status, ..Change::founder(tokens) })
    };
    Rc::new(History::new(changes.iter().map(change).collect()))
}

use Status::{Joining, Leaving, Left, Member, Removed};

fn founders() -> Rc<History> {
    history(&[(0, 1, Member), (1, 1, Member), (2, 1, Member), (3, 1, Member)])
}

fn administered() -> Layout {
    Layout { administered: true, ..layout(Vec::new()) }
}

fn believe(stage: &mut Stage<Judges>, node: u32, history: &Rc<History>) {
    // Behind the last token: the first three nodes are their homes.
    let keys = KeySpace::at(vec![301; 3]).into();
    let ring = (!history.ring_is_unknown()).then(|| {
        let placement = Placement::by_tokens(3, keys);
        history.ring(&placement)
    });
    let history = Rc::clone(history);
    stage.fact(node, Fact::Member(MemberFact::Believes { history, ring }));
}

fn announce(stage: &mut Stage<Judges>, node: u32, history: &Rc<History>) {
    stage.fact(node, Fact::Announced { history: Rc::clone(history) });
    believe(stage, node, history);
}

fn command(stage: &mut Stage<Judges>, node: u32, command: Command) {
    stage.fact(node, Fact::Member(MemberFact::Commanded(command)));
}

/// Four nodes that run and believe in each other.
fn opened() -> Stage<Judges> {
    let mut stage = Stage::new(Judges::new(&administered()));
    let all = founders();
    for node in 0..4 {
        stage.see(Record::Up { node: NodeId(node) });
        believe(&mut stage, node, &all);
    }
    stage
}

/// The members' homes of all three keys from now on.
fn rehome(stage: &mut Stage<Judges>, homes: [u32; 3]) {
    let homes = Homes::new(homes.map(NodeId).repeat(3), 3);
    stage.see(Record::Rehomed { homes: &homes, held: &[] });
}

/// What a judge says of a run into which something was planted.
fn judged(judge: &str, plant: impl FnOnce(&mut Stage<Judges>, &mut Account)) -> Verdict {
    let mut stage = opened();
    let mut account = account(at(1_000_000));
    plant(&mut stage, &mut account);
    let all = stage.observer.verdicts(&account);
    all.into_iter().find(|verdict| verdict.judge == judge).expect("the judge speaks")
}

fn found(verdict: &Verdict) -> Vec<&'static str> {
    verdict.findings.iter().map(|finding| finding.mechanism).collect()
}

/// The third node leaves, as ordered, and everybody learns of it; its keys go to the fourth.
fn leave(stage: &mut Stage<Judges>) {
    let old = history(&[(0, 1, Member), (1, 1, Member), (2, 2, Leaving), (3, 1, Member)]);
    let new = history(&[(0, 1, Member), (1, 1, Member), (2, 3, Left), (3, 1, Member)]);
    command(stage.at(1_000), 0, Command::Leave(NodeId(2)));
    announce(stage, 0, &old);
    (1..4).for_each(|node| believe(stage, node, &old));
    let transition = Transition { issued: at(0), node: NodeId(2) };
    stage.at(2_000).fact(2, Fact::Member(MemberFact::Given { transition }));
    announce(stage, 2, &new);
    rehome(stage, [0, 1, 3]);
    [0, 1, 3].into_iter().for_each(|node| believe(stage, node, &new));
}

#[test]
fn a_leave_that_is_carried_through_is_clean() {
    let mut stage = opened();
    let (ghost, written) = stage.write(0, 0, &[]);
    stage.keep(3, &written, Cause::Transfer);
    leave(&mut stage);
    let released = StoreChange { key: Key(0), before: Some(Rc::clone(&written)), after: None };
    stage.at(3_000).fact(2, Fact::Released { change: released });
    stage.at(4_000).write(0, 1, &[]);
    let mut account = account(at(1_000_000));
    account.nodes[2].belongs = false;
    let all = stage.observer.verdicts(&account);
    let mine = ["M", "T"];
    let spoke = all.iter().filter(|it| mine.iter().any(|part| it.invariant.starts_with(part)));
    for verdict in spoke.filter(|verdict| verdict.outcome != Outcome::NotMet) {
        assert_eq!(verdict.outcome, Outcome::Held, "{verdict:?} {ghost:?}");
    }
    let whole = all.iter().find(|verdict| verdict.judge == "ranges_whole").unwrap();
    assert_eq!(whole.examined, 3);
}

#[test]
fn a_token_has_one_owner_and_a_range_has_homes() {
    let twice = judged("one_owner", |stage, _| {
        let token: Rc<[u128]> = Rc::new([700]);
        let change = |node| (NodeId(node), Change::founder(Rc::clone(&token)));
        believe(stage, 1, &Rc::new(History::new((0..2).map(change).collect())));
    });
    assert_eq!(found(&twice), ["two members with one token"]);
    let strange = judged("whole_ring", |stage, _| {
        let history = history(&[(0, 1, Member), (1, 1, Member), (2, 1, Member), (3, 2, Removed)]);
        let ring = history.ring(&Placement::by_tokens(2, KeySpace::at(Vec::new()).into()));
        stage.fact(0, Fact::Member(MemberFact::Believes { history, ring: Some(ring) }));
    });
    assert!(found(&strange).iter().all(|it| *it == "a range with too few different homes"));
    assert_eq!((strange.outcome, strange.found), (Outcome::Violated, 3));
}

#[test]
fn members_believe_the_same_in_the_end() {
    let joined = history(&[(0, 1, Member), (1, 1, Member), (2, 1, Member), (3, 2, Removed)]);
    let one = judged("same_views", |stage, _| {
        command(stage, 0, Command::Remove(NodeId(3)));
        announce(stage, 0, &joined);
    });
    assert_eq!((one.outcome, one.found), (Outcome::Violated, 3), "{one:?}");
    let seeds = judged("seeds_heal", |stage, _| {
        stage.see(Record::Up { node: NodeId(3) });
        believe(stage, 3, &history(&[]));
    });
    assert_eq!(found(&seeds), ["a node that was parted from the seeds remains so"]);
    let lost = judged("kept_changes", |stage, _| {
        command(stage, 0, Command::Remove(NodeId(3)));
        announce(stage, 0, &joined);
    });
    assert_eq!(lost.found, 3, "{lost:?}");
}

#[test]
fn a_removed_node_does_not_come_back_and_no_view_goes_back() {
    let removed = history(&[(0, 1, Member), (1, 1, Member), (2, 1, Member), (3, 2, Removed)]);
    let goes_back = |stage: &mut Stage<Judges>, account: &mut Account| {
        command(stage, 0, Command::Remove(NodeId(3)));
        announce(stage, 0, &removed);
        (1..3).for_each(|node| believe(stage, node, &removed));
        believe(stage, 1, &founders());
        believe(stage, 1, &removed);
        account.nodes[3].belongs = false;
    };
    let zombie = judged("gone_for_good", goes_back);
    assert_eq!(found(&zombie), ["a node that was gone is back in a view"]);
    let back = judged("forward_only", goes_back);
    assert_eq!(found(&back), ["a view that goes back"]);
    let forgotten = judged("kept_changes", |stage, _| {
        believe(stage, 1, &history(&[(0, 1, Member), (1, 1, Member), (2, 1, Member)]));
        believe(stage, 1, &founders());
    });
    assert_eq!(found(&forgotten), ["a node that was known is forgotten"]);
}

#[test]
fn nothing_changes_without_an_order() {
    let removed = history(&[(0, 1, Member), (1, 1, Member), (2, 1, Member), (3, 2, Removed)]);
    let alone = judged("ordered_changes", |stage, _| announce(stage, 0, &removed));
    assert_eq!(found(&alone), ["a change without an order"]);
    let another = judged("ordered_changes", |stage, _| {
        command(stage, 0, Command::Leave(NodeId(2)));
        announce(stage, 0, &removed);
    });
    assert_eq!(another.found, 1);
    let nobody = judged("ordered_changes", |stage, _| believe(stage, 0, &removed));
    assert_eq!(found(&nobody), ["a change that nobody has made"]);
}

#[test]
fn suspicion_follows_silence_and_ends_with_it() {
    let missed = judged("suspicion", |stage, _| {
        (0..2).for_each(|_| {
            stage.fact(0, Fact::Member(MemberFact::Unanswered { peer: NodeId(1) }));
        });
        stage.fact(0, Fact::Suspected { peer: NodeId(2) });
        stage.at(10).fact(0, Fact::Cleared { peer: NodeId(2) });
    });
    assert_eq!(found(&missed), ["silence that raises no suspicion"]);
    let there = judged("suspicion", |stage, _| {
        stage.fact(0, Fact::Member(MemberFact::Waits { from: Some(NodeId(2)) }));
        stage.fact(0, Fact::Member(MemberFact::Waits { from: None }));
        stage.fact(0, Fact::Member(MemberFact::Waits { from: Some(NodeId(1)) }));
        for peer in [NodeId(1), NodeId(2)] {
            stage.fact(0, Fact::Suspected { peer });
            stage.fact(0, Fact::Cleared { peer });
        }
    });
    assert_eq!(found(&there), ["a suspicion of one whose answer was there"]);
    let again = judged("suspicion", |stage, _| {
        let waits = |from| Fact::Member(MemberFact::Waits { from });
        stage.fact(0, waits(None));
        stage.fact(0, waits(Some(NodeId(1))));
        // Another goes on; then this one does, and stands still again.
        stage.fact(3, Fact::Member(MemberFact::GoesOn));
        stage.fact(0, waits(Some(NodeId(2))));
        for peer in [NodeId(1), NodeId(2)] {
            stage.fact(0, Fact::Suspected { peer });
            stage.fact(0, Fact::Cleared { peer });
        }
        stage.fact(0, Fact::Member(MemberFact::GoesOn));
        stage.at(5).fact(0, waits(Some(NodeId(1))));
        stage.fact(0, Fact::Suspected { peer: NodeId(1) });
        stage.fact(0, Fact::Cleared { peer: NodeId(1) });
    });
    assert_eq!(found(&again), ["a suspicion of one whose answer was there"]);
    let lasts = judged("suspicion", |stage, _| {
        stage.fact(0, Fact::Suspected { peer: NodeId(2) });
    });
    assert_eq!(found(&lasts), ["a suspicion that outlasts its cause"]);
}

#[test]
fn one_digest_means_one_history_and_gossip_costs_what_it_may() {
    let two = judged("honest_digests", |stage, _| {
        let tokens: Rc<[u128]> = Rc::new([17]);
        let change = |node| (NodeId(node), Change::founder(Rc::clone(&tokens)));
        believe(stage, 0, &Rc::new(History::new((0..4).map(change).collect())));
    });
    assert_eq!(found(&two), ["one digest of two histories"]);
    let dear = judged("gossip_cost", |_, account| {
        account.totals.kinds[Kind::GossipDigest as usize].sent = 1_000_000;
    });
    assert_eq!(found(&dear), ["more contacts than rounds"]);
}

#[test]
fn a_range_is_whole_when_it_changes_hands() {
    let lacks = |stage: &mut Stage<Judges>, account: &mut Account| {
        stage.write(0, 0, &[]);
        leave(stage);
        account.nodes[2].belongs = false;
    };
    let whole = judged("ranges_whole", lacks);
    assert_eq!(found(&whole), ["a range that is not whole at its new home"]);
    // It had been covered by three homes, and by two of the new ones: a read of two meets one.
    assert_eq!(judged("view_overlap", lacks).outcome, Outcome::Held);
    assert_eq!(judged("home_copies", lacks).outcome, Outcome::Held);
    let forgets = judged("ranges_whole", |stage, _| {
        let (_, first) = stage.write(0, 0, &[]);
        stage.write(0, 0, &[]);
        stage.keep(1, &first, Cause::Transfer);
    });
    assert_eq!(found(&forgets), ["a batch that makes a copy forget"]);
}

#[test]
fn a_copy_goes_only_once_another_has_it() {
    let release = |stage: &mut Stage<Judges>, written: &Rc<_>| {
        let change = StoreChange { key: Key(0), before: Some(Rc::clone(written)), after: None };
        stage.at(3_000).fact(2, Fact::Released { change });
        stage.at(4_000).see(Record::Settling);
    };
    let early = judged("ranges_dropped", |stage, _| {
        let (_, written) = stage.write(0, 0, &[]);
        release(stage, &written);
    });
    assert_eq!(found(&early), ["a home that drops its copy"]);
    // It takes itself for none by a history of before, because its disk was wiped or for no cause.
    let by_old_news = |wiped: bool| {
        judged("ranges_dropped", |stage, _| {
            let (_, written) = stage.write(0, 0, &[]);
            if wiped {
                stage.see(Record::Down { node: NodeId(2), disk: DiskAfterCrash::Wiped });
            }
            let before = [(0, 1, Member), (1, 1, Member), (2, 0, Left), (3, 1, Member)];
            believe(stage, 2, &history(&before));
            release(stage, &written);
        })
    };
    assert_eq!(by_old_news(true).outcome, Outcome::Held);
    assert_eq!(found(&by_old_news(false)), ["a home that drops its copy"]);
    let lost = judged("ranges_dropped", |stage, account| {
        let (_, written) = stage.write(0, 0, &[]);
        leave(stage);
        release(stage, &written);
        account.nodes[2].belongs = false;
    });
    assert_eq!(found(&lost), ["a copy dropped before another has it"]);
}

#[test]
fn requests_are_not_passed_on_for_ever() {
    let operation = OperationId { client: ClientId(0), number: 7 };
    let passed = judged("pass_chains", |stage, _| {
        for times in 1..=50 {
            let attempt = Some(AttemptId { operation, attempt: 1 });
            let (home, to) = (NodeId(1), NodeId(2));
            stage.fact(2, Fact::Member(MemberFact::PassedOn { attempt, home, to, times }));
        }
    });
    assert_eq!((passed.found, passed.examined), (1, 50));
}

#[test]
fn an_outage_takes_no_homes() {
    let shrunk = judged("home_copies", |stage, _| {
        stage.write(0, 0, &[]);
        let without = history(&[(0, 1, Member), (1, 1, Member), (2, 2, Removed), (3, 1, Member)]);
        announce(stage, 0, &without);
        rehome(stage, [0, 3, 4]);
    });
    assert_eq!(found(&shrunk), ["too few homes that hold a key after a change"]);
}

#[test]
fn who_is_not_whole_does_not_answer() {
    let unfit = |why: Unfit, held: bool| {
        judged("view_overlap", |stage, _| {
            let (_, written) = stage.write(0, 0, &[]);
            if held {
                stage.keep(3, &written, Cause::Transfer);
            }
            let fact = MemberFact::Unfit { key: Key(0), why, read: true };
            stage.fact(3, Fact::Member(fact));
        })
    };
    let survivors = || Unfit::Unfilled { survivors: vec![NodeId(1)] };
    assert_eq!(found(&unfit(survivors(), false)), ["a new home that answers before it is filled"]);
    assert_eq!(unfit(survivors(), true).outcome, Outcome::Held);
    let given = unfit(Unfit::GivenAway, true);
    assert_eq!(found(&given), ["a former home that does for itself what it should pass on"]);
}

#[test]
fn quorums_meet_across_a_change() {
    let missed = judged("view_overlap", |stage, account| {
        let ghost = stage.ghost(0, &[]);
        let written = set(&[&ghost]);
        stage.keep(1, &written, Cause::Put);
        stage.keep(2, &written, Cause::Put);
        stage.commit(&ghost, &written);
        leave(stage);
        account.nodes[2].belongs = false;
    });
    assert_eq!(found(&missed), ["a committed write that reads by the new membership can miss"]);
}

#[test]
fn joins_need_an_order_and_end_themselves() {
    let told =
        history(&[(0, 1, Member), (1, 1, Member), (2, 1, Member), (3, 1, Member), (9, 1, Joining)]);
    let done =
        history(&[(0, 1, Member), (1, 1, Member), (2, 1, Member), (3, 1, Member), (9, 2, Member)]);
    let clean = judged("ordered_changes", |stage, _| {
        command(stage, 0, Command::Join(NodeId(9)));
        announce(stage, 0, &told);
        believe(stage, 9, &told);
        announce(stage.at(500), 9, &done);
    });
    assert_eq!((clean.outcome, clean.examined), (Outcome::Held, 2), "{clean:?}");
    let other = judged("ordered_changes", |stage, _| {
        command(stage, 0, Command::Join(NodeId(9)));
        announce(stage, 0, &told);
        announce(stage.at(500), 0, &done);
    });
    assert_eq!(other.found, 1);
}
