//! Seeds as people write them on the command line.

/// Reads a seed: decimal, hexadecimal with `0x`, or a git commit hash of 40 hexadecimal digits.
///
/// All digits of a hash matter: it is cut into pieces of 16, 16 and 8 digits, and each piece is
/// added to what the pieces before it gave and stirred with the finaliser of SplitMix64. The error
/// says what would do.
pub fn parse(text: &str) -> Result<u64, String> {
    let digits =
        |text: &str, radix: u32| !text.is_empty() && text.chars().all(|c| c.is_digit(radix));
    let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let seed = match hexadecimal {
        Some(rest) if digits(rest, 16) => u64::from_str_radix(rest, 16).ok(),
        None if text.len() == 40 && digits(text, 16) => commit(text),
        None if digits(text, 10) => text.parse().ok(),
        Some(_) | None => None,
    };
    seed.ok_or_else(|| {
        format!(
            "`{}` is no seed; write a whole number up to 18446744073709551615, up to 16 \
             hexadecimal digits as in 0x1f2e, or a git commit hash of 40 digits",
            super::path::shortened(text)
        )
    })
}

fn commit(hash: &str) -> Option<u64> {
    [&hash[..16], &hash[16..32], &hash[32..]].iter().try_fold(0_u64, |seed, piece| {
        u64::from_str_radix(piece, 16).ok().map(|piece| stir(seed.wrapping_add(piece)))
    })
}

/// The finaliser of SplitMix64: each bit of the argument moves about half of the result's.
fn stir(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_read() {
        let hash = "0123456789abcdef0123456789abcdef01234567";
        let rows = [
            ("0", 0),
            ("42", 42),
            ("18446744073709551615", u64::MAX),
            ("0x2a", 42),
            ("0xFFFFFFFFFFFFFFFF", u64::MAX),
            // Pinned: a commit's seed must not change from release to release.
            (hash, 12_162_617_417_197_284_642),
        ];
        for (text, seed) in rows {
            assert_eq!(parse(text), Ok(seed), "{text}");
        }
        let (first, last) = (format!("1{}", &hash[1..]), format!("{}8", &hash[..39]));
        assert_ne!(parse(&first), parse(hash));
        assert_ne!(parse(&last), parse(hash));
    }

    #[test]
    fn what_is_no_seed_is_refused() {
        for text in
            ["", "x", "-1", "+1", "1.5", "0x", "0x1FFFFFFFFFFFFFFFF", "18446744073709551616", "abc"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
