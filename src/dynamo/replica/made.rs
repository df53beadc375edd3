//! Writes that a node remembers having made, by the identity that their clients gave them: the
//! paper leaves out how a client that tries again is understood.

use std::collections::{BTreeMap, VecDeque};

use crate::dynamo::versioning::clock::Dot;
use crate::id::OperationId;

/// Writes that a node remembers; the oldest is forgotten first, and a crash takes them all.
pub const MOST: usize = 1_024;

/// The versions that were made of writes with an identity.
#[derive(Debug, Default)]
pub struct Made {
    dots: BTreeMap<OperationId, Dot>,
    /// The oldest first.
    order: VecDeque<OperationId>,
}

impl Made {
    /// The version that was made of this write.
    pub fn dot(&self, identity: OperationId) -> Option<Dot> {
        self.dots.get(&identity).copied()
    }

    /// Remembers a version.
    pub fn remember(&mut self, identity: OperationId, dot: Dot) {
        if self.dots.insert(identity, dot).is_some() {
            return;
        }
        if self.order.len() == MOST {
            let oldest = self.order.pop_front().expect("it is full");
            self.dots.remove(&oldest);
        }
        self.order.push_back(identity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamo::versioning::clock::Actor;
    use crate::id::{ClientId, NodeId};

    #[test]
    fn the_oldest_is_forgotten_first() {
        let write = |number| OperationId { client: ClientId(0), number };
        let dot = |counter| Dot { actor: Actor::of_node(NodeId(0)), counter };
        let mut made = Made::default();
        for number in 0..=MOST as u32 {
            made.remember(write(number), dot(u64::from(number)));
        }
        made.remember(write(1), dot(7));
        let known = [0, 1, 2].map(|number| made.dot(write(number)));
        assert_eq!(known, [None, Some(dot(7)), Some(dot(2))]);
        assert_eq!((made.dots.len(), made.order.len()), (MOST, MOST));
    }
}
