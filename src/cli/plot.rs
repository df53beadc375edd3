//! `dynamo-sim plot`

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::exit::{Code, Failure};
use crate::cli::files::Folder;
use crate::cli::gallery;
use crate::cli::terminal::Terminal;
use crate::report::plot::chart::{Chart, Scale, Shade};
use crate::report::plot::draw;
use crate::report::plot::pareto::Better;
use crate::report::tabular::choice::{Choice, Kind};
use crate::report::tabular::kinds::chart;
use crate::report::tabular::table::{Problem, Table};

/// What a sweep calls its table.
const TABLE: &str = "table.csv";

/// `plot`
#[derive(Args, Debug)]
pub struct Plot {
    /// A CSV file with a header, the folder of a sweep, or - for standard input
    #[arg(value_name = "TABLE")]
    pub table: Option<String>,
    /// A figure of the gallery instead: from its table, or run anew where none is given
    #[arg(long, value_name = "NAME", conflicts_with_all = ["x", "y", "by"])]
    pub figure: Option<String>,
    /// The column along the horizontal axis
    #[arg(long, value_name = "COLUMN")]
    pub x: Option<String>,
    /// The column upwards; `cdf` and `histogram` need none
    #[arg(long, value_name = "COLUMN")]
    pub y: Option<String>,
    /// A column whose values become series (heat: colours; pareto: points); may come again
    #[arg(long, value_name = "COLUMN")]
    pub by: Vec<String>,
    /// How it is drawn; rows of equal x and series become a mean with its 95 % interval
    #[arg(long, value_enum, default_value = "line")]
    pub kind: PlotKind,
    /// An axis by decades; of a heat map, y means the colours
    #[arg(long, value_enum, value_name = "AXIS")]
    pub log: Vec<Side>,
    /// Only rows in which this column has this value; may come again
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    pub filters: Vec<String>,
    /// Leave rows out in which a cell that is drawn is empty; the plot says how many
    #[arg(long)]
    pub skip_missing: bool,
    /// Of a Pareto front: an axis on which more is better [default: less is]
    #[arg(long, value_enum, value_name = "AXIS")]
    pub higher_is_better: Vec<Side>,
    /// Mark a window of the horizontal axis, as in 60..120=partition
    #[arg(long = "shade", value_name = "FROM..TO=LABEL")]
    pub shades: Vec<String>,
    /// The heading
    #[arg(long)]
    pub title: Option<String>,
    /// The file to write, ending in .svg or .png, or in neither for both [default: plot.svg]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Kinds of chart.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum PlotKind {
    /// Means joined by lines, intervals as bands
    Line,
    /// Means, intervals as whiskers
    Points,
    /// The share of rows up to each value, stretched towards 100 %
    Cdf,
    /// Rows in each of equal steps
    Histogram,
    /// Means as colours over x and y
    Heat,
    /// Settings that none other beats in both x and y
    Pareto,
    /// A speck for each row
    Scatter,
}

/// An axis.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    X,
    Y,
}

/// Draws columns of a table, or a figure of the gallery.
pub fn plot(arguments: &Plot, terminal: &Terminal) -> Result<Code, Failure> {
    if let Some(name) = &arguments.figure {
        return gallery::one(arguments, name, terminal);
    }
    let Some(x) = &arguments.x else {
        let told = "say what to draw: --x COLUMN --y COLUMN, or --figure NAME";
        return Err(Failure::Arguments(told.to_string()));
    };
    let table = read(Path::new(arguments.table.as_deref().unwrap_or("-")))?;
    let choice = choice(arguments, x)?;
    let drawn = chart(&table, &choice).map_err(refused)?;
    let out = arguments.out.clone().unwrap_or_else(|| PathBuf::from("plot.svg"));
    for place in keep(&drawn, &out)? {
        terminal.print(&format!("{}\n", place.display()))?;
    }
    Ok(Code::Held)
}

/// A problem of a table as the end of a command.
pub fn refused(problem: Problem) -> Failure {
    Failure::Arguments(problem.to_string())
}

/// Reads a table: a CSV file, or the folder that a sweep wrote.
pub fn read(place: &Path) -> Result<Table, Failure> {
    let file = if place.is_dir() { place.join(TABLE) } else { place.to_path_buf() };
    let bytes = if place == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes).map(|_| bytes)
    } else {
        std::fs::read(&file)
    };
    let cannot = |error| {
        let told = format!("cannot read {}: {error}", file.display());
        Failure::Environment(told)
    };
    Table::read(&file.display().to_string(), &bytes.map_err(cannot)?).map_err(refused)
}

/// Writes a chart: as the file's ending says, or with both endings where it has none.
pub fn keep(chart: &Chart, out: &Path) -> Result<Vec<PathBuf>, Failure> {
    let endings: &[&str] = match out.extension().and_then(|ending| ending.to_str()) {
        None => &["svg", "png"],
        Some("svg") => &["svg"],
        Some("png") => &["png"],
        Some(_) => {
            let told = "--out takes a file that ends in .svg or .png, or in neither for both";
            return Err(Failure::Arguments(told.to_string()));
        }
    };
    let drawing = draw(chart);
    let drawing = drawing.map_err(|e| Failure::Environment(format!("cannot draw: {e}")))?;
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = Folder::make(folder.unwrap_or(Path::new(".")))?;
    let stem = out.with_extension("");
    let Some(name) = stem.file_name() else {
        return Err(Failure::Arguments(format!("{} names no file", out.display())));
    };
    let mut written = Vec::new();
    for ending in endings {
        let file = format!("{}.{ending}", name.to_string_lossy());
        let bytes = if *ending == "svg" { &drawing.svg } else { &drawing.png };
        folder.write(file, bytes)?;
        written.push(out.with_extension(ending));
    }
    Ok(written)
}

fn choice(arguments: &Plot, x: &str) -> Result<Choice, Failure> {
    let scale = |side| if arguments.log.contains(&side) { Scale::Log } else { Scale::Linear };
    let better = |high| if high { Better::High } else { Better::Low };
    let filters: Result<Vec<_>, Failure> = arguments.filters.iter().map(|it| pair(it)).collect();
    let shades: Result<Vec<Shade>, Failure> = arguments.shades.iter().map(|it| shade(it)).collect();
    Ok(Choice {
        x: x.to_string(),
        y: arguments.y.clone(),
        by: arguments.by.clone(),
        kind: match arguments.kind {
            PlotKind::Line => Kind::Line,
            PlotKind::Points => Kind::Points,
            PlotKind::Cdf => Kind::Distribution,
            PlotKind::Histogram => Kind::Histogram,
            PlotKind::Heat => Kind::Heat,
            PlotKind::Pareto => Kind::Pareto,
            PlotKind::Scatter => Kind::Scatter,
        },
        x_scale: scale(Side::X),
        y_scale: scale(Side::Y),
        filters: filters?,
        skip_missing: arguments.skip_missing,
        title: arguments.title.clone(),
        shades: shades?,
        better: (
            better(arguments.higher_is_better.contains(&Side::X)),
            better(arguments.higher_is_better.contains(&Side::Y)),
        ),
    })
}

fn pair(text: &str) -> Result<(String, String), Failure> {
    let told = || Failure::Arguments(format!("--where takes column=value, not `{text}`"));
    let (column, value) = text.split_once('=').ok_or_else(told)?;
    Ok((column.trim().to_string(), value.trim().to_string()))
}

fn shade(text: &str) -> Result<Shade, Failure> {
    let read = || {
        let (ends, label) = text.split_once('=').unwrap_or((text, ""));
        let (from, to) = ends.split_once("..")?;
        let (from, to) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
        Some(Shade { from, to, label: label.to_string(), colour: 0 })
    };
    let told = || Failure::Arguments(format!("--shade takes FROM..TO=LABEL, not `{text}`"));
    read().ok_or_else(told)
}
