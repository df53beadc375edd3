//! All reproductions.

use crate::reproduce::result::Reproduction;
use crate::reproduce::work::{Settings, Stopped, Work};
use crate::reproduce::{
    admission, availability, divergence, figure_2, figure_3, figure_4, figure_5, figure_6,
    figure_8, gossip, merkle, placements, reconciliation, table_2, virtual_nodes,
};

/// How one is made.
pub type Make = fn(&mut Work<'_>) -> Result<Reproduction, Stopped>;

/// A reproduction by its name.
#[derive(Clone, Copy)]
pub struct Entry {
    /// What it is called on the command line, and its folder.
    pub name: &'static str,
    /// What it shows, in a few words.
    pub about: &'static str,
    pub make: Make,
}

/// In the order of the summary.
pub const LIST: &[Entry] = &[
    Entry {
        name: "figure-2",
        about: "which node keeps which ranges of the ring A to G (sections 4.3, 4.9)",
        make: figure_2::make,
    },
    Entry {
        name: "figure-3",
        about: "the six clocks of the worked example D1 to D5 (section 4.4)",
        make: figure_3::make,
    },
    Entry {
        name: "figure-4",
        about: "latencies follow the load of the day, writes above reads (section 6.1)",
        make: figure_4::make,
    },
    Entry {
        name: "figure-5",
        about: "buffered against direct writes over a day (section 6.1)",
        make: figure_5::make,
    },
    Entry {
        name: "figure-6",
        about: "nodes out of balance against load over a day (section 6.2)",
        make: figure_6::make,
    },
    Entry {
        name: "divergence",
        about: "versions that reads return, against writers and failures (section 6.3)",
        make: divergence::make,
    },
    Entry {
        name: "availability",
        about: "where 99.9995 % of requests are answered (section 6.6)",
        make: availability::make,
    },
    Entry {
        name: "merkle",
        about: "bytes to find what differs, with trees and without (section 4.7)",
        make: merkle::make,
    },
    Entry {
        name: "gossip",
        about: "rounds and bytes over the number of nodes, and the limit (sections 4.8.1, 6.6)",
        make: gossip::make,
    },
    Entry {
        name: "figure-8",
        about: "how evenly the three placement strategies load nodes (section 6.2)",
        make: figure_8::make,
    },
    Entry {
        name: "virtual-nodes",
        about: "who takes over from a failed node, by the number of tokens (section 4.2)",
        make: virtual_nodes::make,
    },
    Entry {
        name: "admission",
        about: "what control of background work spares clients, and what it gives up (section 6.5)",
        make: admission::make,
    },
    Entry {
        name: "table-2",
        about: "client- against server-driven coordination (section 6.4)",
        make: table_2::make,
    },
    Entry {
        name: "reconciliation",
        about: "lost adds and resurrected removes of carts, by what applications do (section 4.4)",
        make: reconciliation::make,
    },
];

/// What can be asked for of a reproduction beside what the paper has.
pub fn settings(name: &str) -> &'static [&'static str] {
    if name == "figure-8" { &placements::SETTINGS } else { &[] }
}

/// Says what is wrong with settings of a reproduction that knows them all by name.
pub fn refusal(name: &str, settings: &Settings) -> Option<String> {
    (name == "figure-8").then(|| placements::Setting::new(settings).err()).flatten()
}

/// The reproduction of this name.
pub fn find(name: &str) -> Option<&'static Entry> {
    LIST.iter().find(|entry| entry.name == name)
}
