//! The runs of a sweep that are not there yet: done on several cores, each kept as soon as it has
//! ended.

use std::fs::File;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::exit::{Code, Failure};
use crate::cli::files::Folder;
use crate::cli::hunt::world::Silence;
use crate::cli::interrupt::Interrupt;
use crate::cli::parallel;
use crate::cli::progress::Progress;
use crate::cli::sweep::parts::{Part, attempt_prefix, part_name, parts};
use crate::cli::sweep::store::Store;
use crate::cli::sweep::study::Study;
use crate::cli::terminal::Terminal;
use crate::experiment::sweep::repetitions::Repetitions;
use crate::report::sweep::plan::{Plan, Shard, Task};
use crate::report::sweep::row::Row;
use crate::scenario::read::Checked;
use crate::time::Time;

/// A part of a sweep and where it goes.
pub struct Work<'w> {
    pub study: &'w Study,
    pub plan: &'w Plan,
    pub shard: Shard,
    pub folder: &'w Folder,
    pub terminal: &'w Terminal,
    /// How a run is done.
    pub run: &'w Run<'w>,
}

/// Does one run; none if it was given up.
pub type Run<'r> =
    dyn Fn(&Plan, Task, &Checked, &mut dyn FnMut(Time) -> bool) -> Option<Row> + Sync + 'r;

/// The file of this attempt. It stays when the attempt dies.
struct Attempt {
    file: File,
    path: PathBuf,
    done: usize,
    failure: Option<Failure>,
}

impl Work<'_> {
    /// Does all runs that are not there, and writes the part whole. Tells where all rows are.
    pub fn run_all(&self, tasks: &[Task], jobs: Option<usize>) -> Result<Store, Failure> {
        let mut store = self.there()?;
        self.run_missing(tasks, jobs, &mut store)?;
        self.conclude(tasks, &store)
    }

    /// Repeats each point until its intervals are narrow. Tells which runs that took as well.
    pub fn run_until(&self, jobs: Option<usize>) -> Result<(Vec<Task>, Store), Failure> {
        let (mut store, mut repetitions) = (self.there()?, Repetitions::new(self.plan));
        loop {
            let further = repetitions.further(&mut |task| store.row(self.plan, task))?;
            if further.is_empty() {
                break;
            }
            self.run_missing(&further, jobs, &mut store)?;
        }
        let tasks = repetitions.tasks();
        self.conclude(&tasks, &store).map(|store| (tasks, store))
    }

    /// The rows of all attempts and parts so far.
    fn there(&self) -> Result<Store, Failure> {
        let mut store = Store::default();
        for part in &parts(self.folder.path())? {
            store.take(part)?;
        }
        Ok(store)
    }

    fn run_missing(
        &self,
        tasks: &[Task],
        jobs: Option<usize>,
        store: &mut Store,
    ) -> Result<(), Failure> {
        let missing = self.missing(tasks, store);
        if !missing.is_empty() {
            let there = tasks.len() - missing.len();
            if there > 0 {
                self.terminal.say(&format!("{there} of {} runs are there", tasks.len()));
            }
            let path = self.attempt(&missing, jobs)?;
            store.take(&Part { path, partial: true, ..self.part() })?;
        }
        Ok(())
    }

    /// Puts the rows in their order into the file of the part, and clears away the rest.
    fn conclude(&self, tasks: &[Task], store: &Store) -> Result<Store, Failure> {
        self.close(tasks, store)?;
        self.clear()?;
        let mut whole = Store::default();
        whole.take(&self.part())?;
        Ok(whole)
    }

    fn part(&self) -> Part {
        let path = self.folder.path().join(part_name(self.plan, self.shard));
        Part { plan: self.plan.short().to_string(), shard: self.shard, partial: false, path }
    }

    fn missing(&self, tasks: &[Task], store: &Store) -> Vec<Task> {
        // A run in which the program failed is tried again: it may be another program by now.
        let absent = |task: &&Task| !store.is_done(&self.plan.address(**task));
        tasks.iter().filter(absent).copied().collect()
    }

    /// Does some runs; tells the file that holds their rows.
    fn attempt(&self, tasks: &[Task], jobs: Option<usize>) -> Result<PathBuf, Failure> {
        let (interrupt, failed) = (Interrupt::listen()?, AtomicBool::new(false));
        let attempt = Mutex::new(Attempt::begin(self)?);
        let progress = Mutex::new(Progress::of_work(self.terminal, "the sweep"));
        let _silence = Silence::new();
        let stop = || interrupt.asked().is_some() || failed.load(Ordering::Relaxed);
        parallel::each(parallel::jobs(jobs), tasks, &stop, &|task: &Task| {
            let done = self.one(*task, &|| !stop());
            let mut attempt = attempt.lock().expect("no run dies with the lock");
            match done {
                Ok(Some(row)) => attempt.keep(&row),
                Ok(None) => {}
                Err(failure) => attempt.failure = attempt.failure.take().or(Some(failure)),
            }
            failed.fetch_or(attempt.failure.is_some(), Ordering::Relaxed);
            let part = attempt.done as f64 / tasks.len() as f64;
            drop(attempt);
            progress.lock().expect("nobody dies with the bar").at_part(part);
        });
        progress.into_inner().expect("nobody died with the bar").end();
        let attempt = attempt.into_inner().expect("no run died with the lock");
        self.ended(attempt, tasks.len(), interrupt.asked())
    }

    fn ended(
        &self,
        attempt: Attempt,
        wanted: usize,
        asked: Option<Code>,
    ) -> Result<PathBuf, Failure> {
        let Attempt { file, path, done, failure } = attempt;
        let cannot = |error| Failure::Environment(format!("cannot write {path:?}: {error}"));
        file.sync_all().map_err(cannot)?;
        if let Some(failure) = failure {
            return Err(failure);
        }
        match asked.filter(|_| done < wanted) {
            None => Ok(path),
            Some(code) => {
                self.terminal.say(&format!(
                    "{done} of {wanted} runs were done and are kept in {}; the same command goes \
                     on from there",
                    self.folder.path().display()
                ));
                Err(Failure::Interrupted(code))
            }
        }
    }

    /// Does one run; none if it was given up.
    fn one(&self, task: Task, goes_on: &dyn Fn() -> bool) -> Result<Option<Row>, Failure> {
        let checked = self.study.scenario(self.plan, task)?;
        let run = || (self.run)(self.plan, task, &checked, &mut |_| goes_on());
        Ok(catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|told| {
            let text = told.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| told.downcast_ref::<&str>().copied());
            let text = text.unwrap_or("a panic that says nothing");
            Some(Row::panicked(self.plan, task, text))
        }))
    }

    /// Writes the part whole, unless it is there.
    fn close(&self, tasks: &[Task], store: &Store) -> Result<(), Failure> {
        let part = self.part();
        if part.path.exists() {
            let held = Store::default().take(&part)?;
            if !held.torn && !held.panicked && tasks.iter().map(|task| task.index).eq(held.indices)
            {
                return Ok(());
            }
        }
        let mut draft = self.folder.draft(part_name(self.plan, self.shard))?;
        for task in tasks {
            let line = store.row(self.plan, *task)?.line();
            draft.write_all(&line).map_err(|error| {
                Failure::Environment(format!("cannot write {}: {error}", part.path.display()))
            })?;
        }
        draft.keep()
    }

    /// Removes the files of attempts at this part, once all rows are where they belong.
    fn clear(&self) -> Result<(), Failure> {
        let prefix = attempt_prefix(self.plan, self.shard);
        for part in parts(self.folder.path())? {
            let name = part.path.file_name().and_then(|name| name.to_str()).unwrap_or("");
            if name.starts_with(&prefix) {
                self.folder.remove(name)?;
            }
        }
        Ok(())
    }
}

impl Attempt {
    fn begin(work: &Work<'_>) -> Result<Attempt, Failure> {
        let folder = work.folder.path();
        let cannot = |error: &dyn std::fmt::Display| {
            Failure::Environment(format!("cannot write to {}: {error}", folder.display()))
        };
        let prefix = attempt_prefix(work.plan, work.shard);
        let mut builder = tempfile::Builder::new();
        let file = builder.prefix(&prefix).tempfile_in(folder).map_err(|error| cannot(&error))?;
        let (file, path) = file.keep().map_err(|error| cannot(&error))?;
        Ok(Attempt { file, path, done: 0, failure: None })
    }

    /// A row is one write, so that a kill tears no more than the last.
    fn keep(&mut self, row: &Row) {
        let written = self.file.write_all(&row.line());
        self.done += 1;
        if let Err(error) = written {
            let story = format!("cannot write {}: {error}", self.path.display());
            self.failure.get_or_insert(Failure::Environment(story));
        }
    }
}
