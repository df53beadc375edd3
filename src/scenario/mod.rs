//! What the user wrote, and how it becomes a plan. The only place that knows JSON.
//!
//! ```text
//! text --document--> JSON with places --overrides--> JSON --reading--> Scenario --check--> Checked
//! ```
//!
//! Every step goes on past a mistake where it can, so that all mistakes are told at once, each
//! with its place in the text ([`Diagnoses`]). The scenario language itself is the types of
//! [`Scenario`] and of the sections that it names.

pub mod check;
mod complaint;
pub mod diagnosis;
pub mod document;
pub mod expect;
mod overrides;
pub mod path;
mod problem;
mod read;
mod reading;
pub mod seed;
pub mod shipped;
mod source;
mod spec;
mod tokens;

pub use check::check;
pub use diagnosis::{Diagnoses, Diagnosis};
pub use expect::{Comparison, Expectation};
pub use path::{Path, Step};
pub use problem::{Aim, Problem};
pub use read::Checked;
pub use shipped::{SHIPPED, shipped};
pub use spec::Scenario;
