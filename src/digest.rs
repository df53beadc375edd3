//! A fixed 64-bit fingerprint, the same on every machine and in every version of this crate.
//!
//! Used for the digest of a run, for what Merkle trees compare, and for the address by which luck
//! knows a message. It is no cryptographic hash: nobody here is hostile (section 2.1).

/// A fingerprint under way. Order matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Digest(u64);

impl Digest {
    /// Nothing folded in yet.
    pub const EMPTY: Digest = Digest(0x243f_6a88_85a3_08d3);

    /// This fingerprint with one more number behind it.
    #[inline]
    #[must_use]
    pub fn with(self, number: u64) -> Digest {
        // A multiplication to 128 bits whose halves are folded together: every input bit reaches
        // all output bits, at the price of a few cycles.
        let mixed = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ self.0.rotate_left(23);
        let product = u128::from(mixed) * u128::from(0xd6e8_feb8_6659_fd93_u64);
        let folded = (product >> 64) as u64 ^ product as u64;
        Digest(folded.wrapping_add(0xa076_1d64_78bd_642f))
    }

    /// The fingerprint as a number.
    #[inline]
    pub fn value(self) -> u64 {
        self.0
    }
}

/// The fingerprint of a few numbers.
#[inline]
pub fn digest_of<const COUNT: usize>(numbers: [u64; COUNT]) -> u64 {
    numbers.into_iter().fold(Digest::EMPTY, Digest::with).value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_values_do_not_move() {
        assert_eq!(digest_of([]), 0x243f_6a88_85a3_08d3);
        assert_eq!(digest_of([0]), GOLDEN[0]);
        assert_eq!(digest_of([1, 2, 3]), GOLDEN[1]);
    }

    /// Computed apart from this code.
    const GOLDEN: [u64; 2] = [0xc3b7_fbbc_0433_d9a0, 0x50d7_4e2d_64fa_6417];

    #[test]
    fn each_input_bit_moves_about_half_of_the_output() {
        let mut flipped = 0;
        for bit in 0..64 {
            for start in 0..64_u64 {
                let base = digest_of([7, start.wrapping_mul(0x1234_5678_9abc_def1), 9]);
                let other =
                    digest_of([7, start.wrapping_mul(0x1234_5678_9abc_def1) ^ (1 << bit), 9]);
                flipped += (base ^ other).count_ones();
            }
        }
        let mean = f64::from(flipped) / (64.0 * 64.0);
        assert!((31.0..33.0).contains(&mean), "{mean}");
    }

    #[test]
    fn no_two_small_inputs_collide() {
        let mut seen: Vec<u64> =
            (0..200).flat_map(|a| (0..200).map(move |b| digest_of([a, b]))).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 40_000);
    }
}
