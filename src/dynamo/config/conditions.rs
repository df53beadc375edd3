//! What Dynamo's descendants ask of the answers of a quorum beside their number. All off by
//! default.

use serde::{Deserialize, Serialize};

/// Conditions on those whose answers make a get or a put succeed. A request that meets its number
/// and not these waits for further answers until its time is up.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Conditions {
    /// So many of those who answer a get must be homes of the key and no stand-ins (Riak: `pr`).
    /// Where fewer are believed up, the get is refused at once. Raising it makes gets fresher and
    /// easier to refuse.
    pub pr: u32,
    /// So many of those who have stored a put must be homes of the key and no stand-ins (Riak:
    /// `pw`). Where fewer are believed up, the put is refused at once. Raising it makes puts easier
    /// to find and easier to refuse.
    pub pw: u32,
    /// Those who answer a get must stand at so many sites (Voldemort: `zone-count-reads`, which
    /// does not count the coordinator's own).
    pub read_sites: u32,
    /// Those who have stored a put must stand at so many sites (Voldemort: `zone-count-writes`,
    /// which does not count the coordinator's own). Raising it makes puts safer from the loss of a
    /// site, slower and easier to refuse.
    pub write_sites: u32,
}

impl Conditions {
    /// Is nothing asked for?
    pub fn are_none(&self) -> bool {
        *self == Conditions::default()
    }
}
