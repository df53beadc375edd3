//! A successful read, as the numbers about consistency see it.

use crate::dynamo::versioning::version::VersionSet;
use crate::ghost::Past;
use crate::id::{Key, OperationId};
use crate::metrics::window::Window;
use crate::time::Time;

/// A get that succeeded.
#[derive(Clone, Copy, Debug)]
pub struct Read<'a> {
    pub operation: OperationId,
    pub key: Key,
    pub began: Time,
    pub window: Window,
    /// What it returned; none if the key was absent.
    pub set: Option<&'a VersionSet>,
    /// H(r): the true past of all that it returned.
    pub history: &'a Past,
}
