//! Whom a fault of one node is done to.

use std::fmt;

use crate::id::NodeId;
use crate::quantity::written_as_text;

/// One node, or whoever it turns out to be when the fault takes hold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Target {
    Node(NodeId),
    /// The running node that holds most hints; of several the lowest. Nobody, if none holds any.
    MostHints,
}

/// How scenario files write the second.
const MOST_HINTS: &str = "holder of most hints";

impl Target {
    /// Reads `"n3"` or `"holder of most hints"`; the error says what would do.
    pub fn parse(text: &str) -> Result<Target, String> {
        match text {
            MOST_HINTS => Ok(Target::MostHints),
            _ => NodeId::parse(text).map(Target::Node),
        }
    }

    /// The node, if it is known before the run.
    pub fn known(self) -> Option<NodeId> {
        match self {
            Target::Node(node) => Some(node),
            Target::MostHints => None,
        }
    }
}

impl From<NodeId> for Target {
    fn from(node: NodeId) -> Target {
        Target::Node(node)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Node(node) => node.fmt(f),
            Target::MostHints => f.write_str(MOST_HINTS),
        }
    }
}

written_as_text!(Target, "a node, as in \"n3\"");
