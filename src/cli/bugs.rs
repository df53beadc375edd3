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
use crate::hunt::score::{Broken, ROUND, Score, broken, page};
use crate::hunt::trial::{Care, EVENTS, Trial, care_for};
use crate::report::json::pretty;
use crate::scenario::read::Checked;

/// `bugs`
#[derive(Args, Debug)]
pub struct Bugs {
    /// Only this one
    pub name: Option<String>,
    /// Try each with seeds until it is caught, and all seeds without it
    #[arg(long)]
    pub score: bool,
    /// How many seeds
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub seeds: u64,
    /// Go on with a bug that was caught, through all seeds
    #[arg(long)]
    pub every: bool,
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

/// Tries each bug with seeds until it is caught, and all seeds without it.
fn score(arguments: &Bugs, chosen: &[&'static Bug], terminal: &Terminal) -> Result<Code, Failure> {
    let bugs: Vec<&Bug> = chosen.iter().copied().filter(|bug| bug.equivalent.is_none()).collect();
    let trials = Trials {
        interrupt: Interrupt::listen()?,
        jobs: parallel::jobs(arguments.jobs),
        seeds: (1..=arguments.seeds).collect(),
        round: if arguments.every { arguments.seeds as usize } else { ROUND },
    };
    let worlds = worlds(&bugs)?;
    let (mut scores, mut clean): (Vec<Score>, Vec<Vec<Broken>>) = (Vec::new(), Vec::new());
    let mut progress = Progress::of_work(terminal, "the bugs");
    let _silence = Silence::new();
    for (place, bug) in bugs.iter().enumerate() {
        let mut score = Score::new(bug);
        trials.with(bug, &mut score)?;
        let world = worlds[place];
        clean.push(match world < place {
            true => Vec::new(),
            false => trials.all(&trials.seeds, bug, &CLEAN, care(&bugs, &worlds, place))?,
        });
        score.same_world_as = (world < place).then(|| bugs[world].plant.name().to_string());
        let without = trials.seeds.iter().zip(&clean[world]);
        without.for_each(|(seed, broken)| score.add_without(*seed, broken));
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
    let fine = scores.iter().all(Score::is_as_it_should);
    Ok(if fine { Code::Held } else { Code::Finding })
}

/// Takes a bug out of its scenario.
const CLEAN: [&str; 1] = ["plant=null"];

/// How seeds are tried.
struct Trials {
    interrupt: Interrupt,
    jobs: usize,
    seeds: Vec<u64>,
    /// How many are tried with a bug before it is asked whether it was caught.
    round: usize,
}

impl Trials {
    /// Tries rounds of seeds with the bug until it is caught.
    fn with(&self, bug: &Bug, score: &mut Score) -> Result<(), Failure> {
        for seeds in self.seeds.chunks(self.round.max(1)) {
            let tried = self.all(seeds, bug, &[], care_for(bug))?;
            seeds.iter().zip(&tried).for_each(|(seed, it)| score.add_with(bug, *seed, it));
            if score.caught > 0 {
                break;
            }
        }
        Ok(())
    }

    /// What each of these seeds breaks in the bug's scenario with these changes.
    fn all(
        &self,
        seeds: &[u64],
        bug: &Bug,
        changes: &[&str],
        care: Care,
    ) -> Result<Vec<Broken>, Failure> {
        let stop = || self.interrupt.asked().is_some();
        let work = |seed: &u64| one(bug, *seed, changes, care);
        let tried: Option<Vec<Broken>> =
            parallel::each(self.jobs, seeds, &stop, &work).into_iter().collect();
        let told = || Failure::Interrupted(self.interrupt.asked().unwrap_or(Code::Interrupted));
        tried.ok_or_else(told)
    }
}

/// Of each bug the first whose scenario is the same without either.
fn worlds(bugs: &[&Bug]) -> Result<Vec<usize>, Failure> {
    let mut plain: Vec<Checked> = Vec::new();
    let mut worlds = Vec::new();
    for (place, bug) in bugs.iter().enumerate() {
        let changes = ["plant=null", "name=clean", "about=\"\"", "expect=[]", "seed=1"];
        let changes = changes.map(str::to_string);
        let name = bug.plant.name();
        let checked = read(name, bug.scenario.as_bytes(), &changes, &Terminal::silent())?;
        worlds.push(plain.iter().position(|other| *other == checked).unwrap_or(place));
        plain.push(checked);
    }
    Ok(worlds)
}

/// The care that any of the bugs of a world needs.
fn care(bugs: &[&Bug], worlds: &[usize], world: usize) -> Care {
    let same = bugs.iter().zip(worlds).filter(|(_, other)| **other == world);
    match same.into_iter().any(|(bug, _)| care_for(bug) == Care::Twice) {
        true => Care::Twice,
        false => Care::Once,
    }
}

fn line(score: &Score) -> String {
    let first = score.first_seed.map_or("never".to_string(), |seed| format!("seed {seed}"));
    let broken: Vec<String> =
        score.broken.iter().map(|(name, seeds)| format!("{name} {seeds}")).collect();
    let Score { bug, caught, with, without, .. } = score;
    let (broken, dirty) = (broken.join(", "), score.dirty.len());
    format!(
        "{bug}: first {first}, {caught} of {with}; broken: {broken}; dirty without: {dirty} of \
         {without}\n"
    )
}

/// What one seed breaks.
fn one(bug: &Bug, seed: u64, changes: &[&str], care: Care) -> Broken {
    let seed = format!("seed={seed}");
    let changes: Vec<String> =
        std::iter::once(seed).chain(changes.iter().map(|it| it.to_string())).collect();
    let read = read(bug.plant.name(), bug.scenario.as_bytes(), &changes, &Terminal::silent());
    broken(&match read {
        Ok(checked) => attempt(&checked, EVENTS, care),
        Err(told) => Trial::panicked(&told.to_string()),
    })
}
