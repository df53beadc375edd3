//! What a history says of groups of nodes, for gossip on two levels.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::dynamo::ring::history::{Change, History};
use crate::id::NodeId;

impl History {
    /// What it says of the nodes of some groups. A replacement is one change of two nodes: nobody
    /// may learn of the one that came and not of the one that went, whose tokens it has.
    pub fn part(&self, groups: &[u32], size: u32) -> History {
        let mut changes: BTreeMap<NodeId, Change> =
            groups.iter().flat_map(|group| self.group(*group, size)).collect();
        for (by, dead) in &self.replacements {
            if changes.contains_key(by) || changes.contains_key(dead) {
                let both = [by, dead].map(|node| self.changes.get_key_value(node));
                changes.extend(both.into_iter().flatten().map(|(node, it)| (*node, it.clone())));
            }
        }
        History::of(changes, self.numbered)
    }

    /// What it says of the nodes of one group: `size` of them, by their names.
    fn group(&self, group: u32, size: u32) -> impl Iterator<Item = (NodeId, Change)> {
        let first = group.saturating_mul(size);
        let nodes = NodeId(first)..NodeId(first.saturating_add(size));
        self.changes.range(nodes).map(|(node, change)| (*node, change.clone()))
    }

    /// The digest of each group of `size` nodes.
    pub fn group_digests(&self, size: u32) -> Rc<[u64]> {
        let count = self.changes.last_key_value().map_or(0, |(last, _)| last.0 / size + 1);
        let digest = |group| History::new(self.group(group, size).collect()).digest;
        let make = || (0..count).map(digest).collect();
        match self.groups.get_or_init(|| (size, make())) {
            (known, digests) if *known == size => Rc::clone(digests),
            _other => make(),
        }
    }
}
