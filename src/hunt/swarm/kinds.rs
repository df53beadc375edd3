//! Each kind of fault with its settings drawn.

pub mod links;
pub mod machines;
