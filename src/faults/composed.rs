//! Faults made of faults: again and again, or by a name of their own.

use serde::{Deserialize, Serialize};

use crate::faults::cuts::CutLike;
use crate::faults::fault::Fault;
use crate::faults::spec::Spec;
use crate::time::Duration;

/// Most times that a fault is repeated.
pub const TIMES_LIMIT: u32 = 1_000;

/// Most steps of a fault that is repeated, all times together.
pub const STEP_LIMIT: usize = 200_000;

/// The same fault several times, each time later.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// From one beginning to the next.
    pub every: Duration,
    /// How often in all.
    pub times: u32,
    /// The first of them.
    pub fault: Box<Fault>,
}

/// A fault that reports call by a name beside what it does.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// What reports add to what it does.
    pub name: String,
    /// What happens.
    pub fault: Box<Fault>,
}

/// How a fault is made: of another, or by itself.
pub enum Form<'f> {
    Plain,
    Named(&'f Named),
    Repeat(&'f Repeat),
}

/// Each fault by itself: what repeats is spelt out, and each time is named.
pub fn laid_out(faults: &[Fault]) -> Vec<Fault> {
    faults.iter().flat_map(lay_out).collect()
}

fn lay_out(fault: &Fault) -> Vec<Fault> {
    let whats: Vec<Spec> = match fault.what.form() {
        Form::Plain => vec![fault.what.clone()],
        Form::Named(Named { name, fault }) => {
            let named = |fault| Spec::Named(Named { name: name.clone(), fault: Box::new(fault) });
            lay_out(fault).into_iter().map(named).collect()
        }
        Form::Repeat(repeat) => (0..repeat.times.min(TIMES_LIMIT)).map(|i| repeat.one(i)).collect(),
    };
    whats.into_iter().map(|what| Fault { what, optional: fault.optional }).collect()
}

impl Repeat {
    /// The fault as it comes after so many others.
    pub fn one(&self, place: u32) -> Spec {
        let mut fault = self.fault.clone();
        fault.what.put_off(Duration(self.every.0.saturating_mul(u64::from(place))));
        Spec::Named(Named { name: format!("repeat {} of {}", place + 1, self.times), fault })
    }
}

impl Spec {
    /// How it is made.
    pub fn form(&self) -> Form<'_> {
        match self {
            Spec::Partition(_) | Spec::Cut(_) | Spec::Degrade(_) | Spec::Bandwidth(_) => {
                Form::Plain
            }
            Spec::Isolate(_) | Spec::Bridge(_) | Spec::MajoritiesRing(_) | Spec::Clog(_) => {
                Form::Plain
            }
            Spec::Flap(_) | Spec::RollingIsolation(_) | Spec::Swizzle(_) => Form::Plain,
            Spec::Crash(_) | Spec::Restart(_) | Spec::Pause(_) => Form::Plain,
            Spec::CrashLoop(_) | Spec::RollingRestart(_) | Spec::GroupCrash(_) => Form::Plain,
            Spec::Slow(_) | Spec::Clock(_) | Spec::Disk(_) => Form::Plain,
            Spec::Named(named) => Form::Named(named),
            Spec::Repeat(repeat) => Form::Repeat(repeat),
        }
    }

    /// What happens, without what is said of it.
    pub fn plain(&self) -> &Spec {
        match self.form() {
            Form::Plain => self,
            Form::Named(Named { fault, .. }) | Form::Repeat(Repeat { fault, .. }) => {
                fault.what.plain()
            }
        }
    }

    /// Does it come again and again?
    pub fn repeats(&self) -> bool {
        match self.form() {
            Form::Plain => false,
            Form::Named(named) => named.fault.what.repeats(),
            Form::Repeat(_) => true,
        }
    }

    /// The same, later.
    fn put_off(&mut self, by: Duration) {
        match self {
            Spec::Partition(fault) => window_later(&mut fault.from, &mut fault.to, by),
            Spec::Cut(fault) => window_later(&mut fault.from, &mut fault.to, by),
            Spec::Degrade(fault) => window_later(&mut fault.from, &mut fault.to, by),
            Spec::Pause(fault) => window_later(&mut fault.from, &mut fault.to, by),
            Spec::Slow(fault) => window_later(&mut fault.from, &mut fault.to, by),
            Spec::Isolate(fault) => window_later(&mut fault.from, &mut fault.to, by),
            Spec::Bridge(fault) => window_later(&mut fault.from, &mut fault.to, by),
            Spec::MajoritiesRing(fault) => window_later(&mut fault.from, &mut fault.to, by),
            Spec::Clog(fault) => window_later(&mut fault.from, &mut fault.to, by),
            Spec::Swizzle(fault) => window_later(&mut fault.from, &mut fault.to, by),
            Spec::Bandwidth(fault) => window_later(&mut fault.from, &mut fault.to, by),
            Spec::Crash(fault) => later(&mut fault.at, by),
            Spec::Restart(fault) => later(&mut fault.at, by),
            Spec::Disk(fault) => window_later(&mut fault.from, &mut fault.to, by),
            Spec::Clock(fault) => {
                later(&mut fault.from, by);
                fault.to.iter_mut().for_each(|to| later(to, by));
            }
            Spec::CrashLoop(fault) => later(&mut fault.at, by),
            Spec::RollingRestart(fault) => later(&mut fault.at, by),
            Spec::GroupCrash(fault) => later(&mut fault.at, by),
            Spec::RollingIsolation(fault) => later(&mut fault.from, by),
            Spec::Flap(flap) => match &mut flap.fault {
                CutLike::Partition(fault) => window_later(&mut fault.from, &mut fault.to, by),
                CutLike::Cut(fault) => window_later(&mut fault.from, &mut fault.to, by),
                CutLike::Isolate(fault) => window_later(&mut fault.from, &mut fault.to, by),
                CutLike::Bridge(fault) => window_later(&mut fault.from, &mut fault.to, by),
                CutLike::MajoritiesRing(fault) => window_later(&mut fault.from, &mut fault.to, by),
                CutLike::Clog(fault) => window_later(&mut fault.from, &mut fault.to, by),
            },
            Spec::Named(Named { fault, .. }) | Spec::Repeat(Repeat { fault, .. }) => {
                fault.what.put_off(by);
            }
        }
    }
}

fn later(moment: &mut Duration, by: Duration) {
    moment.0 = moment.0.saturating_add(by.0);
}

fn window_later(from: &mut Duration, to: &mut Duration, by: Duration) {
    later(from, by);
    later(to, by);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::labels::describe;
    use crate::faults::schedule::window;

    #[test]
    fn what_repeats_is_spelt_out() {
        let json = serde_json::json!({ "optional": true, "repeat":
            { "every": "20s", "times": 3, "fault":
            { "crash": { "node": "n2", "at": "5s", "restart_after": "4s" } } } });
        let faults = laid_out(&[serde_json::from_value(json).unwrap()]);
        let told = |fault: &Fault| {
            let (from, to) = window(&fault.what, Duration::from_secs(60));
            (describe(&fault.what), from.seconds(), to.seconds(), fault.is_optional())
        };
        let expected = [
            ("crash n2 (repeat 1 of 3)".to_string(), 5.0, 9.0, true),
            ("crash n2 (repeat 2 of 3)".to_string(), 25.0, 29.0, true),
            ("crash n2 (repeat 3 of 3)".to_string(), 45.0, 49.0, true),
        ];
        assert_eq!(faults.iter().map(told).collect::<Vec<_>>(), expected);
    }
}
