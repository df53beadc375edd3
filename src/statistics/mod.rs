//! What numbers from repeated runs are worth: estimates with 95 % intervals.
//!
//! The run is the unit, never the operation: operations of one run share its luck, so a thousand
//! of them are not a thousand observations. A function here takes one number for each run.
//!
//! | page | what |
//! |---|---|
//! | `sample` | mean, deviation, percentile, the straight line through points |
//! | `estimate` | a value and the 95 % interval of what it estimates |
//! | `ratio` | the ratio of two means |
//! | `bootstrap` | whatever has no closed form |
//! | `paired` | two settings under the same luck |
//! | `sequential` | how many runs until an interval is narrow enough |
//! | `distributions` | Student's t, beta, binomial and normal, over `libm` |
//!
//! Left out: intervals at other levels, and comparisons of many settings at once. An interval is
//! right for the one number it belongs to; of twenty, one may miss.

pub mod bootstrap;
pub mod distributions;
pub mod estimate;
pub mod paired;
pub mod ratio;
pub mod sample;
pub mod sequential;
