//! Which key an operation is about.

use crate::id::Key;
use crate::random::source::Source;
use crate::random::zipf::Zipf;
use crate::workload::spec::Keys;

/// A key distribution ready to be drawn from. The hottest key is `k0`; where it lies on the ring is
/// a matter of its MD5.
#[derive(Clone, Debug)]
pub enum KeySampler {
    Uniform { count: u64 },
    Zipf(Zipf),
    HotSet { count: u64, hot: u64, share: f64 },
}

impl KeySampler {
    /// The sampler of a checked spec.
    pub fn new(keys: &Keys) -> KeySampler {
        match *keys {
            Keys::Uniform { count } => KeySampler::Uniform { count: u64::from(count) },
            Keys::Zipf { count, exponent } => {
                KeySampler::Zipf(Zipf::new(u64::from(count), exponent))
            }
            Keys::HotSet { count, hot, share } => {
                KeySampler::HotSet { count: u64::from(count), hot: u64::from(hot), share }
            }
        }
    }

    /// Draws a key.
    pub fn sample(&self, source: &mut impl Source) -> Key {
        let number = match self {
            KeySampler::Uniform { count } => source.below(*count),
            KeySampler::Zipf(zipf) => zipf.sample(source),
            KeySampler::HotSet { count, hot, share } => {
                if source.chance(*share) || hot == count {
                    source.below(*hot)
                } else {
                    hot + source.below(count - hot)
                }
            }
        };
        Key(number as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::luck::Luck;
    use crate::random::purpose::Purpose;

    #[test]
    fn a_hot_set_gets_its_share() {
        let sampler = KeySampler::new(&Keys::HotSet { count: 100, hot: 5, share: 0.7 });
        let mut stream = Luck::new(2).stream(Purpose::KeyChoice, 0);
        let keys: Vec<Key> = (0..20_000).map(|_| sampler.sample(&mut stream)).collect();
        let hot = keys.iter().filter(|key| key.0 < 5).count();
        assert!((13_700..14_300).contains(&hot), "{hot}");
        assert!(keys.iter().all(|key| key.0 < 100));
        assert!((5..100).all(|cold| keys.contains(&Key(cold))));
    }
}
