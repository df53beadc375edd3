//! Worlds that are being tried. A world that takes the whole process with it, as by a stack that
//! overflows or memory that runs out, can tell nobody; nor can a hunt that a server kills. So each
//! world has a file in the hunt's folder for as long as it runs, and the next hunt there says which
//! were left.

use std::path::{Path, PathBuf};

use crate::cli::files::Folder;
use crate::cli::terminal::Terminal;

/// The folder of those files, in that of the hunt.
const FOLDER: &str = "under-way";

/// The worlds under way; none are noted where nothing is to be written.
pub struct UnderWay {
    folder: Option<PathBuf>,
}

impl UnderWay {
    /// Says which worlds an earlier hunt left there, and forgets them.
    pub fn begin(folder: Option<&Folder>, terminal: &Terminal) -> UnderWay {
        let folder = folder.map(|folder| folder.path().join(FOLDER));
        if let Some(folder) = &folder {
            let left = take(folder);
            if !left.is_empty() {
                terminal.say(&told(folder, &left));
            }
            // Without it nothing is noted, and all else goes on.
            let _ = std::fs::create_dir_all(folder);
        }
        UnderWay { folder }
    }

    /// Tries the world of a seed.
    pub fn with<R>(&self, seed: u64, attempt: impl FnOnce() -> R) -> R {
        let file = self.folder.as_ref().map(|folder| folder.join(seed.to_string()));
        // One that cannot be noted is tried all the same.
        file.iter().for_each(|file| drop(std::fs::write(file, [])));
        let result = attempt();
        file.iter().for_each(|file| drop(std::fs::remove_file(file)));
        result
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.folder.iter().for_each(|folder| drop(std::fs::remove_dir(folder)));
    }
}

/// The seeds that were left, in order; their files go.
fn take(folder: &Path) -> Vec<u64> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let seed = |entry: std::fs::DirEntry| entry.file_name().to_str()?.parse().ok();
    let mut left: Vec<u64> = entries.filter_map(seed).collect();
    left.sort_unstable();
    left.iter().for_each(|seed| drop(std::fs::remove_file(folder.join(seed.to_string()))));
    left
}

fn told(folder: &Path, left: &[u64]) -> String {
    let seeds: Vec<String> = left.iter().map(u64::to_string).collect();
    format!(
        "an earlier hunt left {}: it broke off, or was killed, while it tried the world{} {}\n\
         to see whether one of them did that, try each alone: --start {} --seeds 1",
        folder.display(),
        if left.len() == 1 { "" } else { "s" },
        seeds.join(", "),
        seeds[0]
    )
}
