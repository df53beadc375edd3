//! Many runs of one scenario, each with other values of a few fields: planned here, in an order
//! that depends on nothing but the scenario, and run one by one.

pub mod planning;
pub mod repetitions;
pub mod running;
