//! Links: the network with cuts and degradations laid over it, and the ledger of messages.

use crate::digest::digest_of;
use crate::dynamo::message::Kind;
use crate::faults::rules::{CutRule, DegradeRule};
use crate::faults::spec::InFlight;
use crate::id::{Address, ClientId};
use crate::network::fate::{Network, link};
use crate::random::luck::Luck;
use crate::random::purpose::Purpose;
use crate::random::source::Source;
use crate::time::{Duration, Time};
use crate::trace::record::{Drop, Touched};

/// All links of a run.
pub struct Links {
    network: Network,
    cuts: Vec<Cut>,
    degradations: Vec<(usize, DegradeRule)>,
    /// When the latest cut began: nothing sent after it can have been on its way then.
    last_cut: Option<Time>,
    any_cut_open: bool,
}

struct Cut {
    fault: usize,
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
    Travel { delay: Duration, copy: Option<Duration> },
    Drop(Drop),
}

/// What becomes of a message as it arrives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arrival {
    Deliver,
    Drop,
    /// It waits until this fault ends.
    Hold(usize),
}

impl Links {
    /// Links without trouble.
    pub fn new(network: Network) -> Links {
        let (cuts, degradations) = (Vec::new(), Vec::new());
        Links { network, cuts, degradations, last_cut: None, any_cut_open: false }
    }

    /// A client is at this site from now on.
    pub fn place(&mut self, client: ClientId, site: Option<usize>) {
        self.network.place(client, site);
    }

    /// Decides as a message is sent; `which` is its address of luck on its link.
    #[inline]
    pub fn send(
        &self,
        luck: &Luck,
        packet: Packet,
        which: u64,
        touched: &mut [Touched],
    ) -> Verdict {
        let Packet { from, to, kind, .. } = packet;
        if self.any_cut_open {
            let open = self.cuts.iter().filter(|cut| cut.open);
            if let Some(cut) = open.into_iter().find(|cut| cut.rule.links.include(from, to)) {
                touch(&mut touched[cut.fault], packet);
                return Verdict::Drop(Drop::Cut);
            }
        }
        let fate = self.network.fate(luck, from, to, kind.leg(), which);
        if fate.lost {
            return Verdict::Drop(Drop::Loss);
        }
        if self.degradations.is_empty() {
            return Verdict::Travel { delay: fate.delay, copy: fate.copy };
        }
        let Some(extra) = self.degrade(luck, packet, which, touched) else {
            return Verdict::Drop(Drop::Degraded);
        };
        Verdict::Travel { delay: fate.delay + extra, copy: fate.copy.map(|copy| copy + extra) }
    }

    /// Decides as a message arrives that was sent at `sent`: it may have been on its way when its
    /// link was cut.
    pub fn arrive(&self, packet: Packet, sent: Time, touched: &mut [Touched]) -> Arrival {
        if self.last_cut.is_none_or(|began| began <= sent) {
            return Arrival::Deliver;
        }
        let met = |cut: &&Cut| cut.began > sent && cut.rule.links.include(packet.from, packet.to);
        for cut in self.cuts.iter().filter(met) {
            match (cut.rule.in_flight, cut.open) {
                (InFlight::Drop, _) => {
                    touch(&mut touched[cut.fault], packet);
                    return Arrival::Drop;
                }
                (InFlight::Hold, true) => {
                    touch(&mut touched[cut.fault], packet);
                    return Arrival::Hold(cut.fault);
                }
                (InFlight::Hold, false) | (InFlight::Pass, _) => {}
            }
        }
        Arrival::Deliver
    }

    /// A cut begins.
    pub fn cut(&mut self, now: Time, fault: usize, rule: CutRule) {
        self.cuts.push(Cut { fault, rule, began: now, open: true });
        self.last_cut = Some(now);
        self.any_cut_open = true;
    }

    /// A cut ends. It is remembered for what was on its way when it began.
    pub fn mend(&mut self, fault: usize) {
        for cut in self.cuts.iter_mut().filter(|cut| cut.fault == fault) {
            cut.open = false;
        }
        self.any_cut_open = self.cuts.iter().any(|cut| cut.open);
    }

    /// Links get worse.
    pub fn degrade_by(&mut self, fault: usize, rule: DegradeRule) {
        self.degradations.push((fault, rule));
    }

    /// They are well again.
    pub fn restore(&mut self, fault: usize) {
        self.degradations.retain(|(of, _)| *of != fault);
    }

    /// The delay that degraded links add; none if one of them loses the message.
    fn degrade(
        &self,
        luck: &Luck,
        packet: Packet,
        which: u64,
        touched: &mut [Touched],
    ) -> Option<Duration> {
        let mut extra = Duration::ZERO;
        for (fault, rule) in &self.degradations {
            if !rule.links.include(packet.from, packet.to) {
                continue;
            }
            let which = digest_of([which, *fault as u64]);
            let mut draw = luck.draw(Purpose::Degrade, link(packet.from, packet.to), which);
            let lost = draw.chance(rule.loss);
            if lost || rule.delay.is_some() {
                touch(&mut touched[*fault], packet);
            }
            if lost {
                return None;
            }
            extra = extra + rule.delay.as_ref().map_or(Duration::ZERO, |d| d.sample(&mut draw));
        }
        Some(extra)
    }
}

fn touch(touched: &mut Touched, packet: Packet) {
    touched.messages += 1;
    touched.bytes += packet.bytes;
}
