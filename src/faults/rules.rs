//! Conditions that faults lay over links.

use crate::faults::spec::InFlight;
use crate::id::{Address, Span};
use crate::random::sampler::Sampler;

/// Which links a fault is about.
#[derive(Clone, Debug)]
pub enum Links {
    /// Between any two parties on different sides, both ways.
    BetweenSides(Vec<Vec<Span>>),
    /// From any sender to any receiver.
    Directed { senders: Vec<Span>, receivers: Vec<Span>, both_ways: bool },
}

/// Links that carry nothing.
#[derive(Clone, Debug)]
pub struct CutRule {
    pub links: Links,
    pub in_flight: InFlight,
}

/// Links that are worse than they should be.
#[derive(Clone, Debug)]
pub struct DegradeRule {
    pub links: Links,
    /// Added to the delay of each message.
    pub delay: Option<Sampler>,
    /// Share of messages lost on top of the network's own loss.
    pub loss: f64,
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
}
