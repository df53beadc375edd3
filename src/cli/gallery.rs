//! `dynamo-sim gallery`, and `dynamo-sim plot --figure`
//!
//! A measurement: it exits with 0 whatever is seen, which its pages tell.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::exit::{Code, Failure};
use crate::cli::files::Folder;
use crate::cli::interrupt::Interrupt;
use crate::cli::parallel;
use crate::cli::plot::{self, Plot};
use crate::cli::reproduce;
use crate::cli::terminal::Terminal;
use crate::gallery::figure::{Drawn, Figure, Make};
use crate::gallery::list::{LIST, find};
use crate::gallery::page::{TABLE, overview, page, points};
use crate::gallery::trial::Trial;
use crate::report::plot::draw;
use crate::report::tabular::table::{Row, Table};
use crate::reproduce::result::Reproduction;
use crate::reproduce::work::{Effort, Settings, Stopped};

/// `gallery`
#[derive(Args, Debug)]
pub struct Gallery {
    /// Names of figures [default: all]
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// List the figures, a line each
    #[arg(long)]
    pub list: bool,
    /// Fewer runs, for a first look
    #[arg(long)]
    pub quick: bool,
    /// How many runs at a time [default: one for each core]; nothing else depends on it
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Folder for what is written
    #[arg(long, value_name = "DIR", default_value = "results/gallery")]
    pub out: PathBuf,
}

/// Makes the figures that are named, or all.
pub fn gallery(arguments: &Gallery, terminal: &Terminal) -> Result<Code, Failure> {
    if arguments.list {
        return list(terminal);
    }
    let figures: Result<Vec<&Figure>, Failure> =
        arguments.names.iter().map(|name| named(name)).collect();
    let figures = if arguments.names.is_empty() { LIST.iter().collect() } else { figures? };
    let effort = if arguments.quick { Effort::Reduced } else { Effort::Full };
    let interrupt = Interrupt::listen()?;
    let jobs = parallel::jobs(arguments.jobs);
    for figure in figures {
        terminal.detail(&format!("{}: {}", figure.number, figure.name));
        let (table, drawn) = make(figure, effort, jobs, &interrupt)?;
        keep(&arguments.out.join(figure.name), figure, &table, &drawn)?;
        keep_overview(&arguments.out)?;
        let told = drawn.seen.first().map_or("", String::as_str);
        terminal.print(&format!("{}. {}: {told}\n", figure.number, figure.name))?;
    }
    Ok(Code::Held)
}

/// Makes one figure for `plot`: of the table that is given, or from runs.
pub fn one(arguments: &Plot, name: &str, terminal: &Terminal) -> Result<Code, Failure> {
    let figure = named(name)?;
    let given = arguments.table.as_deref();
    let (_, drawn) = match (given, figure.make) {
        (Some(place), Make::Measured { draw, .. }) => {
            let table = plot::read(Path::new(place))?;
            let drawn = draw(&table).map_err(plot::refused)?;
            (table, drawn)
        }
        (Some(_), Make::Again { .. }) => {
            let told = format!("{name} is drawn from runs of its own: leave the table out");
            return Err(Failure::Arguments(told));
        }
        (None, _) => {
            let interrupt = Interrupt::listen()?;
            make(figure, Effort::Full, parallel::jobs(None), &interrupt)?
        }
    };
    let out = arguments.out.clone();
    for (place, (stem, chart)) in drawn.charts.iter().enumerate() {
        let out = match &out {
            None => PathBuf::from(*stem),
            Some(out) if place == 0 => out.clone(),
            // Further charts of the figure stand beside the first.
            Some(out) => {
                let ending = out.extension().map(|it| format!(".{}", it.to_string_lossy()));
                out.with_file_name(format!("{stem}{}", ending.unwrap_or_default()))
            }
        };
        for written in plot::keep(chart, &out)? {
            terminal.print(&format!("{}\n", written.display()))?;
        }
    }
    Ok(Code::Held)
}

fn list(terminal: &Terminal) -> Result<Code, Failure> {
    let width = LIST.iter().map(|figure| figure.name.len()).max().unwrap_or(0);
    let line = |it: &Figure| format!("{:2}  {:width$}  {}\n", it.number, it.name, it.shows);
    terminal.print(&LIST.iter().map(line).collect::<String>())?;
    Ok(Code::Held)
}

fn named(name: &str) -> Result<&'static Figure, Failure> {
    find(name).ok_or_else(|| {
        let near = |figure: &&Figure| strsim::damerau_levenshtein(figure.name, name);
        let nearest = LIST.iter().min_by_key(near).map_or("", |figure| figure.name);
        let all: Vec<&str> = LIST.iter().map(|figure| figure.name).collect();
        let all = all.join(", ");
        let told = format!("`{name}` is no figure; did you mean `{nearest}`?\n  there are: {all}");
        Failure::Arguments(told)
    })
}

fn make(
    figure: &Figure,
    effort: Effort,
    jobs: usize,
    interrupt: &Interrupt,
) -> Result<(Table, Drawn), Failure> {
    let stopped = |Stopped| Failure::Interrupted(interrupt.asked().unwrap_or(Code::Interrupted));
    match figure.make {
        Make::Measured { trials, draw } => {
            let table = measure(&trials(effort), jobs, interrupt).map_err(stopped)?;
            let drawn = draw(&table).map_err(plot::refused)?;
            Ok((table, drawn))
        }
        Make::Again { make, stems } => {
            let luck = (effort, 1, &Settings::default());
            let made = reproduce::make(make, luck, (Some(jobs), interrupt), &|_: f64| ())?;
            let drawn = again(made, stems);
            Ok((points(&drawn.charts), drawn))
        }
    }
}

/// All trials, in parallel; their rows in their order.
fn measure(trials: &[Trial], jobs: usize, interrupt: &Interrupt) -> Result<Table, Stopped> {
    let stop = || interrupt.asked().is_some();
    let run = |trial: &Trial| trial.run(&mut || !stop());
    let mut table = Table { name: TABLE.to_string(), ..Table::default() };
    for done in parallel::each(jobs, trials, &stop, &run) {
        for (columns, cells) in done.ok_or(Stopped)?? {
            table.columns = columns;
            table.rows.push(Row { line: table.rows.len() as u64 + 2, cells });
        }
    }
    Ok(table)
}

/// The pictures of a reproduction that the gallery shows.
fn again(made: Reproduction, stems: &[&str]) -> Drawn {
    let Reproduction { outcome, bar, charts, .. } = made;
    let kept = charts.into_iter().filter(|picture| stems.contains(&picture.stem));
    let charts = kept.map(|picture| (picture.stem, picture.chart)).collect();
    Drawn { charts, seen: vec![format!("{outcome}."), format!("Held to: {bar}.")] }
}

fn keep(place: &Path, figure: &Figure, table: &Table, drawn: &Drawn) -> Result<(), Failure> {
    let folder = Folder::make(place)?;
    for (stem, chart) in &drawn.charts {
        let drawing = draw(chart);
        let drawing = drawing.map_err(|e| Failure::Environment(format!("cannot draw: {e}")))?;
        folder.write(format!("{stem}.svg"), &drawing.svg)?;
        folder.write(format!("{stem}.png"), &drawing.png)?;
    }
    folder.write(TABLE, &table.csv())?;
    folder.write("README.md", page(figure, drawn).as_bytes())
}

/// The page over all figures that stand in the folder, those of earlier commands too.
fn keep_overview(out: &Path) -> Result<(), Failure> {
    let mut there = Vec::new();
    for figure in LIST {
        let Ok(text) = std::fs::read_to_string(out.join(figure.name).join("README.md")) else {
            continue;
        };
        let stem = text.split(".png)").next().and_then(|start| start.rsplit('(').next());
        there.push((figure, stem.unwrap_or("").to_string()));
    }
    Folder::make(out)?.write("README.md", overview(&there).as_bytes())
}
