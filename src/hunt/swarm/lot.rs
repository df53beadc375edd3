//! What names one world of a hunt.

use serde::{Deserialize, Serialize};

use crate::scenario::seed;

/// A seed, and how often the trouble and the clients of its world were drawn again: its cluster,
/// its network and the kinds of fault stay the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lot {
    pub seed: u64,
    #[serde(default)]
    pub redraw: u32,
}

impl Lot {
    /// A seed as it is drawn first.
    pub fn first(seed: u64) -> Lot {
        Lot { seed, redraw: 0 }
    }

    /// As names of scenarios have it.
    pub fn name(self) -> String {
        match self.redraw {
            0 => self.seed.to_string(),
            redraw => format!("{}-{redraw}", self.seed),
        }
    }

    /// Reads `17` or `17-3`, the seed in any form that seeds have; the error says what would do.
    pub fn parse(text: &str) -> Result<Lot, String> {
        let (seed, redraw) = text.split_once('-').unwrap_or((text, "0"));
        let redraw = redraw.parse();
        let redraw =
            redraw.map_err(|_| format!("`{text}` is no lot; write a seed, or as in 17-3"))?;
        Ok(Lot { seed: seed::parse(seed)?, redraw })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lots_read_as_they_are_named() {
        for lot in [Lot::first(17), Lot { seed: u64::MAX, redraw: 3 }] {
            assert_eq!(Lot::parse(&lot.name()), Ok(lot));
        }
        assert!(Lot::parse("x").is_err() && Lot::parse("3-x").is_err());
    }
}
