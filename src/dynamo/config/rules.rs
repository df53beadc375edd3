//! How versions are compared, as those who compare them are told.

use crate::dynamo::config::plant::Planted;
use crate::dynamo::config::{Cluster, Versioning};

/// The cluster's way of ordering versions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rules {
    pub versioning: Versioning,
    /// A bug in the code that compares.
    pub planted: Planted,
}

impl Cluster {
    /// How its nodes compare versions.
    #[inline]
    pub fn rules(&self) -> Rules {
        Rules { versioning: self.versioning, planted: self.planted }
    }
}

impl From<Versioning> for Rules {
    fn from(versioning: Versioning) -> Rules {
        Rules { versioning, planted: Planted::NONE }
    }
}
