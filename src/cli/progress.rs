//! Progress of a run or of other work: a bar on a terminal, a plain line every ten seconds
//! elsewhere.
//!
//! Nothing is shown of what takes less than a second.

// This floor may look at the wall clock: nothing that is written depends on it.
#![allow(clippy::disallowed_types)]

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::arguments;
use crate::cli::terminal::Terminal;
use crate::time::{self, Time};

const FIRST_SHOWN: Duration = Duration::from_secs(1);
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// Shows how far a run has come.
pub struct Progress<'a> {
    terminal: &'a Terminal,
    of: Of<'a>,
    began: Instant,
    shown: Option<Instant>,
    bar: Option<ProgressBar>,
}

/// What the progress is made in.
enum Of<'a> {
    /// Simulated time, up to this.
    Time(Time),
    /// Parts of a work with this name.
    Work(&'a str),
}

/// Into how many parts a work is cut.
const PARTS: u64 = 1000;

impl<'a> Progress<'a> {
    /// A run of this simulated length begins.
    pub fn begin(terminal: &'a Terminal, total: Time) -> Progress<'a> {
        Progress { terminal, of: Of::Time(total), began: Instant::now(), shown: None, bar: None }
    }

    /// A work of this name begins.
    pub fn of_work(terminal: &'a Terminal, name: &'a str) -> Progress<'a> {
        Progress { of: Of::Work(name), ..Progress::begin(terminal, Time::ZERO) }
    }

    /// The run has come to this moment.
    pub fn at(&mut self, now: Time) {
        self.show(now.0);
    }

    /// So much of the work is done, from 0 to 1.
    pub fn at_part(&mut self, part: f64) {
        self.show((part * PARTS as f64) as u64);
    }

    fn show(&mut self, now: u64) {
        if self.began.elapsed() < FIRST_SHOWN {
            return;
        }
        match self.terminal.progress() {
            arguments::Progress::Bar => self.draw(now),
            arguments::Progress::Plain => self.say(now),
            arguments::Progress::Auto | arguments::Progress::None => {}
        }
    }

    /// How long it takes if it goes on as it has begun.
    fn left(&self, now: u64) -> String {
        let ahead = PARTS.saturating_sub(now) as f64 / now.max(1) as f64;
        let left = (self.began.elapsed().as_secs_f64() * ahead) as u64;
        let told = now > 0 && now < PARTS;
        if told {
            format!(", about {} left", time::Duration::from_secs(left))
        } else {
            String::new()
        }
    }

    /// The run is over.
    pub fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        self.terminal.detail(&format!("took {:.1} s", self.began.elapsed().as_secs_f64()));
    }

    fn draw(&mut self, now: u64) {
        let (total, measure) = match self.of {
            Of::Time(total) => (total.0, "simulated time"),
            Of::Work(name) => (PARTS, name),
        };
        let bar = self.bar.get_or_insert_with(|| {
            let template = format!("{{bar:40}} {{percent:>3}} % of {measure}, {{eta}} left");
            let style = ProgressStyle::with_template(&template);
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        // Settling may go on past the planned end.
        bar.set_position(now.min(total));
    }

    fn say(&mut self, now: u64) {
        let since = self.shown.unwrap_or(self.began);
        if since.elapsed() >= BETWEEN_LINES {
            self.shown = Some(Instant::now());
            self.terminal.say(&match self.of {
                Of::Time(total) => format!("at {} of {total}", Time(now)),
                Of::Work(name) => format!("{name}: {} %{}", now * 100 / PARTS, self.left(now)),
            });
        }
    }
}
