//! Conditions that faults lay over links.

use std::collections::BTreeMap;

use crate::faults::spec::InFlight;
use crate::id::{Address, NodeId, Span};
use crate::random::sampler::Sampler;
use crate::time::Duration;

/// Which links a fault is about.
#[derive(Clone, Debug)]
pub enum Links {
    /// Between any two parties on different sides, both ways.
    BetweenSides(Vec<Vec<Span>>),
    /// From any sender to any receiver.
    Directed { senders: Vec<Span>, receivers: Vec<Span>, both_ways: bool },
    /// Between the group and all other nodes, and clients if they are meant, both ways.
    Around { group: Vec<Span>, clients: bool },
    /// Between nodes that are further apart on a ring than this many places.
    FarOnRing { places: BTreeMap<NodeId, usize>, reach: usize },
}

/// Links that carry nothing.
#[derive(Clone, Debug)]
pub struct CutRule {
    /// Tells apart what one fault takes away at different times.
    pub part: u32,
    pub links: Links,
    pub in_flight: InFlight,
    pub while_cut: WhileCut,
}

/// What becomes of messages that are sent while their link is cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WhileCut {
    Lost,
    /// They wait until it ends and come out, in order, over this time.
    Held {
        spread: Duration,
    },
}

/// Links that are worse than they should be.
#[derive(Clone, Debug)]
pub struct DegradeRule {
    pub links: Links,
    /// Added to the delay of each message.
    pub delay: Option<Sampler>,
    /// Share of messages lost on top of the network's own loss.
    pub loss: f64,
    /// Names of the kinds of message that it is about; all where none is named.
    pub kinds: Vec<String>,
    /// Only this one of the messages that it is about, counted from 1; all without it.
    pub nth: Option<u64>,
    /// Share of messages that arrive twice.
    pub duplicate: f64,
    /// Share of messages that arrive damaged.
    pub corrupt: f64,
    /// Each message takes longer by anything up to this.
    pub jitter: Duration,
}

/// Links that take time over each byte.
#[derive(Clone, Debug)]
pub struct BandwidthRule {
    pub links: Links,
    /// What each link carries in a second, in each direction.
    pub bytes_per_second: u64,
    /// What may wait before each link; more is dropped.
    pub queue_limit: Option<u64>,
}

impl Links {
    /// Is the link from one party to another among them?
    pub fn include(&self, from: Address, to: Address) -> bool {
        match self {
            Links::BetweenSides(sides) => {
                let side = |party| sides.iter().position(|side| holds(side, party));
                matches!((side(from), side(to)), (Some(one), Some(other)) if one != other)
            }
            Links::Directed { senders, receivers, both_ways } => {
                let there = holds(senders, from) && holds(receivers, to);
                there || (*both_ways && holds(senders, to) && holds(receivers, from))
            }
            Links::Around { group, clients } => {
                let nodes = matches!((from, to), (Address::Node(_), Address::Node(_)));
                (*clients || nodes) && holds(group, from) != holds(group, to)
            }
            Links::FarOnRing { places, reach } => {
                let place = |party| match party {
                    Address::Node(node) => places.get(&node).copied(),
                    Address::Client(_) => None,
                };
                let Some((one, other)) = place(from).zip(place(to)) else { return false };
                let apart = one.abs_diff(other);
                apart.min(places.len() - apart) > *reach
            }
        }
    }
}

fn holds(group: &[Span], party: Address) -> bool {
    group.iter().any(|span| span.contains(party))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(texts: &[&str]) -> Vec<Span> {
        texts.iter().map(|text| Span::parse(text).unwrap()).collect()
    }

    fn check(links: &Links, rows: &[(&str, &str, bool)]) {
        for (from, to, included) in rows {
            let party = |text: &str| Address::parse(text).unwrap();
            assert_eq!(links.include(party(from), party(to)), *included, "{from} -> {to}");
        }
    }

    #[test]
    fn sides_are_cut_from_each_other_only() {
        let links =
            Links::BetweenSides(vec![spans(&["n0..n2", "c0"]), spans(&["n3"]), spans(&["n4"])]);
        let rows = [
            ("n0", "n3", true),
            ("n3", "n0", true),
            ("n3", "n4", true),
            ("n0", "n2", false),
            ("c0", "n3", true),
            ("c1", "n3", false),
            ("n5", "n0", false),
        ];
        check(&links, &rows);
    }

    #[test]
    fn directed_links_have_a_direction() {
        let directed = |both_ways| Links::Directed {
            senders: spans(&["n0"]),
            receivers: spans(&["n1..n2"]),
            both_ways,
        };
        check(&directed(false), &[("n0", "n1", true), ("n1", "n0", false), ("n1", "n2", false)]);
        check(&directed(true), &[("n0", "n2", true), ("n2", "n0", true), ("n1", "n2", false)]);
    }

    #[test]
    fn a_group_is_apart_from_others_and_not_from_itself() {
        let around = |clients| Links::Around { group: spans(&["n0..n1"]), clients };
        let rows = [("n0", "n2", true), ("n2", "n1", true), ("n0", "n1", false)];
        check(&around(false), &rows);
        check(&around(false), &[("c0", "n0", false), ("n2", "n3", false)]);
        check(&around(true), &[("c0", "n0", true), ("n0", "c0", true), ("c0", "n2", false)]);
    }

    #[test]
    fn neighbours_on_a_ring_see_each_other() {
        let places = [3, 1, 4, 0, 2].map(NodeId).into_iter().zip(0..).collect();
        let rows = [
            ("n3", "n1", true),
            ("n3", "n2", true),
            ("n3", "n4", false),
            ("n3", "n0", false),
            ("n4", "n0", true),
        ];
        let seen = rows.map(|(from, to, sees)| (from, to, !sees));
        check(&Links::FarOnRing { places, reach: 1 }, &seen);
    }
}
