//! How often each point of a sweep is repeated where that is not known beforehand: until the
//! intervals of some figures are narrow enough.
//!
//! The rule of [`crate::statistics::sequential`] looks at the rows in the order of their seeds and
//! at nothing else, so that any number of threads, and any interruption, end with the same runs.

use crate::report::sweep::plan::{Plan, Task, Until};
use crate::report::sweep::row::Row;
use crate::report::sweep::summary::{precision, values_of};
use crate::statistics::sequential::Next;

/// How many runs each point has so far.
pub struct Repetitions<'p> {
    plan: &'p Plan,
    runs: Vec<u64>,
}

/// Where the rows of runs are that were asked for before.
pub type Rows<'r, E> = &'r mut dyn FnMut(Task) -> Result<Row, E>;

impl<'p> Repetitions<'p> {
    /// None yet.
    pub fn new(plan: &'p Plan) -> Repetitions<'p> {
        Repetitions { plan, runs: vec![0; plan.points.len()] }
    }

    /// The runs that must come next; none if all points have enough.
    pub fn further<E>(&mut self, rows: Rows<'_, E>) -> Result<Vec<Task>, E> {
        let mut further = Vec::new();
        for point in 0..self.runs.len() {
            let from = self.runs[point];
            let to = (from + self.more(point, rows)?).min(self.plan.seeds.count);
            further.extend((from..to).map(|place| self.task(point, place)));
            self.runs[point] = to;
        }
        Ok(further)
    }

    /// All runs that were asked for, in the order of the plan.
    pub fn tasks(&self) -> Vec<Task> {
        let of = |point: usize| (0..self.runs[point]).map(move |place| self.task(point, place));
        (0..self.runs.len()).flat_map(of).collect()
    }

    fn task(&self, point: usize, place: u64) -> Task {
        self.plan.task(point as u64 * self.plan.seeds.count + place)
    }

    fn more<E>(&self, point: usize, rows: Rows<'_, E>) -> Result<u64, E> {
        let places = 0..self.runs[point];
        let rows: Result<Vec<Row>, E> = places.map(|place| rows(self.task(point, place))).collect();
        let rows = rows?;
        let asked = |until: &Until| match precision(self.plan, until).next(&values_of(
            self.plan,
            &until.figure,
            &rows,
        )) {
            Next::More(more) => more as u64,
            Next::Done(_) | Next::Spent(_) => 0,
        };
        Ok(self.plan.until.iter().map(asked).max().unwrap_or(0))
    }
}
