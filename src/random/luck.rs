//! From a seed and an address to a generator.
//!
//! `Luck::draw` serves the hot path: a few nanoseconds, no memory. `Luck::stream` serves what is
//! drawn in sequence (ring tokens, fault plans, arrivals) from ChaCha8. Both give the same values
//! on every machine and for ever: golden vectors below hold them to it.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::random::purpose::Purpose;
use crate::random::source::Source;

/// What separates the ChaCha8 key that makes keys of draws from those that make streams.
const DRAW_KEYS: u64 = 1;
const STREAMS: u64 = 2;

/// How far one `which` is from the next: an odd constant with well spread bits, unrelated to
/// `STEP`, so that the sequence of one draw does not run into those of its neighbours.
const STRIDE: u64 = 0xd134_2543_de82_ef95;
/// How far one value of a draw is from the next: SplitMix64's golden ratio.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// All the luck of one run. Cheap to clone; never changes.
#[derive(Clone, Debug)]
pub struct Luck {
    seed: u64,
    /// At the place of the purpose's number; unused numbers leave gaps.
    keys: [DrawKey; Purpose::LIMIT],
}

/// What makes the draws of one purpose its own.
#[derive(Clone, Copy, Debug)]
struct DrawKey {
    who: u64,
    which: u64,
}

/// The luck at one address: a generator of eight bytes that starts in a place of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Draw {
    state: u64,
}

/// A long sequence of luck that belongs to one purpose and one party.
#[derive(Clone, Debug)]
pub struct Stream {
    generator: ChaCha8Rng,
}

impl Luck {
    /// The luck of the run with this seed.
    pub fn new(seed: u64) -> Luck {
        let key = |purpose: Purpose| {
            let mut generator = chacha(seed, DRAW_KEYS, purpose);
            DrawKey { who: generator.next_u64(), which: generator.next_u64() }
        };
        let mut keys = [DrawKey { who: 0, which: 0 }; Purpose::LIMIT];
        Purpose::ALL.into_iter().for_each(|purpose| keys[purpose as usize] = key(purpose));
        Luck { seed, keys }
    }

    /// The seed it was made from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The luck at an address. `who` is the party, link or key; `which` counts its draws for this
    /// purpose, or names the message, job or attempt. Two `which` of one `who`, and two `who` of
    /// one `which`, never start at the same place; any others meet as rarely as chance has it.
    #[inline]
    pub fn draw(&self, purpose: Purpose, who: u64, which: u64) -> Draw {
        let key = self.keys[purpose as usize];
        let start = mix(who ^ key.who).wrapping_add(key.which);
        Draw { state: start.wrapping_add(which.wrapping_mul(STRIDE)) }
    }

    /// A sequence for one purpose and party, apart from all draws and all other sequences.
    pub fn stream(&self, purpose: Purpose, who: u64) -> Stream {
        let mut generator = chacha(self.seed, STREAMS, purpose);
        generator.set_stream(who);
        Stream { generator }
    }
}

impl Source for Draw {
    #[inline]
    fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mix(self.state)
    }
}

impl Source for Stream {
    #[inline]
    fn next_u64(&mut self) -> u64 {
        self.generator.next_u64()
    }
}

/// ChaCha8 under a key that spells out what it is for, 8 bytes each, the last 8 zero.
fn chacha(seed: u64, use_as: u64, purpose: Purpose) -> ChaCha8Rng {
    let mut key = [0u8; 32];
    for (bytes, word) in key.chunks_exact_mut(8).zip([seed, use_as, purpose as u64]) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    ChaCha8Rng::from_seed(key)
}

/// A one-to-one scrambling of 64 bits in which each input bit flips about half of the output bits:
/// D. Stafford's thirteenth variant of the MurmurHash3 finaliser, as in SplitMix64.
#[inline]
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::random::source::tests::chi_square_deviations;

    /// The first two values at an address.
    fn two(seed: u64, purpose: Purpose, who: u64, which: u64) -> [u64; 2] {
        let mut draw = Luck::new(seed).draw(purpose, who, which);
        [draw.next_u64(), draw.next_u64()]
    }

    /// Counts, over many addresses, how often each output bit flips with an input; `flipped` gives
    /// the values before and after. Returns the largest distance from one half.
    fn worst_flip(flipped: impl Fn(u64) -> (u64, u64)) -> f64 {
        const SAMPLES: u64 = 4_000;
        let mut flips = [0u64; 64];
        for sample in 0..SAMPLES {
            let (before, after) = flipped(sample);
            for (bit, count) in flips.iter_mut().enumerate() {
                *count += (before ^ after) >> bit & 1;
            }
        }
        let distance = |count: &u64| (*count as f64 / SAMPLES as f64 - 0.5).abs();
        flips.iter().map(distance).fold(0.0, f64::max)
    }

    /// Five standard deviations of a fair flip over 4,000 samples.
    const FLIP_BOUND: f64 = 0.04;

    #[test]
    fn each_bit_of_who_and_which_flips_half_of_the_output() {
        let luck = Luck::new(2007);
        let draw = |who, which| luck.draw(Purpose::Delay, who, which).next_u64();
        for bit in 0..64 {
            let who = worst_flip(|n| (draw(n, n / 7), draw(n ^ (1 << bit), n / 7)));
            let which = worst_flip(|n| (draw(n / 7, n), draw(n / 7, n ^ (1 << bit))));
            assert!(who < FLIP_BOUND, "who, bit {bit}: {who}");
            assert!(which < FLIP_BOUND, "which, bit {bit}: {which}");
        }
    }

    #[test]
    fn each_bit_of_the_seed_flips_half_of_the_output() {
        for bit in 0..64 {
            let flipped = |n| {
                let (one, other) = (Luck::new(n), Luck::new(n ^ (1 << bit)));
                let value = |luck: &Luck| luck.draw(Purpose::Loss, 3, 4).next_u64();
                (value(&one), value(&other))
            };
            // A fraction of the samples would do, but the bound is stated for all of them.
            let worst = worst_flip(flipped);
            assert!(worst < FLIP_BOUND, "seed, bit {bit}: {worst}");
        }
    }

    #[test]
    fn another_purpose_flips_half_of_the_output() {
        let luck = Luck::new(9);
        for pair in Purpose::ALL.windows(2) {
            let value = |purpose, n| luck.draw(purpose, n, n).next_u64();
            let worst = worst_flip(|n| (value(pair[0], n), value(pair[1], n)));
            assert!(worst < FLIP_BOUND, "{pair:?}: {worst}");
        }
    }

    /// Counts the top and bottom eight bits of values in 256 buckets each.
    fn assert_uniform(what: &str, values: impl Iterator<Item = u64>) {
        let (mut top, mut bottom, mut total) = ([0u64; 256], [0u64; 256], 0u64);
        for value in values {
            top[(value >> 56) as usize] += 1;
            bottom[(value & 255) as usize] += 1;
            total += 1;
        }
        assert!(total >= 100_000, "{what}: too few values to tell");
        for counts in [top, bottom] {
            let deviations = chi_square_deviations(&counts, &[total as f64 / 256.0; 256]);
            assert!(deviations.abs() < 4.0, "{what}: {deviations}");
        }
    }

    #[test]
    fn values_are_uniform_along_every_axis() {
        let luck = Luck::new(42);
        let draw = |who, which| luck.draw(Purpose::Delay, who, which);
        assert_uniform("which", (0..200_000).map(|n| draw(1, n).next_u64()));
        assert_uniform("who", (0..200_000).map(|n| draw(n, 1).next_u64()));
        assert_uniform("grid", (0..200_000).map(|n| draw(n % 400, n / 400).next_u64()));
        assert_uniform("sparse", (0..200_000).map(|n| draw(n << 32, n << 40).next_u64()));
        let second = |n| {
            let mut draw = draw(7, n);
            draw.next_u64();
            draw.next_u64()
        };
        assert_uniform("second", (0..200_000).map(second));
        let (mut one, mut stream) = (draw(7, 7), luck.stream(Purpose::Delay, 7));
        assert_uniform("one draw", (0..200_000).map(|_| one.next_u64()));
        assert_uniform("stream", (0..200_000).map(|_| stream.next_u64()));
    }

    #[test]
    fn neighbours_are_not_correlated() {
        // Pairs of neighbouring units in a 16 x 16 grid: a lattice would leave cells empty.
        let luck = Luck::new(1);
        let cell = |who, which| (luck.draw(Purpose::Think, who, which).unit() * 16.0) as usize;
        for (step_who, step_which) in [(0, 1), (1, 0), (1, 1), (0, 2), (1 << 32, 0)] {
            let mut counts = vec![0u64; 256];
            for n in 0..100_000 {
                counts[cell(5, n) * 16 + cell(5 + step_who, n + step_which)] += 1;
            }
            let deviations = chi_square_deviations(&counts, &[100_000.0 / 256.0; 256]);
            assert!(deviations.abs() < 4.0, "{step_who} {step_which}: {deviations}");
        }
    }

    #[test]
    fn addresses_on_a_grid_do_not_meet() {
        let luck = Luck::new(7);
        let mut seen = BTreeSet::new();
        for purpose in [Purpose::Delay, Purpose::Loss, Purpose::DiskService] {
            for who in 0..200u64 {
                for which in 0..200u64 {
                    let mut draw = luck.draw(purpose, who | (who % 2) << 32, which);
                    assert!(seen.insert(draw.next_u64()) && seen.insert(draw.next_u64()));
                }
            }
        }
        assert_eq!(seen.len(), 3 * 200 * 200 * 2);
    }

    #[test]
    fn the_sequence_of_one_draw_runs_into_no_neighbour() {
        // `which` whose first value is the value that this draw gives after some steps.
        let mut inverse = 1u64;
        for _ in 0..6 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(STRIDE.wrapping_mul(inverse)));
        }
        assert_eq!(STRIDE.wrapping_mul(inverse), 1);
        for steps in 1..=1_000u64 {
            let which = steps.wrapping_mul(STEP).wrapping_mul(inverse);
            assert!(which.min(which.wrapping_neg()) > 1 << 48, "after {steps}: {which}");
        }
    }

    #[test]
    fn what_others_draw_changes_nothing() {
        let luck = Luck::new(3);
        let alone = luck.draw(Purpose::Delay, 1, 2);
        let mut other = luck.draw(Purpose::Delay, 1, 1);
        other.next_u64();
        assert_eq!(luck.draw(Purpose::Delay, 1, 2), alone);
        let mut stream = luck.stream(Purpose::Arrival, 1);
        stream.next_u64();
        let (mut one, mut two) =
            (luck.stream(Purpose::Arrival, 2), luck.clone().stream(Purpose::Arrival, 2));
        assert_eq!([one.next_u64(), one.next_u64()], [two.next_u64(), two.next_u64()]);
    }

    // The golden vectors here and in the other files of this module were computed a second time by
    // a program in another language, ChaCha8 included, from the documentation alone.
    #[test]
    fn draws_are_what_they_always_were() {
        let rows = [
            (two(0, Purpose::Delay, 0, 0), [0xc856_d784_289e_0bea, 0xc91c_fa4d_ba38_e80d]),
            (two(1, Purpose::Delay, 0, 0), [0xac55_717a_ed77_382e, 0x1aa2_948b_e069_cc7f]),
            (two(0, Purpose::ClockSkew, 0, 0), [0xc579_9279_495a_2b19, 0xd637_e733_0408_24c5]),
            (two(0, Purpose::Delay, 1, 0), [0x831b_0749_d53a_650a, 0x4d1f_d2d6_b0aa_d57f]),
            (two(0, Purpose::Delay, 0, 1), [0xfe4c_3f23_c43b_ce6b, 0xabf1_fcc6_4a86_0b63]),
            (
                two(u64::MAX, Purpose::DiskService, u64::MAX, u64::MAX),
                [0x84d6_205e_de8b_deae, 0xb033_729e_ff8c_05ea],
            ),
        ];
        for (place, (value, golden)) in rows.into_iter().enumerate() {
            assert_eq!(value, golden, "row {place}: {value:#018x?}");
        }
    }

    #[test]
    fn streams_are_what_they_always_were() {
        let values = |seed, purpose, who| {
            let mut stream = Luck::new(seed).stream(purpose, who);
            [stream.next_u64(), stream.next_u64(), stream.next_u64()]
        };
        assert_eq!(
            values(0, Purpose::Placement, 0),
            [0xafff_610e_6259_0b56, 0xd76d_1793_485b_9774, 0x7af1_1bc4_b2b6_8311]
        );
        assert_eq!(
            values(1, Purpose::FaultPlan, 1 << 63),
            [0x4f50_136d_ab49_95e7, 0xf651_37b4_81b6_14cf, 0x580f_62aa_f82a_329e]
        );
    }
}
