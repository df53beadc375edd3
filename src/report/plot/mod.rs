//! Charts: from plain data to an SVG and a PNG that are the same to the byte on every machine.
//!
//! | file | what it does |
//! |---|---|
//! | `chart` | what a chart shows, as data |
//! | `layout` `panel` `legend` `shades` `series` | where everything goes |
//! | `scale` `number` `dash` `palette` | axes, their labels, line patterns, colours |
//! | `whiskers` `columns` `heat` `labels` | intervals, hatched columns, cells, names of points |
//! | `pareto` | which points no other beats, and their chart |
//! | `scene` | the picture as a list of marks |
//! | `text` `canvas` | glyphs and pixels without any font or graphics library of the machine |
//!
//! Of plotters only the drawing backends are used, one of its own for the SVG and one of ours for
//! the PNG: its charts measure text with fonts of the machine, or guess.

mod canvas;
pub mod chart;
mod columns;
mod dash;
mod heat;
mod labels;
mod layout;
mod legend;
mod number;
mod palette;
mod panel;
pub mod pareto;
mod scale;
mod scene;
mod series;
mod shades;
mod text;
mod whiskers;

#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::io;

use plotters::backend::SVGBackend;
use plotters_backend::DrawingErrorKind;

use crate::report::plot::canvas::Canvas;
use crate::report::plot::chart::Chart;
use crate::report::plot::scene::Scene;

/// A chart as the contents of two files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drawing {
    /// For browsers and papers.
    pub svg: Vec<u8>,
    /// For everything else; 1800 pixels wide.
    pub png: Vec<u8>,
}

/// Why a chart could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    /// The writer of vectors failed.
    #[error("cannot draw the SVG of a chart")]
    Svg(#[source] DrawingErrorKind<io::Error>),
    /// The canvas failed, which it cannot.
    #[error("cannot draw the pixels of a chart")]
    Pixels(#[source] DrawingErrorKind<Infallible>),
    /// The encoder failed.
    #[error("cannot encode the PNG of a chart")]
    Png(#[from] png::EncodingError),
}

/// Draws a chart. The same chart gives the same bytes.
pub fn draw(chart: &Chart) -> Result<Drawing, PlotError> {
    let scene = layout::lay_out(chart);
    let svg = svg(&scene).map_err(PlotError::Svg)?;
    let mut canvas = Canvas::new(scene.size());
    scene.draw(&mut canvas).map_err(PlotError::Pixels)?;
    Ok(Drawing { svg: svg.into_bytes(), png: canvas.png()? })
}

fn svg(scene: &Scene) -> Result<String, DrawingErrorKind<io::Error>> {
    let mut text = String::new();
    let mut backend = SVGBackend::with_string(&mut text, scene.size());
    scene.draw(&mut backend)?;
    drop(backend);
    Ok(styled(&text, scene.size()))
}

/// Shown at two thirds of the units, and with round line ends and corners as on the canvas: mitred
/// corners would add spikes to a jagged line.
fn styled(svg: &str, (width, height): (u32, u32)) -> String {
    let plain = format!("<svg width=\"{width}\" height=\"{height}\" ");
    let styled = format!(
        "<svg width=\"{}\" height=\"{}\" stroke-linejoin=\"round\" stroke-linecap=\"round\" ",
        width * 2 / 3,
        height * 2 / 3
    );
    svg.replacen(&plain, &styled, 1)
}
