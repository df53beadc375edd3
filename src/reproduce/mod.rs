//! The paper's figures and tables beside ours: each reproduction is a pure function of effort and
//! seed that returns plain data, and a page is written from that.
//!
//! | file | what |
//! |---|---|
//! | `list` | all reproductions by name |
//! | `work` | how much effort, which seed, and who waits; scenarios that are run on the way |
//! | `result` | what a reproduction comes to |
//! | `day` | a compressed day of load, for figures 4 and 5 |
//! | `placements` | random placements by the thousand |
//! | `carts` `shapes` | worlds of shopping carts, and what was expected of them |
//! | `page` | its page, its table and the summary over all, as text |
//! | all others | one reproduction each |
//!
//! What a reproduction assumes, and the bar that it is held to, is fixed in its file before its
//! numbers are looked at. A new one takes a file and a line in `list`.

pub mod admission;
pub mod availability;
pub mod carts;
mod day;
pub mod divergence;
pub mod figure_2;
pub mod figure_3;
pub mod figure_4;
pub mod figure_5;
pub mod figure_6;
pub mod figure_8;
pub mod gossip;
pub mod list;
pub mod merkle;
pub mod page;
pub mod placements;
pub mod reconciliation;
pub mod result;
pub mod shapes;
pub mod table_2;
pub mod virtual_nodes;
pub mod work;
