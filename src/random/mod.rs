//! Randomness: where luck comes from, and the shapes that it takes.
//!
//! Luck has an address. A draw is keyed by (seed, purpose, who, which), so what one message, fault
//! or disk job draws does not depend on how many draws others made: taking away a fault or a read
//! leaves all other luck as it was. Paired comparisons, shrinking and old replays rest on that.
//!
//! | file | what |
//! |---|---|
//! | `purpose` | what a draw is for: one half of its address |
//! | `luck` | from a seed and an address to a generator: `Draw` (hot path), `Stream` (sequences) |
//! | `source` | what every generator can do: units, bounded integers, choices, shuffles |
//! | `distribution` | how users write the spread of a duration, and what that means |
//! | `published` | distributions that have names |
//! | `problems` | what can be wrong with a written distribution |
//! | `sampler` | a distribution made ready to be drawn from many times |
//! | `outside` | luck that is no function of the seed, for planted bugs alone |
//! | `normal` | the normal distribution and its inverse |
//! | `zipf` | ranks of keys by popularity |
//!
//! Only this module names the crates `rand` and `rand_chacha`, and only for raw 64-bit values: the
//! algorithms over them are ours, frozen by golden vectors, since those of libraries change between
//! releases. Transcendental functions come from `libm` and never from the platform, whose last bits
//! differ between machines.

pub mod distribution;
#[cfg(test)]
pub mod in_file;
pub mod logarithm;
pub mod luck;
pub mod normal;
pub mod outside;
mod problems;
mod published;
pub mod purpose;
pub mod sampler;
pub mod source;
pub mod zipf;
