//! Links that still carry something, but worse: what each message suffers on them.

use std::collections::BTreeMap;

use crate::digest::digest_of;
use crate::dynamo::message::Kind;
use crate::faults::rules::{BandwidthRule, DegradeRule};
use crate::id::Address;
use crate::network::fate::link;
use crate::random::luck::Luck;
use crate::random::purpose::Purpose;
use crate::random::source::Source;
use crate::sim::links::Packet;
use crate::sim::toll::{Parcel, Toll};
use crate::time::{Duration, Time};
use crate::trace::record::Drop;

/// All that makes links worse at the moment.
#[derive(Default)]
pub struct Impaired {
    degradations: Vec<Degradation>,
    narrows: Vec<Narrow>,
}

struct Degradation {
    fault: usize,
    rule: DegradeRule,
    /// Kinds of message that it is about, a bit for each.
    kinds: u64,
    /// Messages met so far.
    met: u64,
}

struct Narrow {
    fault: usize,
    rule: BandwidthRule,
    /// When the line before each link will have gone; links never used are not kept.
    busy_until: BTreeMap<(Address, Address), Time>,
}

/// What a message suffers and survives.
#[derive(Clone, Copy, Default)]
pub struct Suffering {
    /// How much longer it takes.
    pub delay: Duration,
    pub duplicate: bool,
    pub corrupt: bool,
}

impl Impaired {
    /// Links get worse.
    pub fn degrade(&mut self, fault: usize, rule: DegradeRule) {
        let named =
            |kind: &Kind| rule.kinds.is_empty() || rule.kinds.iter().any(|k| k == kind.name());
        let kinds = Kind::ALL.into_iter().filter(named).map(|kind| 1 << kind as u64).sum();
        self.degradations.push(Degradation { fault, rule, kinds, met: 0 });
    }

    /// Links get narrow.
    pub fn narrow(&mut self, fault: usize, rule: BandwidthRule) {
        self.narrows.push(Narrow { fault, rule, busy_until: BTreeMap::new() });
    }

    /// They are well again.
    pub fn restore(&mut self, fault: usize) {
        self.degradations.retain(|degradation| degradation.fault != fault);
        self.narrows.retain(|narrow| narrow.fault != fault);
    }

    /// Are all links well?
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.degradations.is_empty() && self.narrows.is_empty()
    }

    /// What a message suffers that is sent now.
    pub fn suffer(
        &mut self,
        luck: &Luck,
        now: Time,
        parcel: Parcel<'_>,
        which: u64,
        toll: &mut Toll,
    ) -> Result<Suffering, Drop> {
        let packet = parcel.packet;
        let mut all = Suffering::default();
        for degradation in &mut self.degradations {
            if degradation.meets(packet) {
                let one = degradation.suffer(luck, parcel, which, toll).ok_or(Drop::Degraded)?;
                all.delay = all.delay + one.delay;
                all.duplicate |= one.duplicate;
                all.corrupt |= one.corrupt;
            }
        }
        for narrow in &mut self.narrows {
            if narrow.rule.links.include(packet.from, packet.to) {
                toll.message(narrow.fault, parcel);
                all.delay = all.delay + narrow.queue(now, packet).ok_or(Drop::QueueFull)?;
            }
        }
        Ok(all)
    }
}

impl Degradation {
    /// Is this one of the messages that it is about? Counts those that could be.
    fn meets(&mut self, packet: Packet) -> bool {
        let kind = self.kinds & (1 << packet.kind as u64) != 0;
        if !kind || !self.rule.links.include(packet.from, packet.to) {
            return false;
        }
        self.met += 1;
        self.rule.nth.is_none_or(|nth| nth == self.met)
    }

    /// None if it is lost.
    fn suffer(
        &self,
        luck: &Luck,
        parcel: Parcel<'_>,
        which: u64,
        toll: &mut Toll,
    ) -> Option<Suffering> {
        let (rule, who) = (&self.rule, link(parcel.packet.from, parcel.packet.to));
        let which = digest_of([which, self.fault as u64]);
        let mut draw = luck.draw(Purpose::Degrade, who, which);
        let lost = draw.chance(rule.loss);
        let chance =
            |purpose, share: f64| share > 0.0 && luck.draw(purpose, who, which).chance(share);
        let mut delay = rule.delay.as_ref().map_or(Duration::ZERO, |d| d.sample(&mut draw));
        if rule.jitter > Duration::ZERO {
            let mut draw = luck.draw(Purpose::DegradeJitter, who, which);
            delay = delay + Duration(draw.below(rule.jitter.0 + 1));
        }
        let duplicate = chance(Purpose::DegradeDuplicate, rule.duplicate);
        let corrupt = chance(Purpose::DegradeCorrupt, rule.corrupt);
        let delays = rule.delay.is_some() || rule.jitter > Duration::ZERO;
        if lost || delays || duplicate || corrupt {
            toll.message(self.fault, parcel);
        }
        (!lost).then_some(Suffering { delay, duplicate, corrupt })
    }
}

impl Narrow {
    /// How long a message waits in line and on its way out; none if the line is full.
    fn queue(&mut self, now: Time, packet: Packet) -> Option<Duration> {
        let busy = self.busy_until.entry((packet.from, packet.to)).or_insert(now);
        let (wait, rate) = (busy.0.saturating_sub(now.0), self.rule.bytes_per_second);
        let waiting = (u128::from(wait) * u128::from(rate)).div_ceil(1_000_000_000);
        let full = |limit: u64| waiting + u128::from(packet.bytes) > u128::from(limit);
        if self.rule.queue_limit.is_some_and(full) {
            return None;
        }
        let own = (u128::from(packet.bytes) * 1_000_000_000).div_ceil(u128::from(rate));
        let delay = Duration(wait + own as u64);
        *busy = now + delay;
        Some(delay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::rules::Links;
    use crate::id::NodeId;

    #[test]
    fn a_line_grows_drains_and_overflows() {
        let links = Links::Directed { senders: vec![], receivers: vec![], both_ways: false };
        let rule = BandwidthRule { links, bytes_per_second: 1000, queue_limit: Some(250) };
        let mut narrow = Narrow { fault: 0, rule, busy_until: BTreeMap::new() };
        let (from, to) = (Address::Node(NodeId(0)), Address::Node(NodeId(1)));
        let mut queue = |at: u64, bytes| {
            let packet = Packet { from, to, kind: Kind::Store, bytes };
            narrow.queue(Time(at * 1_000_000), packet).map(Duration::millis)
        };
        let rows = [
            (0, 100, Some(100.0)),
            (0, 100, Some(200.0)),
            (0, 100, None),
            (100, 150, Some(250.0)),
            (1000, 100, Some(100.0)),
        ];
        for (at, bytes, expected) in rows {
            assert_eq!(queue(at, bytes), expected, "{bytes} bytes at {at} ms");
        }
    }
}
