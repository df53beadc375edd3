//! A folder of findings that are tried again before a hunt begins.

use std::path::{Path, PathBuf};

use crate::cli::arguments::Hunt;
use crate::cli::exit::Failure;
use crate::cli::hunt::world::{Silence, attempt};
use crate::cli::sources::read;
use crate::cli::terminal::Terminal;
use crate::hunt::bundle::{Bundle, Replayed};
use crate::hunt::trial::{EVENTS, Trial};
use crate::scenario::read::Checked;

/// A finding of the corpus, and what became of it.
pub struct Replay {
    pub place: PathBuf,
    pub bundle: Bundle,
    pub checked: Checked,
    pub trial: Trial,
}

impl Replay {
    /// Reads a finding and tries it again.
    pub fn of(place: &Path, terminal: &Terminal) -> Result<Replay, Failure> {
        let name = place.display().to_string();
        let text = std::fs::read_to_string(place);
        let text =
            text.map_err(|error| Failure::Environment(format!("cannot read {name}: {error}")))?;
        let bundle = Bundle::parse(&text);
        let nothing = || Failure::Arguments(format!("{name} holds no finding; `hunt` writes them"));
        let bundle = bundle.ok_or_else(nothing)?;
        let bundle = bundle.map_err(|why| Failure::Arguments(format!("{name}: {why}")))?;
        let checked = read(&name, bundle.scenario_text().as_bytes(), &[], terminal)?;
        let trial = attempt(&checked, EVENTS, bundle.care());
        Ok(Replay { place: place.to_path_buf(), bundle, checked, trial })
    }

    /// What became of it.
    pub fn outcome(&self) -> Replayed {
        self.bundle.compare(&self.trial)
    }

    /// Is it still found?
    pub fn stands(&self) -> bool {
        match self.outcome() {
            Replayed::Same | Replayed::Stands => true,
            Replayed::Forgiven | Replayed::Gone => false,
        }
    }
}

/// Tries each finding of the corpus, by name.
pub fn replay_all(arguments: &Hunt, terminal: &Terminal) -> Result<Vec<Replay>, Failure> {
    let Some(folder) = &arguments.corpus else { return Ok(Vec::new()) };
    let cannot = |error| {
        Failure::Environment(format!("cannot read the corpus {}: {error}", folder.display()))
    };
    let mut places = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(cannot)? {
        places.push(entry.map_err(cannot)?.path());
    }
    places.retain(|place| place.extension().is_some_and(|extension| extension == "json"));
    places.sort();
    let _silence = Silence::new();
    let mut replays = Vec::new();
    for place in places {
        let replay = Replay::of(&place, terminal)?;
        if replay.stands() {
            let words = replay.bundle.finding.words();
            terminal.complain(&format!("FOUND AGAIN {}: {words}", place.display()));
        }
        replays.push(replay);
    }
    Ok(replays)
}
