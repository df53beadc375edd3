//! How a command ends.

use thiserror::Error;

/// Exit codes. A panic of ours ends with 101.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Code {
    /// Everything held, and all of it was examined.
    Held = 0,
    /// A judge or an `expect` line was broken.
    Finding = 1,
    /// Bad arguments or a bad scenario.
    BadInput = 2,
    /// Nothing was proved: a fault touched nothing, or a judge had nothing to examine.
    Inconclusive = 3,
    /// The same run gave another digest.
    NotDeterministic = 4,
    /// Something cannot be read or written.
    Environment = 5,
    /// Interrupted from the terminal; what is on disk is whole.
    Interrupted = 130,
    /// Asked to terminate; what is on disk is whole.
    Terminated = 143,
}

/// Why a command could not be carried out.
#[derive(Error, Debug)]
pub enum Failure {
    /// The arguments do not make sense.
    #[error("error: {0}")]
    Arguments(String),
    /// The scenario has problems; the text tells each.
    #[error("{0}")]
    Scenario(String),
    /// A file or stream cannot be read or written.
    #[error("error: {0}")]
    Environment(String),
    /// The same run gave two results.
    #[error("error: {0}")]
    Differs(String),
    /// A signal ended it.
    #[error("interrupted")]
    Interrupted(Code),
}

impl Failure {
    /// The exit code.
    pub fn code(&self) -> Code {
        match self {
            Failure::Arguments(_) | Failure::Scenario(_) => Code::BadInput,
            Failure::Environment(_) => Code::Environment,
            Failure::Differs(_) => Code::NotDeterministic,
            Failure::Interrupted(code) => *code,
        }
    }
}
