//! Progress of a run: a bar on a terminal, a plain line every ten seconds elsewhere.
//!
//! Nothing is shown of what takes less than a second.

// This floor may look at the wall clock: nothing that is written depends on it.
#![allow(clippy::disallowed_types)]

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::arguments;
use crate::cli::terminal::Terminal;
use crate::time::Time;

const FIRST_SHOWN: Duration = Duration::from_secs(1);
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// Shows how far a run has come.
pub struct Progress<'a> {
    terminal: &'a Terminal,
    total: Time,
    began: Instant,
    shown: Option<Instant>,
    bar: Option<ProgressBar>,
}

impl<'a> Progress<'a> {
    /// A run of this simulated length begins.
    pub fn begin(terminal: &'a Terminal, total: Time) -> Progress<'a> {
        Progress { terminal, total, began: Instant::now(), shown: None, bar: None }
    }

    /// The run has come to this moment.
    pub fn at(&mut self, now: Time) {
        if self.began.elapsed() < FIRST_SHOWN {
            return;
        }
        match self.terminal.progress() {
            arguments::Progress::Bar => self.draw(now),
            arguments::Progress::Plain => self.say(now),
            arguments::Progress::Auto | arguments::Progress::None => {}
        }
    }

    /// The run is over.
    pub fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        self.terminal.detail(&format!("took {:.1} s", self.began.elapsed().as_secs_f64()));
    }

    fn draw(&mut self, now: Time) {
        let total = self.total.0;
        let bar = self.bar.get_or_insert_with(|| {
            let template = "{bar:40} {percent:>3} % of simulated time, {eta} left";
            let style = ProgressStyle::with_template(template);
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        // Settling may go on past the planned end.
        bar.set_position(now.0.min(total));
    }

    fn say(&mut self, now: Time) {
        let since = self.shown.unwrap_or(self.began);
        if since.elapsed() >= BETWEEN_LINES {
            self.shown = Some(Instant::now());
            self.terminal.say(&format!("at {now} of {}", self.total));
        }
    }
}
