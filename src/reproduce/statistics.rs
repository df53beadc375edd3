//! Means over repetitions, with their 95 % intervals by Student's t.

/// A mean, and how sure it is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Estimate {
    pub mean: f64,
    /// Where the true mean lies, 95 times of 100; none without repetitions.
    pub interval: Option<(f64, f64)>,
}

/// Student's t at 97.5 %, by degrees of freedom from 1.
const T: [f64; 30] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042,
];

/// The same for more degrees of freedom, from so many on; what lies between takes the larger t.
const T_BEYOND: [(usize, f64); 5] =
    [(1000, 1.962), (200, 1.972), (100, 1.984), (60, 2.000), (40, 2.021)];

impl Estimate {
    /// The mean of independent repetitions.
    ///
    /// # Panics
    /// If there are none.
    pub fn of(values: &[f64]) -> Estimate {
        let mean = mean(values);
        let half = half_width(values);
        Estimate { mean, interval: half.map(|half| (mean - half, mean + half)) }
    }

    /// A number that is not drawn, or stands alone.
    pub fn exact(value: f64) -> Estimate {
        Estimate { mean: value, interval: None }
    }
}

/// The mean of at least one value.
pub fn mean(values: &[f64]) -> f64 {
    assert!(!values.is_empty(), "a mean needs values");
    values.iter().sum::<f64>() / values.len() as f64
}

/// The standard deviation of what the values are a sample of; none of fewer than two.
pub fn deviation(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    Some((squares / (values.len() - 1) as f64).sqrt())
}

/// The value below which this part of the values lies, the nearest of them.
pub fn percentile(values: &[f64], part: f64) -> f64 {
    assert!(!values.is_empty(), "a percentile needs values");
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = libm::ceil(part * sorted.len() as f64) as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

/// Slope and intercept of the straight line through points by least squares.
pub fn line(points: &[(f64, f64)]) -> (f64, f64) {
    let (xs, ys): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
    let (x, y) = (mean(&xs), mean(&ys));
    let joint: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    let own: f64 = xs.iter().map(|other| (other - x) * (other - x)).sum();
    let slope = joint / own;
    (slope, y - slope * x)
}

fn half_width(values: &[f64]) -> Option<f64> {
    let deviation = deviation(values)?;
    Some(student(values.len() - 1) * deviation / (values.len() as f64).sqrt())
}

fn student(freedom: usize) -> f64 {
    let beyond = || T_BEYOND.iter().find(|(from, _)| freedom >= *from).map(|(_, t)| *t);
    T.get(freedom - 1).copied().or_else(beyond).unwrap_or(T[T.len() - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_students() {
        let estimate = Estimate::of(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        let (low, high) = estimate.interval.unwrap();
        assert_eq!(estimate.mean, 3.0);
        // 2.776 * sqrt(2.5 / 5)
        assert!((high - 3.0 - 1.962_928).abs() < 1e-5 && (3.0 - low - 1.962_928).abs() < 1e-5);
        assert_eq!(Estimate::of(&[7.0]).interval, None);
        for (freedom, t) in [(1, 12.706), (30, 2.042), (35, 2.042), (40, 2.021), (5000, 1.962)] {
            assert_eq!(student(freedom), t);
        }
    }

    #[test]
    fn percentiles_and_lines() {
        let values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        for (part, value) in [(0.0, 1.0), (0.5, 50.0), (0.99, 99.0), (1.0, 100.0)] {
            assert_eq!(percentile(&values, part), value);
        }
        let (slope, start) = line(&[(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]);
        assert!((slope - 2.0).abs() < 1e-12 && (start - 1.0).abs() < 1e-12);
    }
}
