//! Which key an operation is about.

use std::cell::Cell;

use crate::id::Key;
use crate::random::source::Source;
use crate::random::zipf::Zipf;
use crate::time::{Duration, Time};
use crate::workload::spec::Keys;

/// A key distribution ready to be drawn from. The hottest key is `k0`; where it lies on the ring is
/// a matter of its MD5.
#[derive(Clone, Debug)]
pub enum KeySampler {
    Uniform { count: u64 },
    Zipf(Zipf),
    HotSet(HotSet),
    MovingHotSet { set: HotSet, every: Duration },
    Latest { ages: Zipf, next: Cell<u64> },
    Listed(Vec<(f64, u32)>),
}

/// A few keys that get a share of their own.
#[derive(Clone, Copy, Debug)]
pub struct HotSet {
    count: u64,
    hot: u64,
    share: f64,
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
                KeySampler::HotSet(HotSet { count: u64::from(count), hot: u64::from(hot), share })
            }
            Keys::MovingHotSet { count, hot, share, every } => {
                let set = HotSet { count: u64::from(count), hot: u64::from(hot), share };
                KeySampler::MovingHotSet { set, every }
            }
            Keys::Latest { count, exponent } => {
                let ages = Zipf::new(u64::from(count), exponent);
                KeySampler::Latest { ages, next: Cell::new(0) }
            }
            Keys::Listed { ref weights } => KeySampler::listed(weights.iter().copied()),
            Keys::File(ref file) => {
                let weights = file.content.iter().enumerate();
                KeySampler::listed(weights.map(|(key, weight)| (key as u32, *weight)))
            }
        }
    }

    fn listed(weights: impl Iterator<Item = (u32, f64)>) -> KeySampler {
        let mut sum = 0.0;
        let step = |(key, weight): (u32, f64)| {
            sum += weight;
            (sum, key)
        };
        KeySampler::Listed(weights.map(step).collect())
    }

    /// Draws the key of an intent that begins now.
    pub fn sample(&self, source: &mut impl Source, now: Time, writes: bool) -> Key {
        let number = match self {
            KeySampler::Uniform { count } => source.below(*count),
            KeySampler::Zipf(zipf) => zipf.sample(source),
            KeySampler::HotSet(set) => set.sample(source),
            KeySampler::MovingHotSet { set, every } => {
                let moved = u128::from(now.0 / every.0) * u128::from(set.hot);
                let shift = (moved % u128::from(set.count)) as u64;
                (set.sample(source) + shift) % set.count
            }
            KeySampler::Latest { ages, next } if writes => {
                next.set((next.get() + 1) % ages.count());
                next.get()
            }
            KeySampler::Latest { ages, next } => {
                (next.get() + ages.count() - ages.sample(source)) % ages.count()
            }
            KeySampler::Listed(steps) => {
                let (total, last) = *steps.last().expect("a checked list has some key");
                let point = source.unit() * total;
                let place = steps.partition_point(|(sum, _)| *sum <= point);
                u64::from(steps.get(place).map_or(last, |(_, key)| *key))
            }
        };
        Key(number as u32)
    }
}

impl HotSet {
    fn sample(&self, source: &mut impl Source) -> u64 {
        if source.chance(self.share) || self.hot == self.count {
            source.below(self.hot)
        } else {
            self.hot + source.below(self.count - self.hot)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::luck::Luck;
    use crate::random::purpose::Purpose;

    fn reads(sampler: &KeySampler, count: usize, now: Time) -> Vec<Key> {
        let mut stream = Luck::new(2).stream(Purpose::KeyChoice, 0);
        (0..count).map(|_| sampler.sample(&mut stream, now, false)).collect()
    }

    fn share(keys: &[Key], wanted: impl Fn(u32) -> bool) -> f64 {
        keys.iter().filter(|key| wanted(key.0)).count() as f64 / keys.len() as f64
    }

    #[test]
    fn a_hot_set_gets_its_share() {
        let sampler = KeySampler::new(&Keys::HotSet { count: 100, hot: 5, share: 0.7 });
        let keys = reads(&sampler, 20_000, Time::ZERO);
        let hot = share(&keys, |key| key < 5);
        assert!((0.685..0.715).contains(&hot), "{hot}");
        assert!(keys.iter().all(|key| key.0 < 100));
        assert!((5..100).all(|cold| keys.contains(&Key(cold))));
    }

    #[test]
    fn a_moving_hot_set_is_somewhere_else_later() {
        let every = Duration::from_secs(10);
        let keys = Keys::MovingHotSet { count: 12, hot: 5, share: 0.7, every };
        let sampler = KeySampler::new(&keys);
        let rows = [(0, [0, 1, 2, 3, 4]), (9, [0, 1, 2, 3, 4]), (25, [10, 11, 0, 1, 2])];
        for (second, hot) in rows {
            let keys = reads(&sampler, 20_000, Time::ZERO + Duration::from_secs(second));
            let share = share(&keys, |key| hot.contains(&key));
            assert!((0.685..0.715).contains(&share), "{second} s: {share}");
            assert!(keys.iter().all(|key| key.0 < 12));
        }
    }

    #[test]
    fn the_latest_keys_are_read_most() {
        let sampler = KeySampler::new(&Keys::Latest { count: 1_000, exponent: 0.99 });
        let mut stream = Luck::new(2).stream(Purpose::KeyChoice, 1);
        let written: Vec<u32> =
            (0..1_020).map(|_| sampler.sample(&mut stream, Time::ZERO, true).0).collect();
        assert_eq!(&written[..3], [1, 2, 3]);
        assert_eq!(&written[998..], (999..1_000).chain(0..21).collect::<Vec<u32>>());
        let keys = reads(&sampler, 20_000, Time::ZERO);
        let shares = [20, 19, 18].map(|latest| share(&keys, |key| key == latest));
        assert!(shares[0] > 1.5 * shares[1] && shares[1] > shares[2], "{shares:?}");
        assert!((0.11..0.15).contains(&shares[0]), "{shares:?}");
    }

    #[test]
    fn listed_keys_come_by_weight() {
        let weights = vec![(7, 3.0), (2, 0.0), (40, 1.0)];
        let keys = Keys::Listed { weights };
        assert_eq!(keys.count(), 41);
        let drawn = reads(&KeySampler::new(&keys), 20_000, Time::ZERO);
        assert!((0.735..0.765).contains(&share(&drawn, |key| key == 7)));
        assert!(drawn.iter().all(|key| [7, 40].contains(&key.0)));
    }
}
