//! How a sweep ends: a run with a finding is a row, and a finding of the sweep, but no failure.

use std::fmt;

use crate::cli::exit::Code;
use crate::report::sweep::row::Status;
use crate::report::sweep::summary::Summary;

/// How many runs ended how.
#[derive(Clone, Copy, Default, Debug)]
pub struct Counts([u64; Status::ALL.len()]);

impl Counts {
    /// One more.
    pub fn add(&mut self, status: Status) {
        self.0[status as usize] += 1;
    }

    /// Of all points.
    pub fn of(summary: &Summary) -> Counts {
        Counts(Status::ALL.map(|status| summary.count(status)))
    }

    fn findings(&self) -> u64 {
        Status::ALL.iter().filter(|it| it.is_finding()).map(|it| self.0[*it as usize]).sum()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: u64 = self.0.iter().sum();
        write!(f, "{all} run{}", if all == 1 { "" } else { "s" })?;
        let told = Status::ALL.iter().filter(|status| self.0[**status as usize] > 0);
        for (place, status) in told.enumerate() {
            let mark = if place == 0 { ": " } else { ", " };
            write!(f, "{mark}{} {}", self.0[*status as usize], status.name())?;
        }
        Ok(())
    }
}

/// Of a shard: what is not 0 or 1 asks the engine to start it again.
pub fn exit_of_shard(counts: &Counts, exit_zero: bool) -> Code {
    if counts.findings() > 0 && !exit_zero { Code::Finding } else { Code::Held }
}

/// Of a sweep in one process.
pub fn exit_of_whole(summary: &Summary, exit_zero: bool) -> Code {
    let inconclusive = summary.count(Status::Inconclusive) > 0;
    match exit_of_shard(&Counts::of(summary), exit_zero) {
        Code::Held if inconclusive && !exit_zero => Code::Inconclusive,
        code => code,
    }
}
