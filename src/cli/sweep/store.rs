//! The rows that are on disk, by the address of their run.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::PathBuf;

use crate::cli::exit::Failure;
use crate::cli::sweep::parts::Part;
use crate::report::sweep::plan::{Plan, Task};
use crate::report::sweep::row::{Row, Status};

/// Where rows are, and which.
#[derive(Default)]
pub struct Store {
    files: Vec<PathBuf>,
    rows: BTreeMap<String, Place>,
}

/// Where a row is.
#[derive(Clone, Copy, Debug)]
struct Place {
    file: usize,
    offset: u64,
    length: usize,
    /// Did the program fail in it? Then any other result takes its place.
    panicked: bool,
}

/// What a file turned out to hold.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Held {
    /// The index of each row, in the order of the file.
    pub indices: Vec<u64>,
    /// Is there anything in it that is no row, as when a writer was killed?
    pub torn: bool,
    /// Are there runs in which the program failed?
    pub panicked: bool,
}

impl Store {
    /// Takes in all rows of a file. A line that is no whole row is passed over. Two rows of one run
    /// must say the same, but for those in which the program failed: they give way.
    pub fn take(&mut self, part: &Part) -> Result<Held, Failure> {
        // An attempt that ended meanwhile has removed its file.
        let Some(file) = open(part)? else { return Ok(Held::default()) };
        let (mut reader, mut held, mut offset) = (BufReader::new(file), Held::default(), 0);
        let number = self.files.len();
        self.files.push(part.path.clone());
        loop {
            let mut line = Vec::new();
            let length = reader.read_until(b'\n', &mut line).map_err(|e| cannot(&part.path, &e))?;
            if length == 0 {
                return Ok(held);
            }
            match Row::read(&line).filter(|_| line.ends_with(b"\n")) {
                Some(row) => {
                    let panicked = row.status == Status::Panicked;
                    held.panicked |= panicked;
                    held.indices.push(row.index);
                    self.add(row, Place { file: number, offset, length, panicked })?;
                }
                None => held.torn = true,
            }
            offset += length as u64;
        }
    }

    fn add(&mut self, row: Row, place: Place) -> Result<(), Failure> {
        let known = match self.rows.get(&row.run) {
            Some(known) if place.panicked && !known.panicked => return Ok(()),
            Some(known) if place.panicked == known.panicked => *known,
            Some(_) | None => {
                self.rows.insert(row.run, place);
                return Ok(());
            }
        };
        let there = self.read(known)?;
        match (Row { index: row.index, ..there }) == row {
            true => Ok(()),
            false => Err(Failure::Differs(format!(
                "the run {} (row {}) has two results, in {} and in {}: this must not be; keep \
                 both files, and try `dynamo-sim repeat` with its scenario and seed",
                row.run,
                row.index,
                self.files[known.file].display(),
                self.files[place.file].display()
            ))),
        }
    }

    fn read(&self, place: Place) -> Result<Row, Failure> {
        let path = &self.files[place.file];
        let mut bytes = vec![0; place.length];
        let read = File::open(path).and_then(|mut file| {
            file.seek(SeekFrom::Start(place.offset))?;
            file.read_exact(&mut bytes)
        });
        read.map_err(|error| cannot(path, &error))?;
        Row::read(&bytes).ok_or_else(|| {
            Failure::Environment(format!("{} has changed while it was read", path.display()))
        })
    }

    /// Is there a row of this run?
    pub fn has(&self, address: &str) -> bool {
        self.rows.contains_key(address)
    }

    /// Is there a row of this run, and not one that tells how the program failed?
    pub fn is_done(&self, address: &str) -> bool {
        self.rows.get(address).is_some_and(|place| !place.panicked)
    }

    /// The row of a run that is there, with its place in this plan.
    pub fn row(&self, plan: &Plan, task: Task) -> Result<Row, Failure> {
        let address = plan.address(task);
        let place = self.rows.get(&address).ok_or_else(|| {
            Failure::Environment(format!("the row of the run {address} has gone"))
        })?;
        Ok(Row { index: task.index, ..self.read(*place)? })
    }
}

fn open(part: &Part) -> Result<Option<File>, Failure> {
    match File::open(&part.path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if part.partial && error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(cannot(&part.path, &error)),
    }
}

fn cannot(path: &std::path::Path, error: &std::io::Error) -> Failure {
    Failure::Environment(format!("cannot read {}: {error}", path.display()))
}
