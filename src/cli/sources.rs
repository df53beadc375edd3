//! Where scenarios come from: files, those that are shipped, standard input.

use std::io::Read;
use std::path::Path;

use crate::cli::arguments::Subject;
use crate::cli::exit::Failure;
use crate::cli::terminal::Terminal;
use crate::dynamo::config::plant::Plant;
use crate::experiment::known_figures;
use crate::scenario::document;
use crate::scenario::extend::{Library, Shipped};
use crate::scenario::files;
use crate::scenario::read::Checked;
use crate::scenario::seed;
use crate::scenario::shipped::{SHIPPED, shipped};
use crate::scenario::source::COMMAND_LINE;
use crate::scenario::spec::Scenario;

/// The name and the bytes of a scenario.
pub fn load(name: &str) -> Result<(String, Vec<u8>), Failure> {
    if name == "-" {
        return read_all(std::io::stdin().lock())
            .map(|bytes| ("standard input".to_string(), bytes));
    }
    let path = Path::new(name);
    // A pipe is as good as a file.
    if path.exists() && !path.is_dir() {
        let file = std::fs::File::open(path);
        let file = file.map_err(|e| Failure::Environment(format!("cannot read {name}: {e}")))?;
        return read_all(file).map(|bytes| (name.to_string(), bytes));
    }
    match shipped(name) {
        Some(text) => Ok((format!("{name} (shipped)"), text.as_bytes().to_vec())),
        None => Err(Failure::Arguments(nobody(name))),
    }
}

/// Reads, overrides and checks; the seed of the command line goes over that of the file.
pub fn checked(subject: &Subject, terminal: &Terminal) -> Result<Checked, Failure> {
    let seed = match subject.seed.as_deref() {
        None => None,
        Some("random") => {
            let seed = random_seed();
            // First of all, so that the run can be had again whatever becomes of it.
            terminal.complain(&format!("seed {seed}"));
            Some(seed)
        }
        Some(text) => {
            let seed = seed::parse(text);
            Some(seed.map_err(|why| Failure::Arguments(format!("--seed: {why}")))?)
        }
    };
    // Faults are drawn from the seed, so it is known before they are read.
    let seed = seed.map(|seed| format!("seed={seed}"));
    let plant = subject.plant.as_deref().map(plant_override).transpose()?;
    let overrides = subject.overrides.iter().cloned().chain(seed).chain(plant);
    let overrides: Vec<String> = overrides.collect();
    checked_file(&subject.scenario, &overrides, terminal)
}

/// `--plant` as a change of the scenario.
fn plant_override(name: &str) -> Result<String, Failure> {
    if name == "none" {
        return Ok("plant=null".to_string());
    }
    let unknown = || {
        let story = format!("--plant: there is no bug named {name}; `bugs` lists them all");
        Failure::Arguments(story)
    };
    Plant::named(name).map(|_| format!("plant={name}")).ok_or_else(unknown)
}

/// Reads, overrides and checks one scenario.
pub fn checked_file(
    name: &str,
    overrides: &[String],
    terminal: &Terminal,
) -> Result<Checked, Failure> {
    let (file, bytes) = load(name)?;
    read(&file, &bytes, overrides, terminal)
}

/// Reads, overrides and checks the bytes of a scenario.
pub fn read(
    file: &str,
    bytes: &[u8],
    overrides: &[String],
    terminal: &Terminal,
) -> Result<Checked, Failure> {
    let figures = known_figures();
    let figures: Vec<&str> = figures.iter().map(String::as_str).collect();
    let read = Scenario::read_with(file, bytes, overrides, &figures, &Beside);
    read.map_err(|told| Failure::Scenario(told.render(terminal.colour())))
}

/// A scenario that is read again for each run: threads cannot share one that is checked.
#[derive(Clone, Debug)]
pub struct Text {
    /// Where it comes from.
    pub file: String,
    bytes: Vec<u8>,
    /// As of `--set`.
    pub overrides: Vec<String>,
}

impl Text {
    /// Loads a file, a shipped scenario or standard input.
    pub fn load(name: &str, overrides: &[String]) -> Result<Text, Failure> {
        let (file, bytes) = load(name)?;
        Ok(Text { file, bytes, overrides: overrides.to_vec() })
    }

    /// The same with further overrides.
    pub fn with(&self, more: &[String]) -> Text {
        let mut text = self.clone();
        text.overrides.extend_from_slice(more);
        text
    }

    /// Checks it, with a seed or with its own.
    pub fn checked(&self, seed: Option<u64>, terminal: &Terminal) -> Result<Checked, Failure> {
        let mut overrides = self.overrides.clone();
        overrides.extend(seed.map(|seed| format!("seed={seed}")));
        read(&self.file, &self.bytes, &overrides, terminal)
    }
}

/// Reads the seeds of several runs: `1..20` with both ends, or some with commas between.
pub fn seeds(text: &str) -> Result<Vec<u64>, Failure> {
    let refused =
        |why: String| Failure::Arguments(format!("--seeds: {why}; write 1..20, or 3,5,8"));
    let one = |text: &str| seed::parse(text.trim()).map_err(&refused);
    let seeds = match text.split_once("..") {
        Some((from, to)) => (one(from)?..=one(to)?).collect(),
        None => text.split(',').map(one).collect::<Result<Vec<u64>, Failure>>()?,
    };
    match seeds.is_empty() {
        true => Err(refused("the last seed is before the first".to_string())),
        false => Ok(seeds),
    }
}

/// The files beside the one that extends them, and the shipped scenarios.
struct Beside;

impl Library for Beside {
    fn open(&self, from: &str, name: &str) -> Result<(String, Vec<u8>), String> {
        // Standard input and shipped scenarios stand beside nothing.
        let folder = Path::new(from).parent().filter(|_| Path::new(from).is_file());
        let path = folder.map(|folder| folder.join(name));
        match path.filter(|path| path.is_file()) {
            Some(path) => read_file(&path),
            None if folder.is_some() && shipped(name).is_none() => {
                Err(format!("`{name}` is neither a file beside this one nor a shipped scenario"))
            }
            None => Shipped.open(from, name),
        }
    }

    fn pattern(&self, from: &str, name: &str) -> Result<(String, Vec<u8>), String> {
        let beside = Path::new(from).parent().map(|folder| folder.join(name));
        match beside.filter(|path| Path::new(from).is_file() && path.is_file()) {
            Some(path) => read_file(&path),
            None => Shipped.pattern(from, name),
        }
    }

    fn data(&self, from: &str, name: &str) -> Result<(String, Vec<u8>), String> {
        let shell = (from == COMMAND_LINE).then_some(Path::new(""));
        let beside = Path::new(from).parent().filter(|_| Path::new(from).is_file());
        let folder = shell.or(beside);
        let Some(path) = folder.map(|folder| folder.join(name)).filter(|path| path.is_file())
        else {
            let shipped = Shipped.data(from, name);
            let nobody = format!("`{name}` is neither a file beside this one nor a shipped one");
            return if folder.is_some() { shipped.map_err(|_| nobody) } else { shipped };
        };
        let place = path.display().to_string();
        let file = std::fs::File::open(&path).and_then(|file| {
            let mut bytes = Vec::new();
            file.take(files::SIZE_LIMIT as u64 + 1).read_to_end(&mut bytes).map(|_| bytes)
        });
        file.map(|bytes| (place.clone(), bytes)).map_err(|e| format!("cannot read {place}: {e}"))
    }
}

fn read_file(path: &Path) -> Result<(String, Vec<u8>), String> {
    let place = path.display().to_string();
    let file = std::fs::File::open(path);
    let file = file.map_err(|error| format!("cannot read {place}: {error}"))?;
    let bytes = read_all(file).map_err(|failure| failure.to_string())?;
    Ok((place, bytes))
}

/// No more than a scenario may have, and one byte to tell that it has more.
fn read_all(source: impl Read) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = source.take(document::SIZE_LIMIT as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::Environment(format!("cannot read the scenario: {error}")))?;
    Ok(bytes)
}

fn nobody(name: &str) -> String {
    let near = |(known, _): &&(&str, &str)| strsim::damerau_levenshtein(known, name);
    let nearest = SHIPPED.iter().min_by_key(near).filter(|known| near(known) <= name.len() / 2);
    let help = match nearest {
        Some((known, _)) => format!("; did you mean `{known}`?"),
        None => "; `dynamo-sim list` shows those that are shipped".to_string(),
    };
    format!("`{name}` is neither a file nor a shipped scenario{help}")
}

/// A seed that nobody has chosen. Only the command line may ask for one.
fn random_seed() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}
