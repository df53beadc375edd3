//! `dynamo-sim merge`: the parts of a sweep, wherever they were done, as one table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::cli::exit::{Code, Failure};
use crate::cli::files::Folder;
use crate::cli::sweep::arguments::Merge;
use crate::cli::sweep::exits::{Counts, exit_of_shard};
use crate::cli::sweep::findings;
use crate::cli::sweep::parts::{Part, files, parts};
use crate::cli::sweep::store::Store;
use crate::cli::sweep::tables;
use crate::cli::terminal::Terminal;
use crate::report::sweep::plan::{Plan, Shard, Task};

/// What the folders hold of one sweep.
struct Gathered {
    store: Store,
    /// By how many shards there are of them, those that are whole.
    whole: BTreeMap<u64, BTreeSet<u64>>,
    /// What is there and cannot be taken for whole, in words.
    unfinished: Vec<String>,
}

/// Makes the tables of all parts, or tells which are missing.
pub fn merge(arguments: &Merge, terminal: &Terminal) -> Result<Code, Failure> {
    let plan = the_plan(arguments)?;
    if !plan.until.is_empty() {
        let why = "this sweep goes on until its intervals are narrow; it has no shards to merge";
        return Err(Failure::Arguments(why.to_string()));
    }
    let gathered = Gathered::of(&plan, &arguments.folders)?;
    let tasks: Vec<Task> = plan.tasks(Shard::WHOLE).collect();
    let gaps: Vec<u64> = tasks
        .iter()
        .filter(|task| !gathered.store.has(&plan.address(**task)))
        .map(|task| task.index)
        .collect();
    if !gaps.is_empty() {
        terminal.complain(&gathered.missing(&plan, &gaps));
        return Ok(Code::Inconclusive);
    }
    let place = arguments.out.as_ref().unwrap_or(&arguments.folders[0]);
    let folder = Folder::make(place)?;
    keep_scenario(&folder, &arguments.folders)?;
    let summary = tables::write(&folder, &plan, &tasks, &gathered.store)?;
    tables::tell(&summary, folder.path(), arguments.json, terminal)?;
    findings::tell(None, &plan, &tasks, &gathered.store, terminal)?;
    Ok(exit_of_shard(&Counts::of(&summary), arguments.exit_zero))
}

/// The one plan in all folders, or the one that is asked for.
fn the_plan(arguments: &Merge) -> Result<Plan, Failure> {
    let mut plans: BTreeMap<String, (Plan, PathBuf)> = BTreeMap::new();
    for folder in &arguments.folders {
        for path in files(folder)?.into_iter().filter(|path| is_plan(path)) {
            let bytes = std::fs::read(&path).map_err(|e| unreadable(&path, &e.to_string()))?;
            let plan = Plan::read(&bytes).map_err(|why| unreadable(&path, &why))?;
            plans.insert(plan.plan.clone(), (plan, path));
        }
    }
    if let Some(wanted) = &arguments.plan {
        plans.retain(|digest, _| digest.starts_with(wanted.as_str()));
    }
    let told: Vec<String> = plans.values().map(|(plan, path)| told(plan, path)).collect();
    let mut found = plans.into_values();
    match (found.next(), found.next()) {
        (Some((plan, _)), None) => Ok(plan),
        (None, _) => Err(Failure::Arguments(
            "there is no plan of a sweep in these folders, which `sweep --shard` writes beside its \
             part"
                .to_string(),
        )),
        (Some(_), Some(_)) => Err(Failure::Arguments(format!(
            "the folders hold parts of several sweeps; choose one with --plan:\n{}",
            told.join("\n")
        ))),
    }
}

fn is_plan(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
    name.starts_with("plan-") && name.ends_with(".json")
}

fn told(plan: &Plan, path: &Path) -> String {
    let (short, runs, version) = (plan.short(), plan.size(), &plan.version);
    format!("  {short}: {}, {runs} runs, version {version} ({})", plan.scenario, path.display())
}

fn unreadable(path: &Path, why: &str) -> Failure {
    Failure::Environment(format!("cannot read {}: {why}", path.display()))
}

/// The scenario that was swept stands beside its tables.
fn keep_scenario(folder: &Folder, folders: &[PathBuf]) -> Result<(), Failure> {
    let place = folders.iter().map(|it| it.join("scenario.json")).find(|it| it.exists());
    let Some(place) = place.filter(|place| *place != folder.path().join("scenario.json")) else {
        return Ok(());
    };
    let bytes = std::fs::read(&place).map_err(|error| unreadable(&place, &error.to_string()))?;
    folder.write("scenario.json", &bytes)
}

impl Gathered {
    fn of(plan: &Plan, folders: &[PathBuf]) -> Result<Gathered, Failure> {
        let (store, whole) = (Store::default(), BTreeMap::new());
        let mut gathered = Gathered { store, whole, unfinished: Vec::new() };
        for folder in folders {
            for part in parts(folder)?.iter().filter(|part| part.plan == plan.short()) {
                gathered.take(plan, part)?;
            }
        }
        Ok(gathered)
    }

    /// Only a part that is whole counts: all its rows, in their order, and nothing else.
    fn take(&mut self, plan: &Plan, part: &Part) -> Result<(), Failure> {
        let Shard { number, of } = part.shard;
        let wanted = plan.tasks(part.shard).count();
        let mut alone = Store::default();
        let held = alone.take(part)?;
        let indices = plan.tasks(part.shard).map(|task| task.index);
        let in_order = !held.torn && indices.eq(held.indices.iter().copied());
        let all = plan.tasks(part.shard).all(|task| alone.has(&plan.address(task)));
        if !part.partial && in_order && all {
            self.store.take(part)?;
            self.whole.entry(of).or_default().insert(number);
        } else {
            let rows = held.indices.len();
            let story = format!("{} holds {rows} of {wanted} rows", part.path.display());
            self.unfinished.push(story);
        }
        Ok(())
    }

    /// Which shards are missing, for the number of shards of which most are there.
    fn missing(&self, plan: &Plan, gaps: &[u64]) -> String {
        let of = self.whole.iter().max_by_key(|(_, whole)| whole.len()).map(|(of, _)| *of);
        let shards = of.map_or(String::new(), |of| {
            let shards: BTreeSet<u64> = gaps.iter().map(|index| index % of + 1).collect();
            let named: Vec<String> = shards.iter().map(|shard| format!("{shard}/{of}")).collect();
            format!("; start these shards again: {}", named.join(", "))
        });
        let mut text = format!(
            "error: {} of {} runs of plan {} are missing{shards}",
            gaps.len(),
            plan.size(),
            plan.short()
        );
        for story in &self.unfinished {
            text.push_str(&format!("\n  not whole: {story}"));
        }
        text
    }
}
