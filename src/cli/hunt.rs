//! `dynamo-sim hunt`

pub mod corpus;
pub mod found;
pub mod github;
pub mod tell;
pub mod under_way;
pub mod world;

use std::path::Path;

use crate::cli::arguments::Hunt;
use crate::cli::deadline::Deadline;
use crate::cli::exit::{Code, Failure};
use crate::cli::files::Folder;
use crate::cli::hunt::found::Shelf;
use crate::cli::hunt::under_way::UnderWay;
use crate::cli::hunt::world::{Tried, Worlds};
use crate::cli::interrupt::Interrupt;
use crate::cli::parallel;
use crate::cli::progress::Progress;
use crate::cli::terminal::Terminal;
use crate::hunt::campaign::Campaign;
use crate::scenario::seed;
use crate::time::Duration;

/// Worlds that are tried where neither a number nor a time is given.
const USUAL: u64 = 200;

/// Tries worlds until their number or the time is over, and tells what broke.
pub fn hunt(arguments: &Hunt, terminal: &Terminal) -> Result<Code, Failure> {
    let worlds = Worlds::new(arguments, terminal)?;
    if let Some(seed) = &arguments.print {
        let seed =
            seed::parse(seed).map_err(|why| Failure::Arguments(format!("--print: {why}")))?;
        terminal.print(&worlds.plain(seed).resolved_json())?;
        return Ok(Code::Held);
    }
    let corpus = corpus::replay_all(arguments, terminal)?;
    let guided = worlds.is_swarm() && arguments.guided;
    let mut campaign = Campaign::new(start(arguments)?, guided);
    let folder = folder(arguments, &worlds)?;
    let mut shelf = Shelf::new(&worlds, folder.as_ref());
    let under_way = UnderWay::begin(folder.as_ref(), terminal);
    let attempt = |seed: u64| under_way.with(seed, || worlds.attempt(seed));
    let ended = try_all(arguments, &worlds, (&mut campaign, &mut shelf), &attempt, terminal)?;
    drop(under_way);
    folder.iter().try_for_each(|folder| write_coverage(folder, &campaign))?;
    let kept = shelf.into_kept();
    let told = tell::Told { arguments, worlds: &worlds, campaign: &campaign, kept: &kept };
    terminal.print(&told.summary())?;
    if arguments.coverage {
        terminal.print(&campaign.matrix().markdown())?;
    }
    github::report(arguments, &told, &corpus, terminal)?;
    let found = !campaign.groups().is_empty() || corpus.iter().any(|one| one.stands());
    Ok(match (found, ended) {
        (true, _) => verdict_of_finding(arguments, &campaign, terminal),
        (false, Some(code)) => code,
        (false, None) if arguments.canary => Code::Finding,
        (false, None) if campaign.tally().worlds == 0 => Code::Inconclusive,
        (false, None) => Code::Held,
    })
}

/// A canary must be found: then all is well.
fn verdict_of_finding(arguments: &Hunt, campaign: &Campaign, terminal: &Terminal) -> Code {
    match arguments.canary && !campaign.groups().is_empty() {
        true => {
            terminal.say("the canary was found, as it must be");
            Code::Held
        }
        false => Code::Finding,
    }
}

fn start(arguments: &Hunt) -> Result<u64, Failure> {
    let Some(text) = &arguments.start else { return Ok(1) };
    seed::parse(text).map_err(|why| Failure::Arguments(format!("--start: {why}")))
}

/// What ended it early, if anything did.
fn try_all(
    arguments: &Hunt,
    worlds: &Worlds,
    (campaign, shelf): (&mut Campaign, &mut Shelf<'_>),
    attempt: &(dyn Fn(u64) -> Tried + Sync),
    terminal: &Terminal,
) -> Result<Option<Code>, Failure> {
    let (interrupt, jobs) = (Interrupt::listen()?, parallel::jobs(arguments.jobs));
    let deadline = Deadline::after(length(arguments)?);
    let most = arguments.seeds.or(arguments.length.is_none().then_some(USUAL));
    let mut progress = Progress::of_work(terminal, "the hunt");
    let _silence = world::Silence::new();
    let stop = || interrupt.asked().is_some() || deadline.is_over();
    while !stop() && most.is_none_or(|most| campaign.tally().worlds < most) {
        let mut seeds = campaign.batch(&|seed| worlds.promise(seed));
        let left = most.map(|most| most - campaign.tally().worlds);
        seeds.truncate(left.map_or(seeds.len(), |left| left.min(seeds.len() as u64) as usize));
        let tried = parallel::each(jobs, &seeds, &stop, &|seed| attempt(*seed));
        for (seed, tried) in seeds.iter().zip(tried) {
            // What the time left out is left out from there on: no gap is counted as clean.
            let Some(Tried { trial, cells }) = tried else { break };
            campaign.take(*seed, &trial, cells);
        }
        shelf.update(campaign)?;
        let done = most.map_or(0.0, |most| campaign.tally().worlds as f64 / most as f64);
        progress.at_part(done.max(deadline.part().unwrap_or(0.0)));
    }
    progress.end();
    terminal.detail(&format!(
        "{:.1} worlds a second",
        campaign.tally().worlds as f64 / deadline.elapsed_seconds()
    ));
    Ok(interrupt.asked())
}

fn length(arguments: &Hunt) -> Result<Option<Duration>, Failure> {
    let parse = |text: &String| {
        Duration::parse(text).map_err(|why| Failure::Arguments(format!("--for: {why}")))
    };
    arguments.length.as_ref().map(parse).transpose()
}

/// Where its files go; none if nothing is to be written.
fn folder(arguments: &Hunt, worlds: &Worlds) -> Result<Option<Folder>, Failure> {
    let usual = Path::new("results").join("hunts").join(worlds.name());
    let place = arguments.out.as_deref().unwrap_or(&usual);
    (!arguments.dry_run).then(|| Folder::make(place)).transpose()
}

/// Writes what was reached.
fn write_coverage(folder: &Folder, campaign: &Campaign) -> Result<(), Failure> {
    folder.write("coverage.md", campaign.matrix().markdown().as_bytes())?;
    folder.write("coverage.csv", campaign.matrix().csv().as_bytes())
}
