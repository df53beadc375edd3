//! The report for a person: one screen of plain text, at most 100 columns wide.

use crate::check::verdict::{Finding, Outcome, Verdict};
use crate::metrics::latency::{ByPath, Quantiles};
use crate::metrics::repair::{Part, Parts};
use crate::metrics::timeline::Row;
use crate::metrics::window::ByWindow;
use crate::report::document::Report;
use crate::report::sparkline::sparkline;
use crate::report::units::{bytes, count, milliseconds, moment, percent, seconds};

/// Columns of a line.
const WIDTH: usize = 100;
/// Columns of the names of lines.
const NAME: usize = 19;
/// Columns of a figure in the table.
const FIGURE: usize = 14;
/// Columns of a curve.
const CURVE: usize = 60;
/// Findings that are told of one judge.
const MOST_FINDINGS: usize = 3;

/// The report, a few lines for each question that a reader has.
pub fn summary(report: &Report, rows: &[Row]) -> Vec<u8> {
    let mut page = Page::default();
    header(&mut page, report);
    verdicts(&mut page, report);
    table(&mut page, report);
    consistency(&mut page, report);
    repair(&mut page, report);
    over_time(&mut page, report, rows);
    faults(&mut page, report);
    page.text.into_bytes()
}

/// Lines of text.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    /// A line, folded at the edge of the page under its own indentation.
    fn line(&mut self, line: &str) {
        let indent = line.len() - line.trim_start().len();
        self.folded(&line[..indent], &line[indent..], &" ".repeat(indent + 2));
    }

    /// A name in its column and what there is to say of it, folded beside the name.
    fn named(&mut self, name: &str, line: &str) {
        self.folded(&format!("{name:NAME$}"), line, &" ".repeat(NAME));
    }

    fn folded(&mut self, start: &str, words: &str, indent: &str) {
        let mut line = start.to_string();
        let mut bare = true;
        // Several blanks in a row align columns: they belong to the word before them.
        for word in words.trim_end().split_inclusive(' ') {
            let width = line.chars().count() + word.trim_end().chars().count();
            if width > WIDTH && !bare {
                self.text.push_str(line.trim_end());
                self.text.push('\n');
                line = indent.to_string();
            }
            line.push_str(word);
            bare = false;
        }
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// A line in which every blank counts.
    fn raw(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn gap(&mut self) {
        self.text.push('\n');
    }
}

fn header(page: &mut Page, report: &Report) {
    let header = &report.header;
    page.line(&format!("{}  seed {}  digest {}", header.scenario, header.seed, header.digest));
    let rest = if header.quiescent { "came to rest" } else { "did not come to rest" };
    let held = report.verdicts.iter().filter(|verdict| verdict.outcome == Outcome::Held).count();
    let met = report.verdicts.iter().filter(|verdict| verdict.outcome != Outcome::NotMet).count();
    page.line(&format!(
        "{}: {held} of {met} judges hold; {rest} at {}, {} events",
        worst(&report.verdicts).words(),
        moment(header.ended_at_s),
        count(header.events)
    ));
}

/// The gravest of what the judges say.
fn worst(verdicts: &[Verdict]) -> Outcome {
    let gravest_first = [
        Outcome::Violated,
        Outcome::Vacuous,
        Outcome::NothingExamined,
        Outcome::Anomaly,
        Outcome::Held,
        Outcome::NotMet,
    ];
    let is_said = |outcome: &Outcome| verdicts.iter().any(|said| said.outcome == *outcome);
    gravest_first.into_iter().find(is_said).unwrap_or(Outcome::NothingExamined)
}

fn is_told(verdict: &Verdict) -> bool {
    !matches!(verdict.outcome, Outcome::Held | Outcome::NotMet)
}

fn verdicts(page: &mut Page, report: &Report) {
    for verdict in report.verdicts.iter().filter(|verdict| is_told(verdict)) {
        page.line(&format!(
            "  {}: {}, {} of {} examined",
            verdict.judge,
            verdict.outcome.words(),
            count(verdict.found),
            count(verdict.examined)
        ));
        let told = verdict.findings.iter().take(MOST_FINDINGS);
        told.for_each(|finding| page.line(&format!("    {}", told_of(finding))));
        if verdict.found > MOST_FINDINGS as u64 {
            page.line("    ...");
        }
    }
}

fn told_of(finding: &Finding) -> String {
    let time = finding.time.map_or(String::new(), |time| format!("{time}  "));
    let key = finding.key.map_or(String::new(), |key| format!("{key}  "));
    let nodes: Vec<String> = finding.nodes.iter().map(ToString::to_string).collect();
    let nodes = if nodes.is_empty() { String::new() } else { format!("  ({})", nodes.join(" ")) };
    format!("{time}{key}{}{nodes}", finding.story)
}

/// Figures by part of the run; only one part if there was no trouble.
fn table(page: &mut Page, report: &Report) {
    page.gap();
    let parts: &[&str] = match report.faults.windows.is_empty() {
        true => &["all"],
        false => &["before", "during", "after", "all"],
    };
    row(page, "", parts.iter().map(ToString::to_string).collect());
    let (available, all) = (&report.availability.windows, &report.availability.overall);
    let columns = |windows: ByWindow<String>, all: String| match parts.len() {
        1 => vec![all],
        _ => vec![windows.before, windows.during, windows.after, all],
    };
    row(page, "gets ok", columns(available.map(|part| percent(part.get)), percent(all.get)));
    row(page, "puts ok", columns(available.map(|part| percent(part.put)), percent(all.put)));
    let (latency, all) = (&report.latency.windows, &report.latency.overall);
    for (name, figure) in LATENCIES {
        let show = |part: &ByPath<Quantiles>| milliseconds(figure(part));
        row(page, name, columns(latency.map(show), show(all)));
    }
    let (stale, all) = (&report.staleness.windows, &report.staleness.overall);
    let shares = stale.map(|part| percent(part.share));
    row(page, "stale reads", columns(shares, percent(all.share)));
}

type Figure = fn(&ByPath<Quantiles>) -> Option<f64>;

/// The lines about latency.
const LATENCIES: [(&str, Figure); 4] = [
    ("get p50", |part| part.get.p50_ms),
    ("get p99", |part| part.get.p99_ms),
    ("put p50", |part| part.put.p50_ms),
    ("put p99", |part| part.put.p99_ms),
];

fn row(page: &mut Page, name: &str, figures: Vec<String>) {
    let figures: String = figures.iter().map(|figure| format!("{figure:>FIGURE$}")).collect();
    page.named(name, &figures);
}

fn consistency(page: &mut Page, report: &Report) {
    page.gap();
    stale_reads(page, report);
    versions(page, report);
    let divergence = &report.divergence;
    let keys = format!("max {}, final {}", count(divergence.max), count(divergence.r#final));
    page.named("divergent keys", &keys);
    let durability = &report.durability;
    page.named(
        "writes",
        &format!(
            "{} acknowledged, {} lost, {} overwritten",
            count(durability.acknowledged_writes),
            count(durability.lost_writes),
            count(durability.overwritten)
        ),
    );
    let corruption = &report.corruption;
    if corruption.damaged + corruption.reads > 0 {
        let reads = format!("{} wrong reads", count(corruption.reads));
        let copies = format!("{} copies damaged", count(corruption.damaged));
        page.named("corruption", &format!("{copies}, {} at the end, {reads}", corruption.at_end));
    }
    if let Some(membership) = &report.membership {
        let ended = format!("{} of {}", membership.completed, membership.transitions);
        let moved = amount(membership.transferred_copies, membership.transferred_bytes);
        let longest = membership.longest_s.map_or(String::new(), |s| format!(", longest {s:.1}s"));
        let members = membership.members;
        let apart = match membership.merged_after_s {
            Some(after) => format!("; {:.1}s apart, one {after:.1}s later", membership.apart_s),
            None if membership.apart_s > 0.0 => format!("; {:.1}s apart", membership.apart_s),
            None => String::new(),
        };
        let told =
            format!("{members} members, {ended} changes ended{longest}; moved {moved}{apart}");
        page.named("membership", &told);
    }
    if let Some(carts) = &report.carts {
        let adds = format!("{} of {} adds lost", carts.lost_adds, count(carts.acknowledged_adds));
        let back = format!("{} of {}", carts.resurrected, count(carts.acknowledged_removes));
        page.named("carts", &format!("{adds}, {back} removed items came back"));
    }
}

fn stale_reads(page: &mut Page, report: &Report) {
    let stale = &report.staleness;
    let all = &stale.overall;
    let mut line = format!("{} of {}", count(all.stale_reads), count(all.reads));
    if all.stale_reads > 0 {
        let (writes, lag) = (stale.version_lag.max, milliseconds(stale.time_lag.max_ms));
        line.push_str(&format!(", {}", percent(all.share)));
        line.push_str(&format!("; at worst {writes} writes and {lag} behind"));
    }
    page.named("stale reads", &line);
}

fn versions(page: &mut Page, report: &Report) {
    let versions = &report.versions;
    let Some(mean) = versions.mean else {
        page.named("versions per read", "no read returned any");
        return;
    };
    let buckets = [versions.two, versions.three, versions.four, versions.five_or_more];
    let [two, three, four, more] = buckets.map(count);
    let line = format!("mean {mean:.4}, max {}; ", versions.max);
    let buckets = format!("reads with 2: {two}, 3: {three}, 4: {four}, 5+: {more}");
    page.named("versions per read", &format!("{line}{buckets}"));
}

fn repair(page: &mut Page, report: &Report) {
    page.gap();
    let hints = &report.handoff;
    let amounts = [
        ("stored", hints.created, hints.created_bytes),
        ("delivered", hints.delivered, hints.delivered_bytes),
        ("peak", hints.peak_pending, hints.peak_pending_bytes),
        ("pending", hints.pending, hints.pending_bytes),
    ];
    let amounts = amounts.map(|(name, number, size)| format!("{name} {}", amount(number, size)));
    page.named("hints", &amounts.join(", "));
    for (heal, drain) in report.divergence.heals.iter().zip(&hints.heals) {
        page.line(&format!("healed at {}: {}", moment(heal.time_s), heal.faults));
        let converged = after("converged", heal.converged_after_s);
        let drained = after("drained", drain.drained_after_s);
        page.named(
            "",
            &format!(
                "{} divergent keys {converged}; {} hints {drained}",
                count(heal.divergent_keys),
                count(drain.pending)
            ),
        );
    }
    page.named("repaired", &shares(&report.repair.overall));
    if !report.divergence.heals.is_empty() {
        page.named("since last heal", &shares(&report.repair.after_last_heal));
    }
    local(page, report);
}

/// What went through memory, and what was held back, where nodes do such things.
fn local(page: &mut Page, report: &Report) {
    if let Some(buffer) = &report.object_buffer {
        let line = [
            format!("{} writes to memory", count(buffer.kept)),
            format!("{} durable", count(buffer.durable)),
            format!("{} without room", count(buffer.full)),
            format!("at most {} objects", count(buffer.peak)),
            format!("{} lost", count(buffer.lost)),
        ];
        page.named("object buffer", &line.join(", "));
    }
    if let Some(admission) = &report.admission {
        let slices = admission.slices_mean.map_or(String::new(), |mean| format!("{mean:.0}"));
        let line = [
            format!("{} jobs", count(admission.admitted)),
            format!("{} had to wait", count(admission.deferred)),
            format!("{} dropped", count(admission.dropped)),
            format!("{slices} slices a second"),
        ];
        page.named("background work", &line.join(", "));
    }
}

/// The curves that the plots show, in a line each.
fn over_time(page: &mut Page, report: &Report, rows: &[Row]) {
    page.gap();
    page.named("over time", &format!("0 s to {}", moment(report.header.ended_at_s)));
    let curves: [(&str, Value); 4] = [
        ("  divergent keys", |row| row.divergent_keys),
        ("  hints pending", |row| row.hints_pending),
        ("  hints delivered", |row| row.hints_delivered),
        ("  stale reads", |row| row.stale_reads),
    ];
    for (name, value) in curves {
        let values: Vec<u64> = rows.iter().map(value).collect();
        let peak = count(values.iter().copied().max().unwrap_or(0));
        let curve = sparkline(&values, CURVE);
        page.raw(&format!("{name:NAME$}|{curve}| peak {peak}"));
    }
}

/// What a curve shows of an interval.
type Value = fn(&Row) -> u64;

fn after(done: &str, time: Option<f64>) -> String {
    match time {
        Some(_) => format!("{done} after {}", seconds(time)),
        None => format!("never {done}"),
    }
}

fn shares(parts: &Parts) -> String {
    let show = |name: &str, part: &Part| {
        let share = part.share.filter(|share| *share > 0.0);
        let share = share.map_or(String::new(), |share| format!(" {:.0} %", 100.0 * share));
        format!("{name} {}{share}", amount(part.copies, part.bytes))
    };
    let handoff = show("handoff", &parts.handoff);
    let read_repair = show("read repair", &parts.read_repair);
    let anti_entropy = show("anti-entropy", &parts.anti_entropy);
    format!("{handoff}, {read_repair}, {anti_entropy}")
}

/// A count and the names of what was counted, of which a single one loses its last letter or two.
fn counted(number: u64, names: &str) -> String {
    match (number, names) {
        (1, "copies") => "1 copy".to_string(),
        (1, names) => format!("1 {}", names.trim_end_matches('s')),
        (_, names) => format!("{} {names}", count(number)),
    }
}

fn amount(number: u64, size: u64) -> String {
    match number {
        0 => "0".to_string(),
        _ => format!("{} ({})", count(number), bytes(size)),
    }
}

/// Room for what a fault is called.
const FAULT_WIDTH: usize = 36;

/// A text in so many characters, of which the last tells if there are more.
fn shortened(text: &str, room: usize) -> String {
    match text.chars().count() <= room {
        true => text.to_string(),
        false => text.chars().take(room - 1).chain(['…']).collect(),
    }
}

fn faults(page: &mut Page, report: &Report) {
    let faults = &report.faults;
    if faults.windows.is_empty() {
        return;
    }
    page.gap();
    page.line("faults");
    for fault in &faults.windows {
        let label = shortened(&fault.label, FAULT_WIDTH);
        let window = format!("{:.1} to {}", fault.from_s, moment(fault.to_s));
        let touched = [
            ("messages", fault.messages),
            ("operations", fault.operations),
            ("nodes", fault.nodes),
            ("jobs", fault.jobs),
            ("copies", fault.copies),
        ];
        let touched = touched.iter().filter(|(_, number)| *number > 0);
        let mut touched: Vec<String> =
            touched.map(|(names, number)| counted(*number, names)).collect();
        if touched.is_empty() {
            touched.push("nothing".to_string());
        }
        let touched = touched.join(", ");
        page.line(&format!("  {label:FAULT_WIDTH$}  {window:18}  touched {touched}"));
    }
    let (raised, cleared) = (count(faults.suspicions_raised), count(faults.suspicions_cleared));
    page.named("  suspicions", &format!("{raised} raised, {cleared} cleared"));
}
