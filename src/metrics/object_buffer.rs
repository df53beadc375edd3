//! The object buffer (section 6.1): what went through memory, and what crashes took from it.

use serde::Serialize;

use crate::dynamo::config::{Cluster, Flush};
use crate::dynamo::fact::BufferFact;

/// Counts what happens in the buffers of all nodes.
#[derive(Clone, Copy, Debug, Default)]
pub struct ObjectBuffers {
    figures: ObjectBufferFigures,
}

/// Section `object_buffer` of a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct ObjectBufferFigures {
    pub kept: u64,
    pub full: u64,
    pub durable: u64,
    pub reads: u64,
    pub written_back: u64,
    pub peak: u64,
    pub lost: u64,
}

impl ObjectBuffers {
    /// Something happened in a buffer.
    pub fn fact(&mut self, fact: BufferFact) {
        let figures = &mut self.figures;
        match fact {
            BufferFact::Kept { objects } => {
                figures.kept += 1;
                figures.peak = figures.peak.max(u64::from(objects));
            }
            BufferFact::Full => figures.full += 1,
            BufferFact::Durable => figures.durable += 1,
            BufferFact::Read => figures.reads += 1,
            BufferFact::WrittenBack { .. } => figures.written_back += 1,
            BufferFact::Lost { objects } => figures.lost += u64::from(objects),
        }
    }

    /// What it comes to; none where nothing is buffered.
    pub fn figures(&self, cluster: &Cluster) -> Option<ObjectBufferFigures> {
        match cluster.flush {
            Flush::Buffered(_) => Some(self.figures),
            Flush::Always | Flush::Every(_) => None,
        }
    }
}
