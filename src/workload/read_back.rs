//! Reads that follow a write: a client looks, so long after its write was acknowledged, whether what
//! it has written can be seen. So t-visibility is measured, of this simulator and of real stores
//! (Bailis et al., VLDB 2012; Wada et al., CIDR 2011).

use serde::{Deserialize, Serialize};

use crate::dynamo::message::Action;
use crate::id::{Key, OperationId};
use crate::random::purpose::Purpose;
use crate::random::source::Source;
use crate::time::Duration;
use crate::workload::client::Client;
use crate::workload::intent::Intent;
use crate::workload::operation::Aim;
use crate::workload::words::{ClientCtx, ClientTimer, Function};

/// Reads of what was just written. In a closed loop the pause begins when the last of them ended.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReadBack {
    /// How long after each acknowledged write its client reads the key again, at each of these
    /// times or at one of them.
    pub after: Vec<Duration>,
    /// At all of the times after each write, or at one.
    #[serde(default)]
    pub reads: Reads,
    /// Where the client is as it reads.
    #[serde(default)]
    pub from: From,
}

/// How many of the times are read at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reads {
    /// At all of them: reads of one write may overlap.
    #[default]
    All,
    /// At the first after a client's first write, at the second after its second, and so on in a
    /// circle.
    OneInTurn,
}

/// Where a client is as it reads back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// Where it has written, unless it moves.
    #[default]
    Here,
    /// At a random one of the sites that have nodes, where it stays.
    AnySite,
}

/// What a client has to read back.
#[derive(Debug, Default)]
pub struct Awaited {
    /// Reads whose time has not come.
    reads: u32,
    /// Writes so far.
    writes: u64,
}

impl Client {
    /// A write was acknowledged: what follows it is remembered.
    pub(super) fn plan_read_back(&mut self, ctx: &mut ClientCtx<'_>, key: Key) {
        let habits = std::rc::Rc::clone(&self.habits);
        let Some(ReadBack { after, reads, .. }) = habits.read_back() else { return };
        let turn = (self.awaited.writes % after.len() as u64) as usize;
        self.awaited.writes += 1;
        let chosen = match reads {
            Reads::All => &after[..],
            Reads::OneInTurn => &after[turn..=turn],
        };
        for after in chosen {
            let id = self.next_operation();
            self.awaited.reads += 1;
            ctx.arm(*after, ClientTimer::ReadBack(id, key));
        }
    }

    /// Is a read to come, or under way, before the client may pause?
    pub(super) fn reads_back(&self) -> bool {
        self.habits.read_back().is_some() && (self.awaited.reads > 0 || !self.open.is_empty())
    }

    /// The time of a read has come: where it is from another site, the client goes there first.
    pub(super) fn on_read_back(&mut self, ctx: &mut ClientCtx<'_>, id: OperationId, key: Key) {
        let habits = std::rc::Rc::clone(&self.habits);
        let Some(ReadBack { from, .. }) = habits.read_back() else { return };
        if *from == From::Here {
            return self.begin_read_back(ctx, id, key);
        }
        let sites: smallvec::SmallVec<[usize; 8]> = habits.router.sites_with_nodes().collect();
        let which = u64::from(id.number);
        let mut draw = ctx.luck.draw(Purpose::Move, u64::from(self.name().0), which << 32 | which);
        self.move_to(ctx, *draw.pick(&sites));
        ctx.arm(Duration::ZERO, ClientTimer::ReadNow(id, key));
    }

    /// Reads what was written.
    pub(super) fn begin_read_back(&mut self, ctx: &mut ClientCtx<'_>, id: OperationId, key: Key) {
        self.awaited.reads -= 1;
        let aim = Aim { id, intent: Intent::Get, key, bytes: None };
        self.begin(ctx, aim, Function::Get, (Action::Get, None));
    }
}
