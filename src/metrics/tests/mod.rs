//! Numbers of runs played by hand.

mod consistency;
mod repairs;
mod service;
