//! The names under which a node mints versions, and when it must take another.

use crate::dynamo::config::plant::Plant;
use crate::dynamo::config::{Cluster, Versioning};
use crate::dynamo::replica::Replica;
use crate::dynamo::storage::disk::Disk;
use crate::dynamo::versioning::clock::{Actor, Clock};
use crate::id::{Key, NodeId};

/// By which life a node is called in what it mints: it may have forgotten what it minted in
/// another.
pub fn name_of_life(config: &Cluster, disk: &Disk, life: u32) -> u32 {
    let forgets = match disk.store.is_empty() {
        true => Plant::VvActorReuseAfterWipe,
        false => Plant::VvCounterNotDurable,
    };
    if config.planted.is(forgets) { 0 } else { life }
}

impl Replica {
    /// A copy, or one kept for somebody, cannot be read any more, and with it what this node minted
    /// for it: the next gets a new name.
    pub fn forget(&mut self, key: Key, target: Option<NodeId>) {
        match target {
            None => {
                self.last_serial += 1;
                self.serials.insert((key, self.me), self.last_serial);
            }
            Some(target) => {
                self.serials.remove(&(key, target));
            }
        }
    }

    /// Its name in this life.
    pub(super) fn name(&self) -> Actor {
        Actor::of_life(self.me, self.life)
    }

    /// The name under which it mints. Where clocks are truncated, what was counted under it may
    /// have been forgotten there; then it takes a new one, or two versions would have one name.
    pub(super) fn actor(
        &mut self,
        config: &Cluster,
        (key, stand_in_for): (Key, Option<NodeId>),
        clocks: [Option<&Clock>; 2],
    ) -> Actor {
        let actor = self.known_actor(config, key, stand_in_for);
        let names_versions = match config.versioning {
            Versioning::Dotted | Versioning::Vectors => true,
            Versioning::Literal | Versioning::LastWriteWins => false,
        };
        if config.clock_truncation.is_none() || !names_versions {
            return actor;
        }
        let known = clocks.into_iter().flatten().map(|clock| clock.counter(actor)).max();
        if self.minted.get(&(key, actor)).is_none_or(|last| known.unwrap_or(0) >= *last) {
            return actor;
        }
        self.forget(key, stand_in_for);
        self.known_actor(config, key, stand_in_for)
    }

    fn known_actor(&mut self, config: &Cluster, key: Key, stand_in_for: Option<NodeId>) -> Actor {
        match (config.versioning, stand_in_for) {
            (Versioning::Dotted | Versioning::Vectors, Some(_))
                if config.planted.is(Plant::VvSharedActorPerNode) =>
            {
                self.name()
            }
            (Versioning::Literal | Versioning::LastWriteWins, _) => Actor::of_node(self.me),
            (Versioning::Dotted | Versioning::Vectors, None) => {
                match self.serials.get(&(key, self.me)) {
                    None => self.name(),
                    Some(serial) => Actor::of_copy(self.me, self.life, *serial),
                }
            }
            (Versioning::Dotted | Versioning::Vectors, Some(target)) => {
                let next = self.last_serial + 1;
                let serial = *self.serials.entry((key, target)).or_insert(next);
                self.last_serial = self.last_serial.max(serial);
                Actor::of_copy(self.me, self.life, serial)
            }
        }
    }
}
