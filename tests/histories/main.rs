//! Histories judged without an oracle: the checkers against what is obviously right on small
//! histories, against another crate, against the oracle of our own runs; files of other stores; the
//! command; and how long a million operations take.

mod agree;
mod command;
mod draw;
mod forms;
mod naive;
mod oracle;
mod speed;
