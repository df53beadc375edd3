//! Which setting is beaten by which, in a plane of two measures.
//!
//! A setting is beaten if another is at least as good in the mean of both measures and surely
//! better in one: the interval of the difference, seed by seed under the same luck, is on its side.
//! Since each setting is compared with every other, those intervals are made as wide as it takes
//! that none of the comparisons of one setting misses 95 times of 100 (Bonferroni). What is not
//! beaten is on the front: it is best at something, or it cannot be told from what is.

use crate::experiment::frontier::points::{Measure, Point};
use crate::statistics::distributions::student_quantile;
use crate::statistics::estimate::LEVEL;
use crate::statistics::sample::{deviation, mean};

/// Two measures beside each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Plane {
    /// The stem of its files' names.
    pub stem: &'static str,
    /// Its heading.
    pub title: &'static str,
    pub x: Measure,
    pub y: Measure,
}

/// The planes that are looked at.
pub const PLANES: [Plane; 3] = [
    Plane {
        stem: "consistency-availability",
        title: "Consistency against availability, during the faults",
        x: Measure::Availability,
        y: Measure::Consistency,
    },
    Plane {
        stem: "consistency-latency",
        title: "Consistency against latency, without faults",
        x: Measure::CalmLatency,
        y: Measure::CalmConsistency,
    },
    Plane {
        stem: "latency-durability",
        title: "Durability under the faults against latency without them",
        x: Measure::CalmLatency,
        y: Measure::Durability,
    },
];

/// Where a setting stands in a plane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stand {
    /// Nobody beats it.
    Front,
    /// This one does, by its place: the one that is best in the vertical measure of those that do.
    Beaten(usize),
    /// There was nothing to measure.
    Nowhere,
}

/// Where each setting stands.
pub fn stands(points: &[Point], plane: Plane) -> Vec<Stand> {
    let measures = [plane.x, plane.y];
    let known = |point: &Point| measures.iter().all(|it| point.estimate(*it).is_some());
    let rivals = points.iter().filter(|point| known(point)).count().saturating_sub(1).max(1);
    let value = |place: usize| points[place].estimate(plane.y).map_or(0.0, |it| it.value);
    let stand = |point: &Point| {
        if !known(point) {
            return Stand::Nowhere;
        }
        let beats = |other: &usize| {
            known(&points[*other]) && is_beaten(point, &points[*other], measures, rivals)
        };
        let beaten = (0..points.len()).filter(beats);
        let best = beaten.max_by(|one, other| {
            // Of equals the first.
            value(*one).total_cmp(&value(*other)).then(other.cmp(one))
        });
        best.map_or(Stand::Front, Stand::Beaten)
    };
    points.iter().map(stand).collect()
}

fn is_beaten(point: &Point, other: &Point, measures: [Measure; 2], rivals: usize) -> bool {
    let gains = measures.map(|measure| point.gains(other, measure));
    let no_worse = gains.iter().all(|gains| !gains.is_empty() && mean(gains) >= 0.0);
    no_worse && gains.iter().any(|gains| is_sure(gains, rivals))
}

/// Is the mean of these surely above zero, as one of so many comparisons?
pub fn is_sure(gains: &[f64], comparisons: usize) -> bool {
    let Some(deviation) = deviation(gains) else { return false };
    let share = 1.0 - (1.0 - LEVEL) / 2.0 / comparisons as f64;
    let reach = student_quantile(gains.len() - 1, share) * deviation / (gains.len() as f64).sqrt();
    mean(gains) > reach
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::frontier::points::Measured;

    fn point(name: &str, runs: &[(f64, f64)]) -> Point {
        let run = |(availability, consistency): &(f64, f64)| Measured {
            availability: Some(*availability),
            consistency: Some(*consistency),
            ..Measured::default()
        };
        Point { name: name.to_string(), values: vec![], runs: runs.iter().map(run).collect() }
    }

    #[test]
    fn only_what_is_surely_worse_is_beaten() {
        let points = [
            point("best", &[(0.9, 0.9), (0.91, 0.92), (0.92, 0.91), (0.9, 0.9)]),
            // Worse by the same each time, with the same luck.
            point("worse", &[(0.8, 0.8), (0.81, 0.82), (0.82, 0.81), (0.8, 0.8)]),
            // Better in one, worse in the other.
            point("other", &[(0.99, 0.5), (0.99, 0.5), (0.98, 0.52), (0.99, 0.5)]),
            // A little worse in the mean, but not surely.
            point("alike", &[(0.9, 0.89), (0.91, 0.93), (0.92, 0.89), (0.9, 0.9)]),
            point("same", &[(0.9, 0.9), (0.91, 0.92), (0.92, 0.91), (0.9, 0.9)]),
            Point { name: "none".to_string(), values: vec![], runs: vec![Measured::default(); 4] },
        ];
        let found = stands(&points, PLANES[0]);
        let front = Stand::Front;
        assert_eq!(found, [front, Stand::Beaten(0), front, front, front, Stand::Nowhere]);
    }

    #[test]
    fn one_run_beats_nobody() {
        let points = [point("a", &[(0.9, 0.9)]), point("b", &[(0.1, 0.1)])];
        assert_eq!(stands(&points, PLANES[0]), [Stand::Front, Stand::Front]);
    }
}
