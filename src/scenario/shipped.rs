//! The scenarios that come with the program.

/// Lists the files of `scenarios/`, each by its folder in there and its name.
macro_rules! shipped {
    ($(($folder:literal, $name:literal)),+ $(,)?) => {
        /// Name and text of each scenario in the folders of `scenarios/`; names are unique in all
        /// of them. The first is what `run` takes when it is given none.
        pub const SHIPPED: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../../scenarios/", $folder, "/", $name, ".json")))),+
        ];

        /// The folder of each of them, in the same order: what it is for.
        pub const FOLDERS: &[&str] = &[$($folder),+];
    };
}

shipped![
    ("basics", "partition-heal"),
    ("basics", "no-faults"),
    ("basics", "anti-entropy-alone"),
    ("basics", "hints-alone"),
    ("basics", "sloppy-quorum"),
    ("basics", "strict-quorum"),
    ("basics", "stale-reads"),
    ("basics", "shopping-cart"),
    ("basics", "clock-hole"),
    ("basics", "last-write-wins"),
    ("basics", "resurrection"),
    ("basics", "equal-partitions"),
    ("basics", "frontier"),
    ("hunts", "swarm"),
    ("hunts", "every-switch"),
    ("sweeps", "quorums"),
    ("network", "one-way-cut"),
    ("network", "isolate"),
    ("network", "bridge"),
    ("network", "majorities-ring"),
    ("network", "flapping-partition"),
    ("network", "rolling-isolation"),
    ("network", "swizzle"),
    ("network", "clog"),
    ("network", "lossy-handoff"),
    ("network", "bandwidth"),
    ("network", "flaky-site"),
    ("network", "drawn-splits"),
    ("network", "lost-site"),
    ("membership", "join"),
    ("membership", "leave"),
    ("membership", "rejoin"),
    ("membership", "changes-at-once"),
    ("membership", "join-during-partition"),
    ("membership", "join-partitions"),
    ("membership", "remove-dead"),
    ("membership", "replace-dead"),
    ("membership", "logical-partition"),
    ("nodes", "rolling-restart"),
    ("nodes", "lost-disk"),
    ("nodes", "restored-disk"),
    ("nodes", "power-failure"),
    ("nodes", "crash-loop"),
    ("nodes", "random-plan"),
    ("nodes", "lost-homes"),
    ("nodes", "rack-and-site"),
    ("nodes", "planned-restarts"),
    ("nodes", "uneven-machines"),
    ("nodes", "pauses"),
    ("nodes", "quiet-crash"),
    ("nodes", "patient-heartbeats"),
    ("disks", "unflushed-crash"),
    ("disks", "failing-disks"),
    ("disks", "lying-flush"),
    ("disks", "silent-corruption"),
    ("disks", "unchecked-corruption"),
    ("disks", "object-buffer"),
    ("disks", "durable-write"),
    ("disks", "admission"),
    ("clocks", "skewed-clocks"),
    ("clocks", "clock-faults"),
    ("clocks", "truncation"),
    ("clocks", "without-dots"),
    ("clients", "client-driven"),
    ("clients", "cart-first-returned"),
    ("clients", "cart-last-write-wins"),
    ("clients", "cart-union"),
    ("clients", "cart-observed-remove"),
    ("clients", "cart-blind"),
    ("clients", "flash-crowd"),
    ("clients", "day-and-night"),
    ("clients", "latest-news"),
    ("clients", "hedged-reads"),
    ("clients", "writes-from-memory"),
    ("clients", "own-site"),
    ("clients", "trace-replay"),
    ("clients", "keys-from-a-file"),
    ("clients", "retries-recognised"),
    ("clients", "moving-clients"),
    ("clients", "few-writers"),
    ("incidents", "riak-679-wipe"),
    ("incidents", "riak-847-late-fallback"),
    ("incidents", "riak-1754-join-leave"),
    ("incidents", "riak-1188-frozen"),
    ("incidents", "sibling-explosion"),
    ("incidents", "prune-loop"),
    ("incidents", "lww-split"),
    ("incidents", "lww-skew"),
    ("incidents", "hint-coordinator-crash"),
    ("incidents", "tombstone-zombie"),
    ("incidents", "gossip-zombie"),
    ("incidents", "year-uptime"),
    ("incidents", "seed-split"),
    ("incidents", "bootstrap-under-load"),
    ("incidents", "two-joins-adjacent"),
    ("incidents", "handoff-tail"),
    ("incidents", "gc-pause"),
    ("incidents", "zone-loss"),
    ("incidents", "garage-layout"),
    ("incidents", "merkle-stale"),
    ("incidents", "delete-race"),
    ("incidents", "riak-388-netsplit"),
    ("incidents", "hint-window"),
    ("regressions", "alone-it-took-all"),
    ("regressions", "answer-of-an-earlier-life"),
    ("regressions", "backward-clock"),
    ("regressions", "called-off-too-late"),
    ("regressions", "copy-then-hint"),
    ("regressions", "cut-in-that-moment"),
    ("regressions", "dead-before-it-gave"),
    ("regressions", "drop-that-failed"),
    ("regressions", "dropped-for-nobody"),
    ("regressions", "durable-for-clients"),
    ("regressions", "told-to-nobody-else"),
    ("regressions", "pushed-past"),
    ("regressions", "wiped-seed"),
    ("regressions", "site-of-one-gone"),
    ("regressions", "nobody-left"),
    ("regressions", "asked-again-too-soon"),
    ("regressions", "every-disk-wiped"),
    ("regressions", "forgot-its-promise"),
    ("regressions", "given-back-meanwhile"),
    ("regressions", "given-too-soon"),
    ("regressions", "half-a-replacement"),
    ("regressions", "heirs-and-a-replacement"),
    ("regressions", "hint-to-a-giver"),
    ("regressions", "last-to-leave"),
    ("regressions", "late-copy"),
    ("regressions", "let-go-too-soon"),
    ("regressions", "lost-for-ever"),
    ("regressions", "passed-back"),
    ("regressions", "passed-round"),
    ("regressions", "place-taken-meanwhile"),
    ("regressions", "promise-in-a-crash"),
    ("regressions", "read-after-a-removal"),
    ("regressions", "replaced-yet-leaving"),
    ("regressions", "set-right-as-it-goes-on"),
    ("regressions", "standing-clock"),
    ("regressions", "stray-of-a-lost-change"),
    ("regressions", "taken-place"),
    ("regressions", "timeless-after-rejoining"),
    ("regressions", "turned-into-a-copy"),
    ("gallery", "versions-behind"),
    ("gallery", "late-copies"),
    ("gallery", "two-writers"),
    ("gallery", "partition-length"),
    ("gallery", "hint-backlog"),
    ("gallery", "tree-shapes"),
    ("gallery", "gossip-spread"),
    ("gallery", "heartbeats"),
    ("gallery", "bad-minute"),
    ("gallery", "quorums-parted"),
    ("gallery", "repair-ablation"),
];

/// Declares patterns by their names in `scenarios/patterns/`.
macro_rules! patterns {
    ($($name:literal),+ $(,)?) => {
        [$((
            concat!("patterns/", $name),
            include_str!(concat!("../../scenarios/patterns/", $name, ".json")),
        )),+]
    };
}

/// Name and text of each pattern of faults that scenarios can `use`.
pub const PATTERNS: &[(&str, &str)] = &patterns![
    "flaky-rack",
    "split-and-crash",
    "rolling-upgrade",
    "dying-node",
    "bad-hour",
    "lost-hints",
];

/// Name and text of the files that shipped scenarios name.
pub const SHIPPED_DATA: &[(&str, &str)] = &[
    ("shop-trace.csv", include_str!("../../scenarios/clients/shop-trace.csv")),
    ("riak-679.csv", include_str!("../../scenarios/incidents/riak-679.csv")),
    ("product-keys.csv", include_str!("../../scenarios/clients/product-keys.csv")),
];

/// The text of the shipped scenario of this name.
pub fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamo::config::plant::Plant;
    use crate::scenario::draw::patterns::Pattern;
    use crate::scenario::spec::Scenario;

    fn walk(folder: &std::path::Path, files: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                files.push(path.file_stem().unwrap().to_string_lossy().into_owned());
            }
        }
    }

    #[test]
    fn every_file_is_listed_and_reads() {
        let mut files = Vec::new();
        walk(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios").as_ref(), &mut files);
        // Scenarios of planted bugs are in their catalogue.
        files.retain(|name| Plant::named(name).is_none());
        // The schema stands beside what it describes.
        files.retain(|name| name != "schema");
        let pattern = |name: &str| PATTERNS.iter().any(|(known, _)| known.ends_with(name));
        files.retain(|name| !pattern(&format!("/{name}")));
        files.sort();
        let mut listed: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
        listed.sort_unstable();
        assert_eq!(listed, files);
        for (name, text) in SHIPPED {
            let checked = Scenario::read(name, text, &[], &[]).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(checked.scenario().name, *name);
            let about = &checked.scenario().about;
            assert!(about.to_lowercase().contains("look at "), "{name} says what to look at");
            assert!(!checked.scenario().expect.is_empty(), "{name} says what it expects");
            let canonical = crate::scenario::format::formatted(text, &checked);
            assert_eq!(*text, canonical, "`format` would lay {name} out otherwise");
        }
    }

    #[test]
    fn every_pattern_can_be_used_as_it_is() {
        for (name, text) in PATTERNS {
            let pattern = Pattern::read(text).unwrap_or_else(|why| panic!("{name}: {why}"));
            assert!(!pattern.about.is_empty(), "{name} says what it is about");
            let scenario = format!(
                r#"{{ "name": "a", "duration": "10m",
                      "faults": [{{ "use": {{ "pattern": "{name}", "at": "10s" }} }}] }}"#
            );
            let read = Scenario::read(name, &scenario, &[], &[]);
            let faults = &read.unwrap_or_else(|e| panic!("{e}")).scenario().faults.clone();
            assert!(!faults.is_empty(), "{name}");
        }
    }
}
