//! The pictures of a run: what the timeline shows, with every fault as a shaded window.

use crate::metrics::timeline::Row;
use crate::report::document::Report;
use crate::report::plot::chart::{Axis, Chart, Panel, Scale, Series, Shade, Style};

/// All charts, each with the stem of its file's name.
pub fn charts(report: &Report, rows: &[Row]) -> Vec<(&'static str, Chart)> {
    let sheet = Sheet { report, rows };
    vec![
        ("divergence", sheet.divergence()),
        ("hints", sheet.hints()),
        ("repair", sheet.repair()),
        ("latency", sheet.latency()),
        ("availability", sheet.availability()),
    ]
}

/// What all charts of a run are made from.
#[derive(Clone, Copy)]
struct Sheet<'a> {
    report: &'a Report,
    rows: &'a [Row],
}

impl Sheet<'_> {
    fn divergence(self) -> Chart {
        let keys = self.series("divergent keys", Style::Area, |row| some(row.divergent_keys));
        let panel = panel("Keys whose homes do not hold equal versions", "keys", vec![keys]);
        let versions = |row: &Row| row.versions_per_read_mean;
        let versions = self.series("mean", Style::Line, versions);
        let mut siblings = panel_from_one("Versions per read", "versions", vec![versions]);
        siblings.scale = Scale::Linear;
        self.chart("Divergence", vec![panel, siblings])
    }

    fn hints(self) -> Chart {
        let count = self.series("pending", Style::Area, |row| some(row.hints_pending));
        let delivered = self
            .series("delivered in the interval", Style::Dashed, |row| some(row.hints_delivered));
        let bytes = self.series("pending", Style::Area, |row| some(row.hints_pending_bytes));
        let panels = vec![
            panel("Hints", "hints", vec![count, delivered]),
            panel("Size of pending hints", "bytes", vec![bytes]),
        ];
        self.chart("Hinted handoff", panels)
    }

    fn repair(self) -> Chart {
        let rate = |label, style, bytes: fn(&Row) -> u64| {
            let mut before = 0.0;
            self.series(label, style, move |row| {
                let length = row.time_s - before;
                before = row.time_s;
                (length > 0.0).then(|| bytes(row) as f64 / length)
            })
        };
        let traffic = vec![
            rate("anti-entropy", Style::Line, |row| row.anti_entropy_sent_bytes),
            rate("read repair", Style::Dotted, |row| row.read_repair_sent_bytes),
            rate("hinted handoff", Style::Step, |row| row.handoff_sent_bytes),
        ];
        let count = |label, style, copies: fn(&Row) -> u64| {
            self.series(label, style, move |row| some(copies(row)))
        };
        let copies = vec![
            count("anti-entropy", Style::Line, |row| row.anti_entropy_repaired_copies),
            count("read repair", Style::Dotted, |row| row.read_repair_repaired_copies),
            count("hinted handoff", Style::Step, |row| row.handoff_repaired_copies),
        ];
        let mut panels = vec![
            panel("Traffic by mechanism", "bytes/s", traffic),
            panel("Copies repaired per interval", "copies", copies),
        ];
        panels.iter_mut().for_each(|panel| panel.scale = Scale::Log);
        self.chart("Repair", panels)
    }

    fn latency(self) -> Chart {
        let series = vec![
            self.series("get p50", Style::Line, |row| row.get_p50_ms),
            self.series("get p99", Style::Dashed, |row| row.get_p99_ms),
            self.series("put p50", Style::Line, |row| row.put_p50_ms),
            self.series("put p99", Style::Dashed, |row| row.put_p99_ms),
        ];
        let mut panel = panel("Operations that succeeded", "latency, ms", series);
        panel.scale = Scale::Log;
        self.chart("Latency", vec![panel])
    }

    fn availability(self) -> Chart {
        let share = |ok: u64, others: u64| {
            (ok + others > 0).then(|| 100.0 * ok as f64 / (ok + others) as f64)
        };
        let gets = self.series("gets", Style::Line, |row| {
            share(row.gets_ok, row.gets_failed + row.gets_unknown)
        });
        let puts = self.series("puts", Style::Dashed, |row| {
            share(row.puts_ok, row.puts_failed + row.puts_unknown)
        });
        let lowest = [&gets, &puts].into_iter().flat_map(|series| &series.points);
        let lowest = lowest.filter_map(|(_, value)| *value).fold(100.0, f64::min);
        let mut panel = panel("Operations that succeeded", "% per interval", vec![gets, puts]);
        // A dip from 100 % to 98 % would not be seen on an axis from zero: the axis begins at the
        // last ten below it, or at 99 where all lies above that.
        panel.y_from = Some(if lowest >= 99.0 { 99.0 } else { 10.0 * (lowest / 10.0).floor() });
        panel.y_to = Some(100.0);
        self.chart("Availability", vec![panel])
    }

    fn series(
        self,
        label: &str,
        style: Style,
        mut value: impl FnMut(&Row) -> Option<f64>,
    ) -> Series {
        let points = self.rows.iter().map(|row| (row.time_s, value(row))).collect();
        Series { label: label.to_string(), points, style, ..Series::default() }
    }

    fn chart(self, title: &str, panels: Vec<Panel>) -> Chart {
        let header = &self.report.header;
        let to = Some(header.ended_at_s);
        Chart {
            title: title.to_string(),
            subtitle: format!("{}, seed {}", header.scenario, header.seed),
            x: Axis {
                title: "simulated time, s".to_string(),
                from: Some(0.0),
                to,
                ..Axis::default()
            },
            panels,
            shades: self.shades(),
            notes: Vec::new(),
        }
    }

    /// One window for each fault; those of one kind share a colour.
    fn shades(self) -> Vec<Shade> {
        let faults = &self.report.faults.windows;
        let mut kinds: Vec<&str> = Vec::new();
        let mut shades = Vec::new();
        for fault in faults {
            let known = kinds.iter().position(|kind| *kind == fault.kind);
            let colour = known.unwrap_or_else(|| {
                kinds.push(fault.kind);
                kinds.len() - 1
            });
            let (from, to, label) = (fault.from_s, fault.to_s, fault.label.clone());
            shades.push(Shade { from, to, label, colour });
        }
        shades
    }
}

fn some(count: u64) -> Option<f64> {
    Some(count as f64)
}

fn panel(title: &str, y_title: &str, series: Vec<Series>) -> Panel {
    let (title, y_title) = (title.to_string(), y_title.to_string());
    Panel { title, y_title, series, ..Panel::default() }
}

/// A panel whose axis need not reach down to zero.
fn panel_from_one(title: &str, y_title: &str, series: Vec<Series>) -> Panel {
    Panel { y_from: Some(1.0), ..panel(title, y_title, series) }
}
