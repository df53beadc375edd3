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

    /// May two trees of different contents look alike?
    pub fn may_hashes_collide(&self) -> bool {
        self.anti_entropy.on().is_some_and(|settings| settings.hash_bits < 64)
    }
}

impl From<Versioning> for Rules {
    fn from(versioning: Versioning) -> Rules {
        Rules { versioning, planted: Planted::NONE }
    }
}
