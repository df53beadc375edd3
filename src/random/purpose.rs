//! What a draw is for. Two purposes never share luck, even for the same party and number.

/// Declares the purposes with their numbers, and lists them all.
macro_rules! purposes {
    ($($(#[$doc:meta])* $name:ident = $number:literal,)+) => {
        /// What a draw is for. The numbers are part of every result: a number is never changed and
        /// never used again, and a new purpose takes a higher one.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u32)]
        pub enum Purpose {
            $($(#[$doc])* $name = $number,)+
        }

        impl Purpose {
            /// More than any purpose's number.
            pub const NUMBERS: usize = 72;

            /// All purposes, by number.
            pub const ALL: [Purpose; [$($number),+].len()] = [$(Purpose::$name),+];
        }
    };
}

purposes! {
    /// How long a message travels.
    Delay = 0,
    /// Whether a message is lost.
    Loss = 1,
    /// Whether a message arrives twice.
    Duplicate = 2,
    /// How long the second copy of a message travels.
    DuplicateDelay = 3,
    /// Whether, and how far, a message is held back behind later ones.
    Reorder = 4,
    /// How long a disk takes over one job.
    DiskService = 5,
    /// When clients begin operations that do not wait for earlier ones.
    Arrival = 6,
    /// Which key an operation is about.
    KeyChoice = 7,
    /// Whether an operation is a get, a put or a delete.
    OperationChoice = 8,
    /// How long a client thinks between two operations.
    Think = 9,
    /// Which node a client or load balancer turns to (section 6.4).
    Routing = 10,
    /// How many bytes a value has.
    ValueSize = 11,
    /// Where the tokens of a node lie on the ring (sections 4.2 and 6.2).
    Placement = 12,
    /// Whom a node gossips with (section 4.8).
    GossipPeer = 13,
    /// When within its period a node gossips.
    GossipPhase = 14,
    /// Whom a node compares Merkle trees with (section 4.7).
    AntiEntropyPeer = 15,
    /// When within its period a node compares Merkle trees.
    AntiEntropyPhase = 16,
    /// When within its period a node tries to hand its hints back (section 4.6).
    HandoffPhase = 17,
    /// Which replica coordinates an operation (section 4.5).
    Coordinator = 18,
    /// When, where and how trouble strikes: drawn before the run.
    FaultPlan = 19,
    /// Which item a shopper adds to or takes from the cart (section 4.4).
    CartItem = 20,
    /// How far, and how fast, the clock of a node is off.
    ClockSkew = 21,
    /// How much longer a message takes on a degraded link, and whether it gets lost there.
    Degrade = 22,
    /// How long a slow node takes before it sends a message.
    SlowSend = 23,
    /// Whether a degraded link makes a second copy of a message.
    DegradeDuplicate = 30,
    /// Whether a degraded link damages a message.
    DegradeCorrupt = 31,
    /// How far a degraded link delays a message beyond the others.
    DegradeJitter = 32,
    /// Whether a disk in trouble fails a job, or changes what is stored.
    DiskTrouble = 40,
    /// When bursts of requests begin and end.
    Burst = 50,
    /// How long a client waits before it tries again.
    Backoff = 51,
    /// How long a client stays at a site, and where it moves then.
    Move = 52,
    /// How long a request or its answer takes through a load balancer.
    LoadBalancer = 54,
    /// When a client first downloads the membership, and from whom each time (section 6.4).
    MembershipPull = 55,
    /// When a process stops, and for how long.
    ProcessPause = 57,
    /// When, how long and in which way a plan of random faults strikes.
    FaultDraw = 60,
    /// Whom a fault strikes that leaves it to chance.
    FaultTarget = 61,
    /// What a hunt draws: a cluster, its clients, its network and its trouble.
    Hunt = 62,
    /// What a model draws that a run is compared with.
    Model = 63,
    /// Which runs a bootstrap draws anew: nothing of a run itself.
    Bootstrap = 64,
    /// When within its period a node pings, or sends heartbeats.
    WatchPhase = 66,
    /// Whom a node pings.
    ProbePeer = 67,
    /// Whom a node asks to ping another.
    ProbeHelper = 68,
    /// Whether a node loses interest in what it tells (section 4.8).
    Interest = 70,
}

#[cfg(test)]
mod tests {
    use super::Purpose;

    #[test]
    fn numbers_ascend_and_fit() {
        let numbers = Purpose::ALL.map(|purpose| purpose as usize);
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
        assert!(numbers.iter().all(|number| *number < Purpose::NUMBERS));
        assert_eq!(Purpose::SlowSend as usize, 23, "a number is never changed");
    }
}
