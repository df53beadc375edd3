//! What a chart shows, as plain data: panels of series over simulated time, and the shaded windows
//! of trouble behind them. Nothing here knows the simulator or how a chart is drawn.

/// One picture: panels stacked from top to bottom over one time axis.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Chart {
    /// The heading of the picture.
    pub title: String,
    /// A smaller line beneath it: scenario, seed, what else tells this picture from its sisters.
    pub subtitle: String,
    /// The axis that all panels share.
    pub x: Axis,
    /// From top to bottom.
    pub panels: Vec<Panel>,
    /// Windows of trouble, drawn through all panels.
    pub shades: Vec<Shade>,
    /// Lines beneath the picture, such as what numbers beside points stand for.
    pub notes: Vec<String>,
}

/// The axis from left to right: simulated time, or whatever an experiment varies.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Axis {
    /// With its unit: `"simulated time, s"`.
    pub title: String,
    /// Where the axis begins, in seconds; earlier if data begin earlier. None: where data begin.
    pub from: Option<f64>,
    /// Where the axis ends, in seconds; later if data end later. None: where data end.
    pub to: Option<f64>,
    /// How values become places.
    pub scale: Scale,
    /// If there are any: what is written at 0, 1, 2 ... instead of numbers.
    pub names: Vec<String>,
}

/// A window of time to mark, such as that of a fault.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Shade {
    /// First second.
    pub from: f64,
    /// Last second. As `from`: a moment, drawn as a thin line. Infinite: until the axis ends.
    pub to: f64,
    /// Written on a bar above the first panel.
    pub label: String,
    /// Which shade colour; windows of one kind share one. Any number, they repeat.
    pub colour: usize,
}

/// One pair of axes with its series and its own legend.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Panel {
    /// Written above the panel; may be empty.
    pub title: String,
    /// What is measured, with its unit: `"latency, ms"`.
    pub y_title: String,
    /// How values become heights.
    pub scale: Scale,
    /// A value that the axis reaches down to; data below widen it. None: zero if linear.
    pub y_from: Option<f64>,
    /// A value that the axis reaches up to; data above widen it.
    pub y_to: Option<f64>,
    /// If there are any: what is written at 0, 1, 2 ... instead of numbers.
    pub y_names: Vec<String>,
    /// In the order of the legend; later ones are drawn over earlier ones.
    pub series: Vec<Series>,
    /// Coloured cells instead of lines, with a scale bar at the right.
    pub heat: Option<Heat>,
}

/// A value for each cell of a grid. Both axes have names; the darker a cell, the more.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Heat {
    /// What the colours mean, with its unit; written beside the scale bar.
    pub title: String,
    /// Column from the left and row from the bottom, both from 0, and the value there. A cell that
    /// is not told stays empty.
    pub cells: Vec<(usize, usize, f64)>,
    /// How values become colours.
    pub scale: Scale,
}

/// How values become places on an axis.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Scale {
    /// In proportion.
    #[default]
    Linear,
    /// By decades. Zero and negative values lie on the lower edge, which is then labelled 0.
    Log,
    /// Of shares, by how little is missing: 0, 90, 99 and 99.9 % are equally far apart, so that the
    /// tail of a distribution can be read.
    Nines,
}

/// One line of a panel.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Series {
    /// Its name in the legend.
    pub label: String,
    /// Seconds and value, in order of time. No value, or one that is not finite: a gap.
    pub points: Vec<(f64, Option<f64>)>,
    /// How it is drawn.
    pub style: Style,
    /// The place in the panel whose colour and marker it takes; its own if none is told.
    pub like: Option<usize>,
    /// A tinted area behind it, in order: place on the axis, lower and upper edge.
    pub band: Vec<(f64, f64, f64)>,
    /// Intervals of single points.
    pub whiskers: Vec<Whisker>,
    /// What is written beside each point, in their order; empty: nothing.
    pub names: Vec<String>,
    /// Grey, and behind the others: what is of lesser interest.
    pub muted: bool,
}

/// The interval of a point, along one axis or both.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Whisker {
    /// The point.
    pub at: (f64, f64),
    /// From where to where along the shared axis.
    pub across: Option<(f64, f64)>,
    /// From where to where along the vertical axis.
    pub up: Option<(f64, f64)>,
}

/// How a series is drawn. Colours and markers come from its place in the panel, or from that of
/// another series that it belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Style {
    /// A solid line.
    #[default]
    Line,
    /// A line of dashes.
    Dashed,
    /// A line of dots.
    Dotted,
    /// Each value holds until the next one.
    Step,
    /// A solid line over a tinted area that reaches down to the lower edge.
    Area,
    /// Markers only.
    Points,
    /// Small, pale markers, for thousands of points.
    Specks,
    /// Hollow markers only: what others have found.
    Hollow,
    /// A solid line with a marker at each point.
    Joined,
    /// A thick line without markers, for spans of time at a height.
    Bar,
    /// Hatched columns from the lower edge: each value is as wide as it is far to the next point.
    Columns,
}
