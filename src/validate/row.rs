//! What a comparison with theory comes to, as plain data.

use serde::Serialize;

/// Standard deviations that a simulated value may be away from what theory says. By chance one
/// comparison in 150,000 is further away.
pub const SIGMAS: f64 = 4.5;

/// The normal distribution at 97.5 %.
const Z: f64 = 1.959_963_985;

/// One comparison.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Row {
    /// The group of comparisons.
    pub group: &'static str,
    /// What was simulated.
    pub case: String,
    /// What was measured, with its unit.
    pub what: String,
    /// None where it cannot be simulated.
    pub simulated: Option<f64>,
    /// The 95 % interval of that, if it is a sample.
    pub interval: Option<(f64, f64)>,
    /// What theory or the published table says.
    pub reference: Option<f64>,
    /// How far the two may be apart; for a bound, nothing.
    pub allowed: Option<f64>,
    pub verdict: Verdict,
    /// Where the reference comes from.
    pub note: String,
}

/// How a comparison ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The two are as near as they must be.
    Inside,
    /// They are not.
    Outside,
}

impl Verdict {
    /// As tables spell it.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Inside => "inside",
            Verdict::Outside => "OUTSIDE",
        }
    }
}

/// A share of trials.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Share {
    pub hits: u64,
    pub trials: u64,
}

impl Share {
    /// The share itself.
    pub fn value(self) -> f64 {
        self.hits as f64 / self.trials as f64
    }

    /// Wilson's 95 % interval.
    pub fn interval(self) -> (f64, f64) {
        let (n, p, z) = (self.trials as f64, self.value(), Z);
        let scale = 1.0 / (1.0 + z * z / n);
        let middle = scale * (p + z * z / (2.0 * n));
        let half = scale * z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        ((middle - half).max(0.0), (middle + half).min(1.0))
    }
}

impl Row {
    /// A share of independent trials against a probability that is known with this standard error.
    pub fn share(
        (group, case, what): (&'static str, &str, String),
        share: Share,
        (reference, error): (f64, f64),
        note: &str,
    ) -> Row {
        let deviation = (reference * (1.0 - reference) / share.trials as f64).max(0.0).sqrt();
        let allowed = SIGMAS * deviation + SIGMAS * error;
        let row = Row::number((group, case, what), share.value(), (reference, allowed), note);
        Row { interval: Some(share.interval()), ..row }
    }

    /// A number that must not be further away than this.
    pub fn number(
        (group, case, what): (&'static str, &str, String),
        simulated: f64,
        (reference, allowed): (f64, f64),
        note: &str,
    ) -> Row {
        // Shares that are equal as fractions may differ in their last bit.
        let near = (simulated - reference).abs() <= allowed + 1e-12;
        Row {
            group,
            case: case.to_string(),
            what,
            simulated: Some(simulated),
            interval: None,
            reference: Some(reference),
            allowed: Some(allowed),
            verdict: if near { Verdict::Inside } else { Verdict::Outside },
            note: note.to_string(),
        }
    }

    /// The mean of independent runs against an expectation, at so many standard errors.
    pub fn mean(
        name: (&'static str, &str, String),
        values: &[f64],
        (reference, further): (f64, f64),
        note: &str,
    ) -> Row {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let error = (squares / (n - 1.0) / n).sqrt();
        let half = Z * error;
        let row = Row::number(name, mean, (reference, SIGMAS * error + further), note);
        Row { interval: Some((mean - half, mean + half)), ..row }
    }

    /// A number that must not be above a bound.
    pub fn at_most(
        name: (&'static str, &str, String),
        simulated: f64,
        bound: f64,
        note: &str,
    ) -> Row {
        let verdict = if simulated <= bound { Verdict::Inside } else { Verdict::Outside };
        Row { verdict, allowed: None, ..Row::number(name, simulated, (bound, 0.0), note) }
    }

    /// A quantile of a sample, in nanoseconds and ascending, against one in milliseconds that is
    /// printed with four decimals and comes from so many trials. What is compared is the share of
    /// the sample up to the printed quantile; the row shows the quantile of the sample.
    pub fn quantile(
        (group, case, what): (&'static str, &str, String),
        sample: &[u64],
        (part, reference_ms, trials): (f64, f64, f64),
        note: &str,
    ) -> Row {
        let up_to = |ms: f64| sample.partition_point(|it| *it as f64 <= ms * 1e6) as f64;
        let n = sample.len() as f64;
        let variance = part * (1.0 - part);
        let allowed = SIGMAS * ((variance / n).sqrt() + (variance / trials).sqrt());
        let (below, above) = (up_to(reference_ms - 5e-5) / n, up_to(reference_ms + 5e-5) / n);
        let near = above >= part - allowed && below <= part + allowed;
        let at = |part: f64| {
            let rank = libm::ceil(part.clamp(0.0, 1.0) * n) as usize;
            sample[rank.clamp(1, sample.len()) - 1] as f64 / 1e6
        };
        let half = Z * (variance / n).sqrt();
        Row {
            group,
            case: case.to_string(),
            what,
            simulated: Some(at(part)),
            interval: Some((at(part - half), at(part + half))),
            reference: Some(reference_ms),
            allowed: None,
            verdict: if near { Verdict::Inside } else { Verdict::Outside },
            note: note.to_string(),
        }
    }
}
