//! How much of the beginning of a series is not yet as it will go on: MSER-5.
//!
//! Of all cuts in the first half, the one after which the mean of the rest is known best, by its
//! standard error over means of five: K. P. White, "An effective truncation heuristic for bias
//! reduction in simulation output" (1997), and K. P. White, M. J. Cobb and S. C. Spratt (2000).

use crate::statistics::sample::mean;

/// Values in one mean.
const BATCH: usize = 5;

/// How many values from the start to leave out; none if the whole first half would have to go,
/// since then the series is too short to say.
pub fn mser_5(series: &[f64]) -> Option<usize> {
    let batches: Vec<f64> = series.chunks_exact(BATCH).map(mean).collect();
    let last = batches.len() / 2;
    let error = |cut: usize| {
        let rest = &batches[cut..];
        let middle = mean(rest);
        let squares: f64 = rest.iter().map(|value| (value - middle) * (value - middle)).sum();
        squares / (rest.len() * rest.len()) as f64
    };
    let cuts = 0..last;
    let best = cuts.min_by(|one, other| error(*one).total_cmp(&error(*other)))?;
    (best + 1 < last || last <= 2).then_some(best * BATCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::luck::Luck;
    use crate::random::purpose::Purpose;
    use crate::random::source::Source;

    #[test]
    fn a_start_that_fades_is_cut() {
        let mut stream = Luck::new(9).stream(Purpose::FaultPlan, 1);
        let noise: Vec<f64> = (0..1000).map(|_| stream.unit()).collect();
        let fading = |at: usize| 20.0 * libm::exp(-(at as f64) / 30.0);
        let series: Vec<f64> = noise.iter().enumerate().map(|(at, x)| x + fading(at)).collect();
        let cut = mser_5(&series).unwrap();
        assert!((100..300).contains(&cut), "{cut}");
        let steady = mser_5(&noise).unwrap();
        assert!(steady < 200, "{steady}");
        let rising: Vec<f64> = (0..1000).map(f64::from).collect();
        assert_eq!(mser_5(&rising), None, "it never settles");
        assert_eq!(mser_5(&[1.0; 4]), None);
    }
}
