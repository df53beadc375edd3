//! What the user wrote, and how it becomes a plan. The only place that knows JSON.
//!
//! ```text
//! text --document--> JSON with places --extend, overrides, variables--> JSON
//!     --draw--> JSON with plain faults --reading--> Scenario --check--> Checked
//! ```
//!
//! Every step goes on past a mistake where it can, so that all mistakes are told at once, each
//! with its place in the text ([`Diagnoses`]). The scenario language itself is the types of
//! [`Scenario`] and of the sections that it names.

pub mod check;
pub mod complaint;
pub mod diagnosis;
pub mod document;
pub mod draw;
pub mod expect;
pub mod extend;
pub mod files;
pub mod format;
pub mod hunt;
pub mod lines;
pub mod members;
pub mod overrides;
pub mod path;
pub mod plan;
pub mod problem;
pub mod profile;
pub mod read;
pub mod reading;
pub mod schema;
pub mod seed;
pub mod shipped;
pub mod source;
pub mod spec;
pub mod starter;
pub mod sweep;
pub mod tokens;
pub mod variables;
pub mod when;
