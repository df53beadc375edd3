//! What is said of a sample without saying how sure it is.

/// The mean of at least one value.
///
/// # Panics
/// If there are none.
pub fn mean(values: &[f64]) -> f64 {
    assert!(!values.is_empty(), "a mean needs values");
    values.iter().sum::<f64>() / values.len() as f64
}

/// The variance of what the values are a sample of; none of fewer than two.
pub fn variance(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    Some(squares / (values.len() - 1) as f64)
}

/// The standard deviation of what the values are a sample of; none of fewer than two.
pub fn deviation(values: &[f64]) -> Option<f64> {
    variance(values).map(f64::sqrt)
}

/// The value below which this part of the values lies, the nearest of them.
///
/// # Panics
/// If there are none.
pub fn percentile(values: &[f64], part: f64) -> f64 {
    assert!(!values.is_empty(), "a percentile needs values");
    nearest(&ascending(values), part)
}

/// The values from the least to the greatest.
pub(super) fn ascending(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The value of nearest rank, of values that ascend.
pub(super) fn nearest(ascending: &[f64], part: f64) -> f64 {
    let rank = libm::ceil(part * ascending.len() as f64) as usize;
    ascending[rank.clamp(1, ascending.len()) - 1]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_and_lines() {
        let values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        for (part, value) in [(0.0, 1.0), (0.5, 50.0), (0.99, 99.0), (1.0, 100.0)] {
            assert_eq!(percentile(&values, part), value);
        }
        let (slope, start) = line(&[(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]);
        assert!((slope - 2.0).abs() < 1e-12 && (start - 1.0).abs() < 1e-12);
    }

    #[test]
    fn spread_needs_two() {
        assert_eq!(deviation(&[1.0]), None);
        assert_eq!(variance(&[1.0, 2.0, 3.0, 4.0, 5.0]), Some(2.5));
    }
}
