//! What the user wrote, and how it becomes a plan. The only place that knows JSON.

mod spec;

pub use spec::Scenario;
