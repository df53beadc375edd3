//! `dynamo-sim bugs`

use std::path::PathBuf;

use clap::Args;

use crate::cli::exit::{Code, Failure};
use crate::cli::files::Folder;
use crate::cli::hunt::world::{Silence, attempt};
use crate::cli::interrupt::Interrupt;
use crate::cli::parallel;
use crate::cli::progress::Progress;
use crate::cli::sources::read;
use crate::cli::terminal::Terminal;
use crate::dynamo::config::plant::Plant;
use crate::hunt::bugs::{ALL, Bug, all, of};
use crate::hunt::score::{Score, page};
use crate::hunt::trial::{EVENTS, Trial, care_for};
use crate::report::json::pretty;

/// `bugs`
#[derive(Args, Debug)]
pub struct Bugs {
    /// Only this one
    pub name: Option<String>,
    /// Try each with many seeds, and each seed without it
    #[arg(long)]
    pub score: bool,
    /// How many seeds
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub seeds: u64,
    /// How many to try at a time [default: one for each core]; nothing else depends on it
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Folder for the table over all bugs
    #[arg(long, value_name = "DIR", default_value = "results/bugs")]
    pub out: PathBuf,
}

/// Lists the bugs that can be planted, or measures how often each is caught.
pub fn bugs(arguments: &Bugs, terminal: &Terminal) -> Result<Code, Failure> {
    let chosen = chosen(arguments)?;
    if arguments.score {
        return score(arguments, &chosen, terminal);
    }
    let mut text = String::new();
    for (part, bugs) in ALL {
        let bugs: Vec<&Bug> = bugs.iter().filter(|bug| chosen.contains(bug)).collect();
        if !bugs.is_empty() {
            text += &format!("{part}\n");
            text += &bugs.into_iter().map(told).collect::<String>();
        }
    }
    terminal.print(&text)?;
    Ok(Code::Held)
}

fn chosen(arguments: &Bugs) -> Result<Vec<&'static Bug>, Failure> {
    let Some(name) = &arguments.name else { return Ok(all().collect()) };
    let row = Plant::named(name).and_then(of);
    let unknown = || format!("there is no bug named {name}; `bugs` lists them all");
    Ok(vec![row.ok_or_else(|| Failure::Arguments(unknown()))?])
}

fn told(bug: &Bug) -> String {
    let mut text = format!("  {}\n    {}\n", bug.plant.name(), bug.mechanism);
    text += &format!("    shows:  {}\n", bug.symptom);
    match bug.equivalent {
        Some(why) => text += &format!("    cannot be seen: {why}\n"),
        None => text += &format!("    broken: {}\n", bug.invariants.join(", ")),
    }
    text + &format!("    from:   {}\n", bug.precedent)
}

/// Tries each bug with each seed, and each seed without it.
fn score(arguments: &Bugs, chosen: &[&'static Bug], terminal: &Terminal) -> Result<Code, Failure> {
    let bugs: Vec<&Bug> = chosen.iter().copied().filter(|bug| bug.equivalent.is_none()).collect();
    let (interrupt, jobs) = (Interrupt::listen()?, parallel::jobs(arguments.jobs));
    let seeds: Vec<u64> = (1..=arguments.seeds).collect();
    let mut scores = Vec::new();
    let mut progress = Progress::of_work(terminal, "the bugs");
    let _silence = Silence::new();
    for (place, bug) in bugs.iter().enumerate() {
        let stop = || interrupt.asked().is_some();
        let tried = parallel::each(jobs, &seeds, &stop, &|seed| pair(bug, *seed));
        let mut score = Score::new(bug);
        for (seed, tried) in seeds.iter().zip(tried) {
            let told = interrupt.asked();
            let Some((with, without)) = tried else {
                return Err(Failure::Interrupted(told.unwrap_or(Code::Interrupted)));
            };
            score.add(bug, *seed, &with, &without);
        }
        terminal.print(&line(&score))?;
        scores.push(score);
        progress.at_part((place + 1) as f64 / bugs.len() as f64);
    }
    progress.end();
    if arguments.name.is_none() {
        let folder = Folder::make(&arguments.out)?;
        folder.write("scores.json", &pretty(&scores))?;
        folder.write("README.md", page(&scores, &bugs).as_bytes())?;
    }
    let lives = scores.iter().any(|score| score.caught == 0 || score.dirty > 0);
    Ok(if lives { Code::Finding } else { Code::Held })
}

fn line(score: &Score) -> String {
    let first = score.first_seed.map_or("never".to_string(), |seed| format!("seed {seed}"));
    let broken: Vec<String> =
        score.broken.iter().map(|(name, seeds)| format!("{name} {seeds}")).collect();
    format!(
        "{}: {:.1} in 100, first {first}; broken: {}; dirty: {}\n",
        score.bug,
        score.per_hundred(),
        broken.join(", "),
        score.dirty
    )
}

/// One seed, with the bug and without it.
fn pair(bug: &Bug, seed: u64) -> (Trial, Trial) {
    let name = bug.plant.name();
    let trial = |more: &[&str]| {
        let seed = format!("seed={seed}");
        let changes: Vec<String> =
            std::iter::once(seed).chain(more.iter().map(|it| it.to_string())).collect();
        let checked = read(name, bug.scenario.as_bytes(), &changes, &Terminal::silent());
        match checked {
            Ok(checked) => attempt(&checked, EVENTS, care_for(bug)),
            Err(told) => Trial::panicked(&told.to_string()),
        }
    };
    (trial(&[]), trial(&["plant=null"]))
}
