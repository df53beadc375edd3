//! Findings as files.

use std::path::PathBuf;

use crate::cli::exit::Failure;
use crate::cli::files::Folder;
use crate::cli::hunt::world::{Silence, Worlds, attempt};
use crate::hunt::bundle::Bundle;
use crate::hunt::campaign::{Campaign, Group};
use crate::hunt::fingerprint::Fingerprint;
use crate::hunt::trial::Care;
use crate::scenario::read::Checked;

/// A finding, and where its file is.
pub struct Kept {
    pub bundle: Bundle,
    pub place: Option<PathBuf>,
}

impl Kept {
    /// A finding of which no file is written.
    pub fn nowhere(bundle: Bundle) -> Kept {
        Kept { bundle, place: None }
    }

    /// Writes the file of a finding.
    pub fn write(bundle: Bundle, folder: &Folder) -> Result<Kept, Failure> {
        let name = format!("{}.json", bundle.stem());
        folder.write(&name, bundle.text().as_bytes())?;
        Ok(Kept { bundle, place: Some(folder.path().join(name)) })
    }
}

/// A bundle for each group of findings, of the world that shows it in the fewest events.
pub fn bundles(worlds: &Worlds, campaign: &Campaign) -> Vec<Bundle> {
    let groups = campaign.groups().iter();
    let groups: Vec<_> =
        groups.map(|(finding, group)| (finding, group, worlds.plain(group.best.seed))).collect();
    let _silence = Silence::new();
    let bundle = |(finding, group, checked): (&Fingerprint, &Group, Checked)| {
        let repeats = finding.invariant == "Z1";
        let care = if repeats { worlds.care(group.best.seed) } else { Care::Once };
        let trial = attempt(&checked, worlds.budget(), care);
        Bundle::new(&checked, &trial, finding, care)
    };
    groups.into_iter().map(bundle).collect()
}
