//! The settings in which PBS was validated against Cassandra (VLDB 2012, section 5.2): nine pairs
//! of exponential legs, t-visibility at t = 1 to 199 ms. Its authors predicted their system within
//! a root mean square error of 0.53 % at worst; so must the chain predict this simulator.

use crate::validate::chain::{Quorums, Rates, fresh};
use crate::validate::list::{Effort, Job};
use crate::validate::row::Row;
use crate::validate::table::exponential_legs;
use crate::validate::wars::World;

/// The name of the group.
pub const GROUP: &str = "val";

/// The largest root mean square error of the paper, in percent.
const BAR: f64 = 0.53;
/// Rates of writes, and of the other three legs, in one millisecond.
const WRITES: [f64; 3] = [0.05, 0.1, 0.2];
const OTHERS: [f64; 3] = [0.1, 0.2, 0.5];
/// R and W that do not overlap.
const QUORUMS: [(u32, u32); 3] = [(1, 1), (2, 1), (1, 2)];
/// Writes of each setting. The paper has 50,000, each read once; here all times follow each.
const TRIALS: u64 = 20_000;

/// A point of a curve.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Point {
    pub after_ms: f64,
    pub predicted: f64,
    pub measured: f64,
}

/// One setting's predicted and measured curve.
#[derive(Clone, PartialEq, Debug)]
pub struct Curve {
    pub case: String,
    pub quorums: Quorums,
    pub points: Vec<Point>,
}

/// A job for each setting and W.
pub fn jobs(effort: Effort) -> Vec<Job> {
    let mut jobs = Vec::new();
    for w in WRITES {
        for others in OTHERS {
            let rates = Rates { w, a: others, r: others, s: others };
            let quick = w == 0.2 && others == 0.5;
            for quorum in [1, 2].into_iter().filter(|_| effort == Effort::Full || quick) {
                let times = times(effort);
                jobs.push(Job::new(GROUP, move |seed| {
                    curves(rates, quorum, &times, seed).iter().map(row).collect()
                }));
            }
        }
    }
    jobs
}

/// 1 to 199 ms; every ninth of them where little is to be done.
fn times(effort: Effort) -> Vec<f64> {
    (1..200).step_by(effort.choose(1, 9)).map(f64::from).collect()
}

/// The curves of one setting and W.
pub fn curves(rates: Rates, w: u32, times: &[f64], seed: u64) -> Vec<Curve> {
    let case = format!("VAL-W{}-ARS{}", rates.w, rates.a);
    let world = World {
        name: format!("{}-w{w}", case.to_lowercase().replace('.', "-")),
        n: 3,
        r: 3,
        w,
        legs: exponential_legs(rates),
        between: None,
        after_ms: times.to_vec(),
    };
    let measured = world.measure(seed, TRIALS);
    let curve = |(r, _): &(u32, u32)| {
        let quorums = Quorums { n: 3, r: *r, w };
        let point = |(after_ms, reads): (&f64, &crate::validate::wars::ReadsAt)| Point {
            after_ms: *after_ms,
            predicted: fresh(rates, quorums, *after_ms),
            measured: reads.share(*r as usize),
        };
        let points = times.iter().zip(&measured.at).map(point).collect();
        Curve { case: case.clone(), quorums, points }
    };
    QUORUMS.iter().filter(|(_, other)| *other == w).map(curve).collect()
}

fn row(curve: &Curve) -> Row {
    let Quorums { r, w, .. } = curve.quorums;
    let what = format!("RMSE of P(fresh) R={r} W={w} over t = 1 .. 199 ms, %");
    let square =
        |point: &Point| (point.predicted - point.measured) * (point.predicted - point.measured);
    let mean = curve.points.iter().map(square).sum::<f64>() / curve.points.len() as f64;
    let note = "exact chain; bar: the worst of VLDB 2012, section 5.2";
    Row::at_most((GROUP, &curve.case, what), 100.0 * mean.sqrt(), BAR, note)
}
