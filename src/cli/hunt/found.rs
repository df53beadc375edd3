//! Findings as files.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::cli::exit::Failure;
use crate::cli::files::Folder;
use crate::cli::hunt::world::{Worlds, attempt};
use crate::hunt::bundle::Bundle;
use crate::hunt::campaign::{Campaign, Found, Group};
use crate::hunt::fingerprint::Fingerprint;
use crate::hunt::trial::Care;

/// A finding, and where its file is.
pub struct Kept {
    pub bundle: Bundle,
    pub place: Option<PathBuf>,
}

impl Kept {
    /// A finding of which no file is written.
    fn nowhere(bundle: Bundle) -> Kept {
        Kept { bundle, place: None }
    }

    /// Writes the file of a finding.
    fn write(bundle: Bundle, folder: &Folder) -> Result<Kept, Failure> {
        let name = format!("{}.json", bundle.stem());
        folder.write(&name, bundle.text().as_bytes())?;
        Ok(Kept { bundle, place: Some(folder.path().join(name)) })
    }
}

/// What a hunt has found, kept as it comes: one that is killed loses no finding.
pub struct Shelf<'h> {
    worlds: &'h Worlds,
    /// None if nothing is to be written.
    folder: Option<&'h Folder>,
    /// By fingerprint, and of which world.
    kept: BTreeMap<Fingerprint, (Found, Kept)>,
}

impl<'h> Shelf<'h> {
    /// An empty one, with files in this folder.
    pub fn new(worlds: &'h Worlds, folder: Option<&'h Folder>) -> Shelf<'h> {
        Shelf { worlds, folder, kept: BTreeMap::new() }
    }

    /// Keeps what is new: of each group, the world that shows it in the fewest events.
    pub fn update(&mut self, campaign: &Campaign) -> Result<(), Failure> {
        for (finding, Group { best, .. }) in campaign.groups() {
            if self.kept.get(finding).is_some_and(|(known, _)| known == best) {
                continue;
            }
            let bundle = bundle(self.worlds, finding, best);
            let kept = match self.folder {
                Some(folder) => Kept::write(bundle, folder)?,
                None => Kept::nowhere(bundle),
            };
            self.kept.insert(finding.clone(), (best.clone(), kept));
        }
        Ok(())
    }

    /// Everything, in the order of the campaign's groups.
    pub fn into_kept(self) -> Vec<Kept> {
        self.kept.into_values().map(|(_, kept)| kept).collect()
    }
}

fn bundle(worlds: &Worlds, finding: &Fingerprint, best: &Found) -> Bundle {
    let checked = worlds.plain(best.seed);
    let repeats = finding.invariant == "Z1";
    let care = if repeats { worlds.care(best.seed) } else { Care::Once };
    let trial = attempt(&checked, worlds.budget(), care);
    Bundle::new(&checked, &trial, finding, care)
}
