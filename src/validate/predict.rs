//! What PBS predicts for a scenario: Monte Carlo of WARS over the scenario's own links, exact forms
//! where there are any, and where its assumptions do not hold.

use crate::id::{Address, ClientId, Key, NodeId};
use crate::network::fate::Network;
use crate::network::spec::{Leg, Legs};
use crate::random::distribution::Distribution;
use crate::random::luck::Luck;
use crate::random::purpose::Purpose;
use crate::random::source::Source;
use crate::sim::plan::Plan;
use crate::trace::layout::Homes;
use crate::validate::chain::{Quorums, Rates, choose, fresh};
use crate::workload::spec::Routing;

/// Trials of the prediction.
pub const TRIALS: u64 = 100_000;

/// What PBS predicts.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Prediction {
    /// From when on, in milliseconds after the commit, a read returns the write: one number for
    /// each trial, ascending.
    fresh_from_ms: Vec<f64>,
    /// Latencies in milliseconds, ascending.
    pub read_ms: Vec<f64>,
    pub write_ms: Vec<f64>,
    /// The share of round trips to a replica that take longer than the time-out for one.
    pub too_slow: f64,
    /// R, W and N, and the rates of the legs where all are exponential and alike on all links.
    exact: Option<(Quorums, Option<Rates>)>,
}

impl Prediction {
    /// The prediction for a plan.
    pub fn of(plan: &Plan) -> Prediction {
        let (links, homes) = (plan.all_links(), plan.layout().homes);
        let luck = Luck::new(plan.seed);
        let patience = plan.cluster.timeouts.replica.millis();
        let (mut prediction, mut slow, mut trips) = (Prediction::default(), 0_u64, 0_u64);
        for trial in 0..TRIALS {
            let drawn = Trial::new(plan, (&links, &homes), &luck, trial);
            slow += drawn.trips().filter(|trip| *trip > patience).count() as u64;
            trips += drawn.trips().count() as u64;
            let (write, read) = (drawn.write_ms(plan.cluster.w), drawn.read_ms(plan.cluster.r));
            prediction.fresh_from_ms.push(drawn.fresh_from_ms(plan.cluster.r, write));
            prediction.write_ms.push(write);
            prediction.read_ms.push(read);
        }
        let all =
            [&mut prediction.fresh_from_ms, &mut prediction.read_ms, &mut prediction.write_ms];
        all.into_iter().for_each(|values| values.sort_by(f64::total_cmp));
        let cluster = &plan.cluster;
        let quorums = Quorums { n: cluster.n, r: cluster.r, w: cluster.w };
        let too_slow = slow as f64 / trips.max(1) as f64;
        Prediction { exact: Some((quorums, rates(plan))), too_slow, ..prediction }
    }

    /// The probability that a read which begins so long after the commit returns the write.
    pub fn fresh(&self, after_ms: f64) -> f64 {
        let place = self.fresh_from_ms.partition_point(|from| *from <= after_ms);
        place as f64 / self.fresh_from_ms.len() as f64
    }

    /// The same without sampling, where that can be had.
    pub fn exactly_fresh(&self, after_ms: f64) -> Option<f64> {
        let (quorums, rates) = self.exact?;
        if quorums.r + quorums.w > quorums.n {
            return Some(1.0);
        }
        // The chain's states grow steeply with N.
        rates.filter(|_| quorums.n <= 5).map(|rates| fresh(rates, quorums, after_ms))
    }

    /// The probability that a read is within k versions of the newest, of quorums that do not grow:
    /// the least that can be had.
    pub fn within(&self, k: u32) -> f64 {
        let Some((Quorums { n, r, w }, _)) = self.exact else { return 1.0 };
        let miss = choose(n - w, r) / choose(n, r);
        1.0 - (0..k).fold(1.0, |all, _| all * miss)
    }
}

/// The legs of one write and one read.
struct Trial {
    /// By replica: there and back of the write, there and back of the read, in milliseconds.
    legs: Vec<[f64; 4]>,
}

impl Trial {
    fn new(plan: &Plan, (links, homes): (&Network, &Homes), luck: &Luck, trial: u64) -> Trial {
        let mut draw = luck.draw(Purpose::Model, 10, trial);
        let key = Key(draw.below(u64::from(plan.workload.key_count())) as u32);
        let homes = homes.of(key);
        let [writer, reader] = [0, 1].map(|_| coordinator(plan, homes, &mut draw));
        let delay = |from: Address, to: Address, leg: Leg| {
            let which = trial << 2 | leg as u64;
            links.fate(luck, from, to, leg, which ^ 1 << 62).delay.millis()
        };
        let of = |home: &NodeId| {
            let home = Address::Node(*home);
            [
                delay(writer, home, Leg::Write),
                delay(home, writer, Leg::Ack),
                delay(reader, home, Leg::Read),
                delay(home, reader, Leg::Response),
            ]
        };
        Trial { legs: homes.iter().map(of).collect() }
    }

    fn trips(&self) -> impl Iterator<Item = f64> + '_ {
        self.legs.iter().flat_map(|[w, a, r, s]| [w + a, r + s])
    }

    fn write_ms(&self, w: u32) -> f64 {
        smallest(self.legs.iter().map(|[w, a, _, _]| w + a).collect(), w)
    }

    fn read_ms(&self, r: u32) -> f64 {
        smallest(self.legs.iter().map(|[_, _, r, s]| r + s).collect(), r)
    }

    /// From when on one of the first R replicas that answer has the write as it is asked.
    fn fresh_from_ms(&self, r: u32, committed: f64) -> f64 {
        let mut order: Vec<&[f64; 4]> = self.legs.iter().collect();
        order.sort_by(|one, other| (one[2] + one[3]).total_cmp(&(other[2] + other[3])));
        let first = order.iter().take(r as usize);
        first.map(|[w, _, r, _]| w - r - committed).fold(f64::INFINITY, f64::min).max(0.0)
    }
}

/// The count-th smallest.
fn smallest(mut values: Vec<f64>, count: u32) -> f64 {
    values.sort_by(f64::total_cmp);
    values[count as usize - 1]
}

/// A client where clients coordinate, else a node that keeps no copy, else any node.
fn coordinator(plan: &Plan, homes: &[NodeId], draw: &mut impl Source) -> Address {
    if plan.workload.routing == Routing::ClientDriven {
        return Address::Client(ClientId(draw.below(u64::from(plan.workload.clients)) as u32));
    }
    let outside = |node: &NodeId| !homes.contains(node);
    let others: Vec<NodeId> = (0..plan.cluster.nodes).map(NodeId).filter(outside).collect();
    match others.is_empty() {
        true => Address::Node(*draw.pick(homes)),
        false => Address::Node(*draw.pick(&others)),
    }
}

/// The rates of the legs, where all are exponential and alike on all links.
fn rates(plan: &Plan) -> Option<Rates> {
    let network = &plan.network;
    let rate = |leg: fn(&Legs) -> Option<&Distribution>| match leg(&network.legs)
        .unwrap_or(&network.latency)
    {
        Distribution::Exponential { mean } => Some(1.0 / mean.millis()),
        _other => None,
    };
    if !network.between.is_empty() {
        return None;
    }
    Some(Rates {
        w: rate(|legs| legs.write.as_ref())?,
        a: rate(|legs| legs.ack.as_ref())?,
        r: rate(|legs| legs.read.as_ref())?,
        s: rate(|legs| legs.response.as_ref())?,
    })
}
