//! What a replica does not take: puts beyond the limit on siblings. And bugs that can be planted
//! where it joins what arrives with what it holds.

use std::rc::Rc;

use crate::dynamo::config::Cluster;
use crate::dynamo::config::plant::Plant;
use crate::dynamo::fact::{Cause, Merge, Merger};
use crate::dynamo::message::{Ticket, ToCoordinator, ToReplica};
use crate::dynamo::replica::{Replica, wrong};
use crate::dynamo::storage::disk::Disk;
use crate::dynamo::storage::store::Change;
use crate::dynamo::versioning::version::VersionSet;
use crate::dynamo::words::NodeCtx;
use crate::id::{Address, AttemptId, Key};

impl Replica {
    /// The answer to a put that would leave too many versions beside each other.
    pub(super) fn refusal(
        &self,
        config: &Cluster,
        (ticket, attempt): (Ticket, AttemptId),
        set: &Rc<VersionSet>,
    ) -> Option<ToCoordinator> {
        let most = config.sibling_limit?;
        let (too_many, set) = (set.versions().len() > most as usize, Rc::clone(set));
        let answer = match self.planted.is(Plant::AckOnRefused) {
            true => ToCoordinator::Written { ticket, attempt, set },
            false => ToCoordinator::Declined { ticket, attempt },
        };
        too_many.then_some(answer)
    }

    /// Joins what has arrived with what is held, which no limit keeps it from.
    pub(super) fn join(
        &self,
        ctx: &mut NodeCtx<'_>,
        config: &Cluster,
        disk: &mut Disk,
        (key, set): (Key, Rc<VersionSet>),
        cause: Cause,
    ) -> Change {
        let change = match cause {
            _any if wrong::leaves_nothing(config.planted, &set) => disk.store.remove(key),
            Cause::ReadRepair if config.planted.is(Plant::PruneOnReadRepair) => {
                wrong::prune(config.rules(), &mut disk.store, (key, &set))
            }
            Cause::ReadRepair if config.planted.is(Plant::ReadRepairBlindOverwrite) => {
                disk.store.replace(key, Rc::clone(&set))
            }
            _any => disk.store.merge(config.rules(), key, &set),
        };
        if let (Some(mine), Some(after)) = (&change.before, &change.after)
            && !Rc::ptr_eq(after, &set)
            && mine.digest() != set.digest()
        {
            ctx.tell(|| Merge::told(key, [mine, &set], after, Merger::Home));
        }
        let limited = matches!(cause, Cause::ReadRepair | Cause::AntiEntropy);
        let most = config.sibling_limit.filter(|_| self.planted.is(Plant::RepairRefusedByLimit));
        let count = change.after.as_ref().map_or(0, |set| set.versions().len());
        match (most, &change.before) {
            (Some(most), Some(before)) if limited && count > most as usize => {
                disk.store.replace(key, Rc::clone(before))
            }
            (_, _) => change,
        }
    }

    /// A bug: says that it is kept before it is.
    pub(super) fn promise(&self, ctx: &mut NodeCtx<'_>, to: Address, message: &ToReplica) {
        if let ToReplica::Store { ticket, attempt, .. } = message {
            let (ticket, attempt) = (*ticket, *attempt);
            self.answer(ctx, to, ToCoordinator::Stored { ticket, attempt });
        }
    }
}
