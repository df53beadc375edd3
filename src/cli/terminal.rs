//! Standard output and standard error.

use std::io::{IsTerminal, Write};

use crate::cli::arguments::{Looks, Progress, When};
use crate::cli::exit::Failure;

/// How to speak.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    quiet: bool,
    verbose: bool,
    colour: bool,
    progress: Progress,
}

impl Terminal {
    /// As the arguments and the environment ask for.
    pub fn new(looks: &Looks) -> Terminal {
        let on_terminal = std::io::stderr().is_terminal();
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colour = match looks.color {
            When::Auto => on_terminal && !dumb && !no_colour,
            When::Always => true,
            When::Never => false,
        };
        let progress = match looks.progress {
            Progress::Auto if looks.quiet => Progress::None,
            Progress::Auto if on_terminal && !dumb => Progress::Bar,
            Progress::Auto => Progress::Plain,
            asked => asked,
        };
        Terminal { quiet: looks.quiet, verbose: looks.verbose, colour, progress }
    }

    /// One that says nothing but results.
    pub fn silent() -> Terminal {
        Terminal { quiet: true, verbose: false, colour: false, progress: Progress::None }
    }

    /// The result: the only thing on standard output. A reader who has gone away is no error.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        match written {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(Failure::Environment(format!("cannot write to standard output: {error}")))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Something the user should know, on standard error; not when quiet.
    pub fn say(&self, text: &str) {
        if !self.quiet {
            self.complain(text);
        }
    }

    /// Something for those who asked for more.
    pub fn detail(&self, text: &str) {
        if self.verbose {
            self.complain(text);
        }
    }

    /// A finding or an error: always said. There is nobody to tell if standard error is closed.
    pub fn complain(&self, text: &str) {
        let mut lines = text.trim_end().to_string();
        lines.push('\n');
        let _ = std::io::stderr().lock().write_all(lines.as_bytes());
    }

    /// May complaints be coloured?
    pub fn colour(&self) -> bool {
        self.colour
    }

    /// How to show progress; never `Auto`.
    pub fn progress(&self) -> Progress {
        self.progress
    }
}
