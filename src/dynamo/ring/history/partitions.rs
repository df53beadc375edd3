//! Strategy 3 of section 6.2: who holds which partition, as the changes of all nodes have it.

use std::collections::BTreeMap;

use crate::dynamo::ring::history::{Heir, History};
use crate::dynamo::ring::position::Position;
use crate::dynamo::ring::shares::Tokens;
use crate::id::NodeId;
use crate::time::Time;

impl History {
    /// Strategy 3: what each of these nodes holds, if they are the members. Of several who were to
    /// have a partition, the last to be told has it: one that took it as it came, or one to whom
    /// another left it as it went.
    pub fn tokens_among(&self, nodes: &[NodeId]) -> Tokens {
        let here = |node: &NodeId| nodes.binary_search(node).is_ok();
        let mut owners: BTreeMap<Position, (Time, NodeId)> = BTreeMap::new();
        let mut claim = |token: Position, since: Time, owner: NodeId| {
            let last = owners.entry(token).or_insert((since, owner));
            *last = (*last).max((since, owner));
        };
        for (node, change) in &self.changes {
            let own = change.tokens.iter().filter(|_| here(node));
            own.for_each(|token| claim(*token, change.claimed, *node));
            // What it is about to leave is still its own.
            let kept = |heir: &&Heir| heir.since == change.issued && here(node);
            let left = change.heirs.iter().filter(|heir| !kept(heir) && here(&heir.node));
            left.for_each(|heir| claim(heir.token, heir.since, heir.node));
        }
        let mut tokens: Tokens = nodes.iter().map(|node| (*node, Vec::new())).collect();
        for (token, (_, owner)) in owners {
            tokens.entry(owner).or_default().push(token);
        }
        tokens
    }
}
