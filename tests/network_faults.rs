//! Each fault of the network does what its name says: what was sent over which link, and what
//! became of it.

mod watch;

use std::collections::{BTreeMap, BTreeSet};

use dynamo_sim::dynamo::message::Kind;
use dynamo_sim::faults::spec::Spec;
use dynamo_sim::id::{Address, NodeId};
use dynamo_sim::sim::plan::Plan;
use dynamo_sim::time::Time;
use dynamo_sim::trace::observer::{Interest, Observer};
use dynamo_sim::trace::record::{Account, Drop, Record};

use watch::{message_books, run, small_plan};

/// A message: when it was sent over which link, and what became of it when.
#[derive(Clone, Copy)]
struct Travel {
    from: Address,
    to: Address,
    kind: Kind,
    sent: f64,
    delivered: Option<f64>,
    dropped: Option<(f64, Drop)>,
    arrivals: u32,
}

#[derive(Default)]
struct Travels {
    all: BTreeMap<u64, Travel>,
    /// In the order in which they came.
    arrivals: Vec<u64>,
}

impl Observer for Travels {
    fn interest(&self) -> Interest {
        Interest { facts: false, messages: true }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        match record {
            Record::Sent { number, from, to, message, .. } => {
                let (from, to, kind, sent) = (*from, *to, message.kind(), now.seconds());
                let (delivered, dropped, arrivals) = (None, None, 0);
                let travel = Travel { from, to, kind, sent, delivered, dropped, arrivals };
                self.all.insert(*number, travel);
            }
            Record::Delivered { number, .. } => {
                let travel = self.all.get_mut(number).expect("it was sent");
                travel.delivered = Some(now.seconds());
                travel.arrivals += 1;
                self.arrivals.push(*number);
            }
            Record::Dropped { number, cause, .. } => {
                let travel = self.all.get_mut(number).expect("it was sent");
                travel.dropped = Some((now.seconds(), *cause));
            }
            _ => {}
        }
    }
}

/// Runs ten seconds of five nodes with one fault; its books close, and it comes to rest.
fn with_fault(json: serde_json::Value) -> (Travels, Account, Plan) {
    let mut plan = small_plan(3);
    let fault: Spec = serde_json::from_value(json).expect("it is a fault");
    plan.faults = vec![fault.into()];
    let mut travels = Travels::default();
    let account = run(&plan, &mut travels);
    for (kind, (came, went)) in message_books(&account).into_iter().enumerate() {
        assert_eq!(came, went, "messages of kind {kind}");
    }
    assert!(account.quiescent);
    assert!(account.touched[0].messages > 0, "it touched something");
    (travels, account, plan)
}

fn node(number: u32) -> Address {
    Address::Node(NodeId(number))
}

fn is_node(party: Address) -> bool {
    matches!(party, Address::Node(_))
}

/// Exactly the messages sent over the links that `cut` names at its moment are cut.
fn check_cuts(travels: &Travels, cut: impl Fn(&Travel) -> bool) {
    let mut lost = 0;
    for travel in travels.all.values() {
        let dropped = matches!(travel.dropped, Some((_, Drop::Cut)));
        let (from, to, sent) = (travel.from, travel.to, travel.sent);
        assert_eq!(dropped, cut(travel), "{from} -> {to} at {sent}");
        lost += u32::from(dropped);
    }
    assert!(lost > 20, "{lost}");
}

#[test]
fn an_isolated_group_sees_itself_and_clients_unless_they_are_meant() {
    for clients in [false, true] {
        let (travels, _, _) = with_fault(serde_json::json!({ "isolate":
            { "group": ["n1..n2"], "from": "3s", "to": "6s", "clients": clients } }));
        let inside = |party| party == node(1) || party == node(2);
        check_cuts(&travels, |t| {
            let meant = clients || is_node(t.from) && is_node(t.to);
            (3.0..6.0).contains(&t.sent) && meant && inside(t.from) != inside(t.to)
        });
    }
}

#[test]
fn a_bridge_sees_both_sides() {
    let (travels, _, _) = with_fault(serde_json::json!({ "bridge":
        { "node": "n2", "sides": [["n0..n1"], ["n3..n4"]], "from": "3s", "to": "6s" } }));
    let side = |party| match party {
        Address::Node(NodeId(number)) if number != 2 => Some(number < 2),
        Address::Node(_) | Address::Client(_) => None,
    };
    check_cuts(&travels, |t| {
        let sides = side(t.from).zip(side(t.to));
        (3.0..6.0).contains(&t.sent) && sides.is_some_and(|(one, other)| one != other)
    });
}

#[test]
fn on_a_ring_each_sees_a_majority_of_its_own() {
    let (travels, _, _) = with_fault(serde_json::json!({ "majorities_ring":
        { "nodes": ["n3", "n0", "n4", "n1..n2"], "from": "3s", "to": "9s" } }));
    let ring = [3, 0, 4, 1, 2].map(node);
    let place = |party| ring.iter().position(|other| *other == party);
    check_cuts(&travels, |t| {
        let apart = place(t.from).zip(place(t.to)).map(|(a, b)| a.abs_diff(b));
        (3.0..9.0).contains(&t.sent) && matches!(apart, Some(2 | 3))
    });
    let mut seen: BTreeMap<Address, BTreeSet<Address>> = BTreeMap::new();
    for travel in travels.all.values() {
        let inside = (3.0..9.0).contains(&travel.sent) && travel.delivered.is_some();
        if inside && is_node(travel.from) && is_node(travel.to) {
            seen.entry(travel.from).or_default().extend([travel.from, travel.to]);
        }
    }
    assert!(seen.values().all(|majority| majority.len() == 3));
    assert_eq!(seen.values().collect::<BTreeSet<_>>().len(), 5, "no two see the same");
}

#[test]
fn a_flapping_cut_comes_and_goes() {
    let (travels, account, plan) = with_fault(serde_json::json!({ "flap":
        { "period": "2s", "share_cut": 0.25, "fault": { "cut":
            { "senders": ["n0"], "receivers": ["n1..n4"], "from": "1s", "to": "8s" } } } }));
    check_cuts(&travels, |t| {
        let on = [1.0, 3.0, 5.0, 7.0].iter().any(|start| (*start..start + 0.5).contains(&t.sent));
        on && t.from == node(0) && is_node(t.to)
    });
    assert_eq!(account.touched.len(), 1, "it is one fault");
    let window = &plan.layout().faults[0];
    assert_eq!((window.from.seconds(), window.to.seconds()), (1.0, 7.5));
}

#[test]
fn an_isolation_rolls_from_node_to_node() {
    let (travels, _, _) = with_fault(serde_json::json!({ "rolling_isolation":
        { "nodes": ["n4", "n0..n1"], "from": "1s", "each": "2s", "pause": "500ms" } }));
    check_cuts(&travels, |t| {
        let alone = [(4, 1.0), (0, 3.5), (1, 6.0)].into_iter().find_map(|(number, from)| {
            (from..from + 2.0).contains(&t.sent).then_some(node(number))
        });
        let nodes = is_node(t.from) && is_node(t.to);
        nodes && alone.is_some_and(|alone| t.from == alone || t.to == alone)
    });
}

#[test]
fn a_swizzle_takes_nodes_down_and_up_one_by_one() {
    let (travels, _, _) = with_fault(serde_json::json!({ "swizzle":
        { "nodes": ["n0..n2"], "from": "2s", "to": "7s", "clients": true } }));
    // For each node the first and the last moment at which something over its links was cut.
    let mut spells: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for travel in travels.all.values().filter(|t| matches!(t.dropped, Some((_, Drop::Cut)))) {
        for number in 0..3 {
            let other = if travel.from == node(number) { travel.to } else { travel.from };
            let whose = travel.from == node(number) || travel.to == node(number);
            let only = (0..3).all(|n| other != node(n));
            if whose && only {
                let spell = spells.entry(number).or_insert((travel.sent, travel.sent));
                spell.1 = travel.sent;
            }
        }
    }
    let moments = |of: fn((f64, f64)) -> f64| {
        let mut all: Vec<f64> = spells.values().map(|spell| of(*spell)).collect();
        all.sort_by(f64::total_cmp);
        all
    };
    let (downs, ups) = (moments(|spell| spell.0), moments(|spell| spell.1));
    for (i, (down, up)) in downs.into_iter().zip(ups).enumerate() {
        assert!((0.0..0.3).contains(&(down - 2.0 - i as f64)), "{down}");
        assert!((0.0..0.3).contains(&(5.0 + i as f64 - up)), "{up}");
    }
    assert_eq!(spells.len(), 3);
}

#[test]
fn a_clog_holds_everything_and_lets_it_go_in_order() {
    let (travels, _, _) = with_fault(serde_json::json!({ "clog":
        { "senders": ["n0", "n2..n4"], "receivers": ["n1"],
          "from": "3s", "to": "5s", "spread": "1s" } }));
    let on_link = |t: &&Travel| is_node(t.from) && t.to == node(1);
    let held: Vec<&Travel> = travels
        .arrivals
        .iter()
        .map(|number| &travels.all[number])
        .filter(|t| on_link(t) && t.sent < 4.9 && t.delivered.is_some_and(|at| at >= 5.0))
        .collect();
    assert!(held.len() > 10, "{}", held.len());
    assert!(held.iter().all(|t| t.delivered.is_some_and(|at| at < 6.0)));
    assert!(held.iter().any(|t| t.delivered.is_some_and(|at| at > 5.8)), "they are spread");
    // In the order of arrival at the clog, which delays of some milliseconds may turn.
    let swapped = held.windows(2).filter(|pair| pair[0].sent > pair[1].sent + 0.05).count();
    assert_eq!(swapped, 0);
    let during = |t: &&Travel| (3.0..5.0).contains(&t.delivered.unwrap_or(0.0));
    assert_eq!(travels.all.values().filter(on_link).filter(during).count(), 0);
    assert!(travels.all.values().all(|t| t.dropped.is_none()), "nothing is lost");
}

#[test]
fn only_the_nth_message_of_a_kind_suffers() {
    let (travels, account, _) = with_fault(serde_json::json!({ "degrade":
        { "senders": ["n0..n4"], "receivers": ["n0..n4"], "from": "2s", "to": "9s",
          "kinds": ["gossip_same"], "nth": 2, "loss": 1 } }));
    let meant: Vec<&Travel> = travels
        .all
        .values()
        .filter(|t| t.kind == Kind::GossipSame && (2.0..9.0).contains(&t.sent))
        .collect();
    let lost: Vec<usize> = (0..meant.len()).filter(|i| meant[*i].dropped.is_some()).collect();
    assert_eq!(lost, [1]);
    assert_eq!(account.touched[0].messages, 1);
}

#[test]
fn copies_damage_and_jitter_come_at_their_shares() {
    let (travels, account, _) = with_fault(serde_json::json!({ "degrade":
        { "senders": ["n0..n4"], "receivers": ["n0..n4"], "from": "0s", "to": "10s",
          "kinds": ["store", "stored"], "duplicate": 0.2, "corrupt": 0.1, "jitter": "50ms" } }));
    let (mut all, mut twice, mut damaged, mut late) = (0.0, 0.0, 0.0, 0.0);
    for t in travels.all.values().filter(|t| t.sent < 10.0) {
        let corrupt = matches!(t.dropped, Some((_, Drop::Corrupt)));
        let meant = matches!(t.kind, Kind::Store | Kind::Stored);
        assert!(meant || !corrupt && t.arrivals < 2);
        if meant {
            all += 1.0;
            twice += f64::from(t.arrivals + u32::from(corrupt) == 2);
            damaged += f64::from(corrupt);
            late += f64::from(t.delivered.is_some_and(|at| at - t.sent > 0.025));
        }
    }
    assert!(all > 500.0, "{all}");
    assert!((0.15..0.25).contains(&(twice / all)), "{twice} of {all}");
    assert!((0.06..0.14).contains(&(damaged / all)), "{damaged} of {all}");
    assert!((0.35..0.65).contains(&(late / all)), "{late} of {all}");
    let totals = account.totals.kinds;
    let counted: u64 = totals.iter().map(|kind| kind.dropped[Drop::Corrupt as usize]).sum();
    assert_eq!(counted as f64, damaged);
}

#[test]
fn a_narrow_link_carries_so_much_and_drops_the_rest() {
    let (travels, account, _) = with_fault(serde_json::json!({ "bandwidth":
        { "senders": ["n0"], "receivers": ["n1..n4"], "from": "2s", "to": "8s",
          "per_second": "10KiB", "queue_limit": "5KiB" } }));
    let full: u64 =
        account.totals.kinds.iter().map(|kind| kind.dropped[Drop::QueueFull as usize]).sum();
    assert!(full > 0);
    let narrow = |t: &&Travel| {
        t.from == node(0) && is_node(t.to) && (2.0..8.0).contains(&t.sent) && t.dropped.is_none()
    };
    let waits: Vec<f64> =
        travels.all.values().filter(narrow).map(|t| t.delivered.unwrap() - t.sent).collect();
    // A full line of 5 KiB takes half a second; 1 ms on average is the way itself.
    assert!(waits.iter().all(|wait| *wait < 0.52));
    assert!(waits.iter().any(|wait| *wait > 0.4), "lines fill");
}
