//! Links: the network with cuts and degradations laid over it, and the ledger of messages.

use crate::dynamo::message::Kind;
use crate::faults::rules::{CutRule, WhileCut};
use crate::faults::spec::InFlight;
use crate::id::{Address, ClientId};
use crate::network::fate::Network;
use crate::random::luck::Luck;
use crate::sim::impaired::{Impaired, Suffering};
use crate::sim::toll::{Parcel, Toll};
use crate::time::{Duration, Time};
use crate::trace::record::Drop;

/// All links of a run.
pub struct Links {
    network: Network,
    cuts: Vec<Cut>,
    /// Links that are worse than they should be.
    pub impaired: Impaired,
    /// When the latest cut began: nothing sent after it can have been on its way then.
    last_cut: Option<Time>,
    any_cut_open: bool,
    any_clog_open: bool,
}

/// The part of a fault that cuts links.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CutName {
    pub fault: usize,
    pub part: u32,
}

struct Cut {
    name: CutName,
    rule: CutRule,
    began: Time,
    open: bool,
}

/// What luck and the ledger know of a message.
#[derive(Clone, Copy, Debug)]
pub struct Packet {
    pub from: Address,
    pub to: Address,
    pub kind: Kind,
    pub bytes: u64,
}

/// What becomes of a message as it is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The copy, if there is one, arrives whole.
    Travel {
        delay: Duration,
        copy: Option<Duration>,
        corrupt: bool,
    },
    Drop(Drop),
}

/// What becomes of a message as it arrives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arrival {
    Deliver,
    Drop,
    /// It waits until this cut ends.
    Hold(CutName),
}

impl Links {
    /// Links without trouble.
    pub fn new(network: Network) -> Links {
        Links {
            network,
            cuts: Vec::new(),
            impaired: Impaired::default(),
            last_cut: None,
            any_cut_open: false,
            any_clog_open: false,
        }
    }

    /// A client is at this site from now on.
    pub fn place(&mut self, client: ClientId, site: Option<usize>) {
        self.network.place(client, site);
    }

    /// Decides as a message is sent; `which` is its address of luck on its link.
    #[inline]
    pub fn send(
        &mut self,
        luck: &Luck,
        now: Time,
        parcel: Parcel<'_>,
        which: u64,
        toll: &mut Toll,
    ) -> Verdict {
        let Packet { from, to, kind, .. } = parcel.packet;
        if self.any_cut_open {
            let open = self.cuts.iter().filter(|cut| cut.open && !cut.holds());
            if let Some(cut) = open.into_iter().find(|cut| cut.rule.links.include(from, to)) {
                toll.message(cut.name.fault, parcel);
                return Verdict::Drop(Drop::Cut);
            }
        }
        let fate = self.network.fate(luck, from, to, kind.leg(), which);
        if fate.lost {
            return Verdict::Drop(Drop::Loss);
        }
        if self.impaired.is_empty() {
            return Verdict::Travel { delay: fate.delay, copy: fate.copy, corrupt: false };
        }
        match self.impaired.suffer(luck, now, parcel, which, toll) {
            Ok(Suffering { delay, duplicate, corrupt }) => {
                let fresh = || self.network.copy_delay(luck, from, to, kind.leg(), which);
                let copy = fate.copy.or_else(|| duplicate.then(fresh)).map(|copy| copy + delay);
                Verdict::Travel { delay: fate.delay + delay, copy, corrupt }
            }
            Err(cause) => Verdict::Drop(cause),
        }
    }

    /// Decides as a message arrives that was sent at `sent`: it may have been on its way when its
    /// link was cut.
    pub fn arrive(&self, parcel: Parcel<'_>, sent: Time, toll: &mut Toll) -> Arrival {
        let Packet { from, to, .. } = parcel.packet;
        // What was sent in the very moment of a cut and is on its way was sent before it.
        let met_none = self.last_cut.is_none_or(|began| began < sent);
        if met_none && !self.any_clog_open {
            return Arrival::Deliver;
        }
        let meets = |cut: &&Cut| {
            (cut.began >= sent || cut.open && cut.holds()) && cut.rule.links.include(from, to)
        };
        for cut in self.cuts.iter().filter(meets) {
            // What a clog carries it holds, whatever becomes of what was on its way before.
            let policy = if cut.began >= sent { cut.rule.in_flight } else { InFlight::Hold };
            match (policy, cut.open) {
                (InFlight::Drop, _) => {
                    toll.message(cut.name.fault, parcel);
                    return Arrival::Drop;
                }
                (InFlight::Hold, true) => {
                    toll.message(cut.name.fault, parcel);
                    return Arrival::Hold(cut.name);
                }
                (InFlight::Hold, false) | (InFlight::Pass, _) => {}
            }
        }
        Arrival::Deliver
    }

    /// A cut begins. What was on its way when the same links were cut before was so now as well.
    pub fn cut(&mut self, now: Time, fault: usize, rule: CutRule) {
        let name = CutName { fault, part: rule.part };
        self.cuts.retain(|cut| cut.name != name);
        self.cuts.push(Cut { name, rule, began: now, open: true });
        self.last_cut = Some(now);
        self.count_open();
    }

    /// A cut ends. It is remembered for what was on its way when it began.
    pub fn mend(&mut self, name: CutName) {
        for cut in self.cuts.iter_mut().filter(|cut| cut.name == name) {
            cut.open = false;
        }
        self.count_open();
    }

    fn count_open(&mut self) {
        let open = || self.cuts.iter().filter(|cut| cut.open);
        self.any_cut_open = open().any(|cut| !cut.holds());
        self.any_clog_open = open().any(Cut::holds);
    }
}

impl Cut {
    /// Does it keep what is sent while it lasts?
    fn holds(&self) -> bool {
        matches!(self.rule.while_cut, WhileCut::Held { .. })
    }
}
