//! When in a run a line of `expect` looks.
//!
//! ```text
//! when     = "during" trouble | "before" trouble | "after" trouble
//!          | "from" duration "to" duration                          (a window)
//!          | duration "after" trouble | duration "before" trouble
//!          | "at" duration                                          (a moment)
//! trouble  = kind [ number ]      the fault of this kind; of several the number-th, from 1
//!          | "fault" number       the number-th of all faults, as they are written, from 1
//!          | "first fault" | "last fault"       the one that begins first, or last
//!          | "faults"             from the start of the first to the end of the last
//!          | "heal" | "last heal"               the end of the last
//! duration = as in 30s, 500ms
//! ```
//!
//! `before` counts from the start of the trouble, `after` from its end. A window includes its start
//! and not its end; `before` begins with the run, `after` ends with it.

use crate::scenario::diagnosis::did_you_mean;
use crate::scenario::path::shortened;
use crate::time::{Duration, Time};
use crate::trace::layout::FaultWindow;

/// A window or a moment as written.
#[derive(Clone, PartialEq, Debug)]
pub enum When {
    /// From the start of the trouble to its end.
    During(Trouble),
    /// From the start of the run to that of the trouble.
    Before(Trouble),
    /// From the end of the trouble on.
    After(Trouble),
    /// From one moment to another.
    FromTo(Duration, Duration),
    /// The moment so long after the end of the trouble.
    Later(Duration, Trouble),
    /// The moment so long before the start of the trouble.
    Earlier(Duration, Trouble),
    /// A moment of the run.
    At(Duration),
}

/// Faults by which a window or a moment is found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// The fault of this kind, or the number-th of several.
    Kind(String, Option<usize>),
    /// The number-th of all faults.
    Fault(usize),
    /// The one that begins first.
    First,
    /// The one that begins last.
    Last,
    /// All of them.
    All,
    /// The end of the last.
    Heal,
}

/// A window or a moment of a run whose faults are known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    /// From a moment on, until another.
    Window(Time, Time),
    Moment(Time),
}

/// What a window or a moment begins with.
const BEGINNINGS: [&str; 5] = ["during", "before", "after", "from", "at"];

/// What would do.
const USAGE: &str = "write `during`, `before` or `after` and a fault, as in \"during partition\" \
                     or \"before first fault\", `from 10s to 20s`, or a moment: `30s after heal`, \
                     `at 90s`";

impl When {
    /// Reads `"during partition 2"` or `"30s after heal"`; the error says what would do.
    pub fn parse(text: &str) -> Result<When, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            ["during", "heal"] | ["during", "last", "heal"] => {
                Err("a heal takes no time; write `after heal`, or `during` and a fault".to_string())
            }
            ["during", trouble @ ..] => Trouble::parse(trouble).map(When::During),
            ["before", trouble @ ..] => Trouble::parse(trouble).map(When::Before),
            ["after", trouble @ ..] => Trouble::parse(trouble).map(When::After),
            ["from", from, "to", to] => {
                Ok(When::FromTo(Duration::parse(from)?, Duration::parse(to)?))
            }
            ["at", at] => Duration::parse(at).map(When::At),
            [length, side, trouble @ ..] if length.starts_with(|c: char| c.is_ascii_digit()) => {
                let length = Duration::parse(length)?;
                match *side {
                    "after" => Trouble::parse(trouble).map(|trouble| When::Later(length, trouble)),
                    "before" => {
                        Trouble::parse(trouble).map(|trouble| When::Earlier(length, trouble))
                    }
                    _ => Err(unknown(side)),
                }
            }
            [first, ..] if !BEGINNINGS.contains(first) => Err(unknown(first)),
            [] | [..] => Err(format!("`{}` is no window or moment; {USAGE}", shortened(text))),
        }
    }

    /// Where in the run that is; the error says why it is nowhere.
    pub fn place(&self, faults: &[FaultWindow]) -> Result<Place, String> {
        let before = |length: Duration, moment: Time| {
            let earlier = moment.0.checked_sub(length.0).map(Time);
            earlier.ok_or_else(|| format!("{length} before that the run has not begun"))
        };
        let place = match self {
            When::During(trouble) => {
                let (from, to) = trouble.bounds(faults)?;
                // A fault that takes no time has a window that holds its moment.
                Place::Window(from, to.max(Time(from.0 + 1)))
            }
            When::Before(trouble) => Place::Window(Time::ZERO, trouble.bounds(faults)?.0),
            When::After(trouble) => Place::Window(trouble.bounds(faults)?.1, Time::NEVER),
            When::FromTo(from, to) => Place::Window(Time::ZERO + *from, Time::ZERO + *to),
            When::Later(length, trouble) => Place::Moment(trouble.bounds(faults)?.1 + *length),
            When::Earlier(length, trouble) => {
                Place::Moment(before(*length, trouble.bounds(faults)?.0)?)
            }
            When::At(length) => Place::Moment(Time::ZERO + *length),
        };
        match place {
            Place::Window(from, to) if from >= to => {
                Err("this window has no length: nothing begins in it".to_string())
            }
            Place::Window(..) | Place::Moment(_) => Ok(place),
        }
    }
}

impl Trouble {
    fn parse(words: &[&str]) -> Result<Trouble, String> {
        let number = |text: &str| {
            let number = text.parse::<usize>().ok().filter(|number| *number > 0);
            let refuse =
                || format!("`{}` is no number of a fault; they count from 1", shortened(text));
            number.ok_or_else(refuse)
        };
        match words {
            ["faults"] => Ok(Trouble::All),
            ["heal"] | ["last", "heal"] => Ok(Trouble::Heal),
            ["first", "fault"] => Ok(Trouble::First),
            ["last", "fault"] => Ok(Trouble::Last),
            ["fault", which] => number(which).map(Trouble::Fault),
            [kind] => Ok(Trouble::Kind(kind.to_string(), None)),
            [kind, which] => Ok(Trouble::Kind(kind.to_string(), Some(number(which)?))),
            [] | [..] => Err(format!(
                "`{}` names no fault; write its kind, as in `partition` or `partition 2`, or \
                 `fault 1`, `first fault`, `last fault`, `faults`, `heal`",
                shortened(&words.join(" "))
            )),
        }
    }

    /// From when to when it lasts.
    fn bounds(&self, faults: &[FaultWindow]) -> Result<(Time, Time), String> {
        let bounds = |fault: &FaultWindow| (fault.from, fault.to);
        let all = || faults.iter().map(bounds);
        let found = match self {
            Trouble::First => all().min_by_key(|(from, _)| *from),
            Trouble::Last => all().max_by_key(|(from, _)| *from),
            Trouble::All => all().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))),
            Trouble::Heal => all().map(|(_, to)| (to, to)).max(),
            Trouble::Fault(number) => {
                let found = faults.get(number - 1).map(bounds);
                return found.ok_or_else(|| how_many("fault", *number, faults.len()));
            }
            Trouble::Kind(kind, number) => return of_kind(kind, *number, faults),
        };
        found.ok_or_else(|| "the scenario has no faults".to_string())
    }
}

fn of_kind(
    kind: &str,
    number: Option<usize>,
    faults: &[FaultWindow],
) -> Result<(Time, Time), String> {
    let matching: Vec<&FaultWindow> = faults.iter().filter(|fault| fault.kind == kind).collect();
    if matching.is_empty() {
        let words = ["faults", "heal", "first fault", "last fault"];
        let near = did_you_mean(kind, faults.iter().map(|fault| fault.kind).chain(words));
        let near = near.map_or(String::new(), |near| format!("; {near}"));
        return Err(format!("the scenario has no fault `{}`{near}", shortened(kind)));
    }
    if number.is_none() && matching.len() > 1 {
        let count = matching.len();
        return Err(format!("there are {count} of `{kind}`; say which, as in `{kind} 2`"));
    }
    let number = number.unwrap_or(1);
    let found = matching.get(number - 1).map(|fault| (fault.from, fault.to));
    found.ok_or_else(|| how_many(kind, number, matching.len()))
}

fn how_many(what: &str, asked: usize, count: usize) -> String {
    format!("there is no `{what} {asked}`: the scenario has {count} of them")
}

fn unknown(word: &str) -> String {
    let near = did_you_mean(word, BEGINNINGS);
    let near = near.map_or(String::new(), |near| format!("; {near}"));
    format!("`{}` is no window or moment{near}; {USAGE}", shortened(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(kind: &'static str, from: u64, to: u64) -> FaultWindow {
        let (from, to) = (Time(from), Time(to));
        FaultWindow { kind, label: String::new(), from, to, optional: false }
    }

    #[test]
    fn windows_and_moments_are_found() {
        let faults = [fault("cut", 30, 40), fault("partition", 10, 60), fault("cut", 50, 55)];
        let rows = [
            ("during partition", Place::Window(Time(10), Time(60))),
            ("during cut 2", Place::Window(Time(50), Time(55))),
            ("during fault 1", Place::Window(Time(30), Time(40))),
            ("during first fault", Place::Window(Time(10), Time(60))),
            ("during last fault", Place::Window(Time(50), Time(55))),
            ("during faults", Place::Window(Time(10), Time(60))),
            ("before first fault", Place::Window(Time(0), Time(10))),
            ("after last heal", Place::Window(Time(60), Time::NEVER)),
            ("after cut 1", Place::Window(Time(40), Time::NEVER)),
            ("from 1ns to 5ns", Place::Window(Time(1), Time(5))),
            ("30ns after heal", Place::Moment(Time(90))),
            ("3ns before cut 1", Place::Moment(Time(27))),
            ("at 7ns", Place::Moment(Time(7))),
        ];
        for (text, place) in rows {
            let when = When::parse(text).unwrap_or_else(|why| panic!("{text}: {why}"));
            assert_eq!(when.place(&faults), Ok(place), "{text}");
        }
    }

    #[test]
    fn what_is_nowhere_is_refused() {
        let faults = [fault("cut", 0, 40), fault("cut", 50, 55)];
        for (text, why) in [
            ("durin cut 1", "did you mean `during`?"),
            ("during cut", "there are 2 of `cut`"),
            ("during cat", "did you mean `cut`?"),
            ("during cut 3", "has 2 of them"),
            ("during fault 3", "has 2 of them"),
            ("during cut 0", "count from 1"),
            ("during heal", "takes no time"),
            ("before first fault", "no length"),
            ("5ns before cut 1", "has not begun"),
            ("from 5ns to 5ns", "no length"),
            ("5 after heal", "not a duration"),
            ("5s around heal", "no window or moment"),
            ("at", "no window or moment"),
            ("during the worst of it", "names no fault"),
        ] {
            let told = When::parse(text).and_then(|when| when.place(&faults)).unwrap_err();
            assert!(told.contains(why), "{text}: {told}");
        }
        assert!(When::During(Trouble::All).place(&[]).unwrap_err().contains("no faults"));
    }
}
