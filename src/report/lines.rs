//! JSON Lines: one object a line, to anything that takes bytes.

use std::io::{self, Write};

use serde::Serialize;

/// Writes lines until one fails. A watcher of a run cannot stop it, so the failure waits.
#[derive(Debug)]
pub struct Lines<W> {
    writer: W,
    failure: Option<io::Error>,
}

impl<W: Write> Lines<W> {
    /// Lines go to this writer, each in many small pieces: it should be buffered.
    pub fn new(writer: W) -> Lines<W> {
        Lines { writer, failure: None }
    }

    /// Writes one line, unless an earlier one failed.
    pub fn write(&mut self, line: &impl Serialize) {
        if self.failure.is_none() {
            self.failure = self.try_write(line).err();
        }
    }

    /// The writer, flushed; or why a line could not be written.
    pub fn finish(mut self) -> io::Result<W> {
        match self.failure {
            Some(failure) => Err(failure),
            None => self.writer.flush().map(|()| self.writer),
        }
    }

    fn try_write(&mut self, line: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.writer, line)?;
        self.writer.write_all(b"\n")
    }
}
