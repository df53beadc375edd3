//! The three parts of a run: before, during and after the trouble.

use serde::Serialize;

use crate::time::Time;
use crate::trace::layout::Layout;

/// A part of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Window {
    /// Before the first fault begins; the whole run if there is none.
    Before,
    /// From the start of the first fault to the end of the last.
    During,
    /// From the end of the last fault on.
    After,
}

/// Tells the part of a run that a moment lies in.
#[derive(Clone, Copy, Debug)]
pub struct Windows {
    trouble: Option<(Time, Time)>,
}

/// One of something for each part of a run.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct ByWindow<T> {
    pub before: T,
    pub during: T,
    pub after: T,
}

impl Windows {
    /// The parts of this run.
    pub fn new(layout: &Layout) -> Windows {
        Windows { trouble: layout.trouble() }
    }

    /// Other parts: `during` lasts from a moment on until another.
    pub fn around(from: Time, to: Time) -> Windows {
        Windows { trouble: Some((from, to)) }
    }

    /// The part in which an operation belongs that began then.
    pub fn of(&self, began: Time) -> Window {
        match self.trouble {
            Some((from, to)) if began == from || (from < began && began < to) => Window::During,
            Some((from, _)) if from < began => Window::After,
            Some(_) | None => Window::Before,
        }
    }
}

impl<T> ByWindow<T> {
    /// The one of this part.
    pub fn at(&mut self, window: Window) -> &mut T {
        match window {
            Window::Before => &mut self.before,
            Window::During => &mut self.during,
            Window::After => &mut self.after,
        }
    }

    /// All three, in order of time.
    pub fn all(&self) -> [&T; 3] {
        [&self.before, &self.during, &self.after]
    }

    /// The same parts with something made of each.
    pub fn map<U>(&self, make: impl Fn(&T) -> U) -> ByWindow<U> {
        ByWindow {
            before: make(&self.before),
            during: make(&self.during),
            after: make(&self.after),
        }
    }
}

/// `part / whole`; none of nothing.
pub fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
