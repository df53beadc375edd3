//! `dynamo-sim plot`

use std::path::{Path, PathBuf};

use crate::cli::arguments::{Plot, PlotKind, Side};
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
