//! Signals: a run that is interrupted stops between two events and leaves no half-written file.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};

use crate::cli::exit::{Code, Failure};

/// Has anybody asked to stop?
pub struct Interrupt {
    interrupted: Arc<AtomicBool>,
    terminated: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens from now on. A second signal of a kind ends the program at once.
    pub fn listen() -> Result<Interrupt, Failure> {
        let flag = |signal: i32| -> std::io::Result<Arc<AtomicBool>> {
            let flag = Arc::new(AtomicBool::new(false));
            let default = signal_hook::flag::register_conditional_default;
            default(signal, Arc::clone(&flag))?;
            signal_hook::flag::register(signal, Arc::clone(&flag))?;
            Ok(flag)
        };
        let cannot = |error| Failure::Environment(format!("cannot listen to signals: {error}"));
        Ok(Interrupt {
            interrupted: flag(SIGINT).map_err(cannot)?,
            terminated: flag(SIGTERM).map_err(cannot)?,
        })
    }

    /// What was asked for, if anything.
    pub fn asked(&self) -> Option<Code> {
        if self.interrupted.load(Ordering::Relaxed) {
            Some(Code::Interrupted)
        } else if self.terminated.load(Ordering::Relaxed) {
            Some(Code::Terminated)
        } else {
            None
        }
    }
}
