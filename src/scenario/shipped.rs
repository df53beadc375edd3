//! The scenarios that come with the program.

/// Files, each by its folder under `scenarios/` and its name, as name and text.
macro_rules! shipped {
    ($(($folder:literal, $name:literal)),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../scenarios/", $folder, $name, ".json")))),+]
    };
}

/// Name and text of each scenario in `scenarios/` and its folders; the first is what `run` takes
/// when it is given none.
pub const SHIPPED: &[(&str, &str)] = &shipped![
    ("", "partition-heal"),
    ("", "no-faults"),
    ("", "rolling-restart"),
    ("", "lost-disk"),
    ("", "anti-entropy-alone"),
    ("", "hints-alone"),
    ("", "sloppy-quorum"),
    ("", "strict-quorum"),
    ("", "stale-reads"),
    ("", "shopping-cart"),
    ("", "clock-hole"),
    ("", "last-write-wins"),
    ("", "unflushed-crash"),
    ("", "one-way-cut"),
    ("clients/", "cart-first-returned"),
    ("clients/", "cart-last-write-wins"),
    ("clients/", "cart-union"),
    ("clients/", "cart-observed-remove"),
    ("clients/", "cart-blind"),
    ("clients/", "flash-crowd"),
    ("clients/", "day-and-night"),
    ("clients/", "latest-news"),
    ("clients/", "hedged-reads"),
    ("clients/", "writes-from-memory"),
    ("clients/", "own-site"),
];

/// The text of the shipped scenario of this name.
pub fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::spec::Scenario;

    /// Names of all scenarios in a folder and those inside it.
    fn names(folder: &std::path::Path, found: &mut Vec<String>) {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                names(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                found.push(path.file_stem().unwrap().to_string_lossy().into_owned());
            }
        }
    }

    #[test]
    fn every_file_is_listed_and_reads() {
        let mut files = Vec::new();
        names(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios").as_ref(), &mut files);
        files.sort();
        let mut listed: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
        listed.sort_unstable();
        assert_eq!(listed, files);
        for (name, text) in SHIPPED {
            let checked = Scenario::read(name, text, &[], &[]).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(checked.scenario().name, *name);
            assert!(!checked.scenario().about.is_empty(), "{name} says what it is about");
        }
    }
}
