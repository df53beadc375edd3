//! Whom a fault is done to, where it leaves that to chance, to the ring, or to a name.
//!
//! ```text
//! target = crowd | number "of" crowd { "," crowd } | "random" | "rest" | "holder of most hints"
//! crowd  = span | "nodes" | "seeds" | "seed" i | "site:" name | "group:" name
//!        | "coordinator of" key | "home" i "of" key | "homes of" key | "next to join"
//! ```
//!
//! `random` is `1 of nodes`; `rest` are the nodes that the fault names nowhere else. Homes count
//! from 1, in the order of the preference list; seeds from 0, as nodes do.

use crate::id::{Key, Span};
use crate::scenario::path::shortened;

/// Whom a text names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Target {
    All(Crowd),
    /// So many of them, drawn before the run.
    Some {
        count: u32,
        of: Vec<Crowd>,
    },
    Rest,
    /// Who that is shows when the fault takes hold.
    MostHints,
}

/// Parties that have something in common.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Crowd {
    Span(Span),
    Nodes,
    Seeds,
    Seed(u32),
    Site(String),
    Group(String),
    Homes(Key),
    Home(u32, Key),
    /// Whom the administrator tells to join when the fault begins or next after that; the last if
    /// nobody is any more.
    NextToJoin,
}

/// What would do.
const USAGE: &str = "write \"2 of n0..n5\", \"random\", \"coordinator of k42\", \"home 2 of k42\", \
                     \"homes of k42\", \"next to join\", \"seed 0\", \"site:east\" or \
                     \"group:rack-a\"";

/// What such texts begin with.
const BEGINNINGS: [&str; 11] = [
    "next ",
    "random",
    "rest",
    "nodes",
    "seeds",
    "seed ",
    "coordinator ",
    "home ",
    "homes ",
    "holder ",
    "group:",
];

impl Target {
    /// Reads a target; none if it is a plain party or nothing of ours. The error says what would
    /// do.
    pub fn parse(text: &str) -> Result<Option<Target>, String> {
        let counted = text.split_once(" of ");
        let count = counted.and_then(|(count, of)| Some((count.parse::<u32>().ok()?, of)));
        let target = match (text, count) {
            (_, _) if Span::parse(text).is_ok() => return Ok(None),
            ("random", _) => Target::Some { count: 1, of: vec![Crowd::Nodes] },
            ("rest", _) => Target::Rest,
            ("holder of most hints", _) => Target::MostHints,
            (_, Some((count, of))) => {
                let of: Option<Vec<Crowd>> = of.split(',').map(str::trim).map(crowd).collect();
                Target::Some { count, of: of.ok_or_else(|| refusal(text))? }
            }
            (_, None) => match crowd(text) {
                Some(crowd) => Target::All(crowd),
                None if BEGINNINGS.iter().any(|start| text.starts_with(start)) => {
                    return Err(refusal(text));
                }
                None => return Ok(None),
            },
        };
        Ok(Some(target))
    }
}

fn refusal(text: &str) -> String {
    format!("`{}` names nobody; {USAGE}", shortened(text))
}

fn crowd(text: &str) -> Option<Crowd> {
    let named = |start| text.strip_prefix(start).map(str::to_string);
    let words: Vec<&str> = text.split(' ').collect();
    let key = |text: &str| number(text.strip_prefix('k')?).map(Key);
    match words.as_slice() {
        ["nodes"] => Some(Crowd::Nodes),
        ["seeds"] => Some(Crowd::Seeds),
        ["seed", which] => number(which).map(Crowd::Seed),
        ["coordinator", "of", of] => key(of).map(|key| Crowd::Home(1, key)),
        ["home", which, "of", of] => number(which).zip(key(of)).map(|(i, k)| Crowd::Home(i, k)),
        ["next", "to", "join"] => Some(Crowd::NextToJoin),
        ["homes", "of", of] => key(of).map(Crowd::Homes),
        _ => named("site:")
            .map(Crowd::Site)
            .or_else(|| named("group:").map(Crowd::Group))
            .or_else(|| Span::parse(text).ok().map(Crowd::Span)),
    }
}

fn number(text: &str) -> Option<u32> {
    let plain = text == "0" || !text.starts_with(['0', '+']);
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{Address, NodeId};

    #[test]
    fn targets_read() {
        let span = |a, b| Span { first: Address::Node(NodeId(a)), last: Address::Node(NodeId(b)) };
        let some = |count, of: &[Crowd]| Target::Some { count, of: of.to_vec() };
        let rows = [
            ("random", some(1, &[Crowd::Nodes])),
            ("3 of n0..n9", some(3, &[Crowd::Span(span(0, 9))])),
            ("1 of n4, site:east", {
                some(1, &[Crowd::Span(span(4, 4)), Crowd::Site("east".to_string())])
            }),
            ("2 of homes of k7", some(2, &[Crowd::Homes(Key(7))])),
            ("coordinator of k42", Target::All(Crowd::Home(1, Key(42)))),
            ("home 2 of k42", Target::All(Crowd::Home(2, Key(42)))),
            ("seed 0", Target::All(Crowd::Seed(0))),
            ("group:rack of mine", Target::All(Crowd::Group("rack of mine".to_string()))),
            ("next to join", Target::All(Crowd::NextToJoin)),
            ("rest", Target::Rest),
            ("holder of most hints", Target::MostHints),
        ];
        for (text, target) in rows {
            assert_eq!(Target::parse(text), Ok(Some(target)), "{text}");
        }
    }

    #[test]
    fn what_is_not_ours_is_left_and_what_is_wrong_is_told() {
        for text in ["n3", "n0..n5", "c7", "n5..n0", "n", "coordinate", ""] {
            assert_eq!(Target::parse(text), Ok(None), "{text}");
        }
        for text in ["2 of x", "homes of 42", "home k42", "home 02 of k1", "randomly", "seed one"] {
            assert!(Target::parse(text).is_err(), "{text}");
        }
    }
}
