//! The scenarios that come with the program.

/// A file of the folder, or of a folder in it, as its name and its text.
macro_rules! shipped {
    ($($name:literal $(in $folder:literal)?),+ $(,)?) => {
        [$((
            $name,
            include_str!(concat!("../../scenarios/", $($folder, "/",)? $name, ".json")),
        )),+]
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
    "isolate" in "network",
    "bridge" in "network",
    "majorities-ring" in "network",
    "flapping-partition" in "network",
    "rolling-isolation" in "network",
    "swizzle" in "network",
    "clog" in "network",
    "lossy-handoff" in "network",
    "bandwidth" in "network",
    "flaky-site" in "network",
];

/// The text of the shipped scenario of this name.
pub fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::spec::Scenario;

    /// The names of all scenarios in a folder and in the folders inside it.
    fn names_in(folder: &std::path::Path, names: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                names_in(&path, names);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                names.push(path.file_stem().unwrap().to_string_lossy().into_owned());
            }
        }
    }

    #[test]
    fn every_file_is_listed_and_reads() {
        let mut files = Vec::new();
        names_in(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios").as_ref(), &mut files);
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
