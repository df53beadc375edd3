//! `dynamo-sim repeat`

use crate::cli::arguments::Repeat;
use crate::cli::exit::{Code, Failure};
use crate::cli::interrupt::Interrupt;
use crate::cli::progress::Progress;
use crate::cli::sources::checked;
use crate::cli::terminal::Terminal;
use crate::sim::compare::{Comparison, Parting, compare};
use crate::time::Time;

/// Runs a scenario twice, side by side, and compares after every event.
pub fn repeat(repeat: &Repeat, terminal: &Terminal) -> Result<Code, Failure> {
    let plan = checked(&repeat.subject, terminal)?.plan();
    let interrupt = Interrupt::listen()?;
    let mut progress = Progress::begin(terminal, Time::ZERO + plan.duration);
    let mut pulse = |now: Time| {
        progress.at(now);
        interrupt.asked().is_none()
    };
    let comparison = compare(&plan, &plan, &mut pulse);
    progress.end();
    let interrupted = || Failure::Interrupted(interrupt.asked().unwrap_or(Code::Interrupted));
    match comparison.ok_or_else(interrupted)? {
        Comparison::Same(account) => {
            let (events, digest) = (account.totals.events, account.digest);
            terminal.print(&format!("the same twice: {events} events, digest {digest:016x}\n"))?;
            Ok(Code::Held)
        }
        Comparison::Parted(parting) => {
            terminal.print(&tell(&parting))?;
            Ok(Code::NotDeterministic)
        }
    }
}

fn tell(parting: &Parting) -> String {
    let Parting { events, times: [one, other], records: [first, second] } = parting;
    format!(
        "not deterministic: the runs part after {events} equal events\n\
         first run, at {one}:\n{first}\nsecond run, at {other}:\n{second}\n"
    )
}
