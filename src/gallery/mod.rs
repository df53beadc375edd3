//! The gallery: twenty figures on consistency, availability and latency that students ask for,
//! each from runs of the event-driven simulator.
//!
//! | file | what |
//! |---|---|
//! | `figure` | what a figure is: trials that fill a table, and a chart that is drawn from it |
//! | `list` | all figures by name |
//! | `trial` | one run and what is measured of it |
//! | `watch` | what reads knew, when nodes heard of each other |
//! | `panes` | charts from tables, as these figures share them |
//! | `page` | the page of a figure, and the page over all |
//! | all others | figures by theme |
//!
//! A table is drawn as it stands: from the same table `plot --figure` draws the same chart.

pub mod ablation;
pub mod detection;
pub mod figure;
pub mod frontier;
pub mod lag;
pub mod list;
pub mod page;
pub mod panes;
pub mod partitions;
pub mod repair;
pub mod siblings;
pub mod spread;
pub mod trial;
pub mod visibility;
pub mod wars;
pub mod watch;
