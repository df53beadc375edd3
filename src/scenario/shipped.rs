//! The scenarios that come with the program.

/// A file of the folder as its name and its text.
macro_rules! shipped {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../scenarios/", $name, ".json")))),+]
    };
}

/// Name and text of each scenario in `scenarios/`; the first is what `run` takes when it is given
/// none.
pub const SHIPPED: &[(&str, &str)] = &shipped![
    "partition-heal",
    "no-faults",
    "rolling-restart",
    "lost-disk",
    "anti-entropy-alone",
    "hints-alone",
    "sloppy-quorum",
    "strict-quorum",
    "stale-reads",
    "shopping-cart",
    "clock-hole",
    "last-write-wins",
    "unflushed-crash",
    "one-way-cut",
];

/// The text of the shipped scenario of this name.
pub fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::spec::Scenario;

    #[test]
    fn every_file_is_listed_and_reads() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .filter(|name| name != "schema")
            .collect();
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
