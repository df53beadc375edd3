//! What can be typed.

pub mod comparisons;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::cli::arguments::comparisons::{Diff, Frontier};
use crate::cli::sweep;

/// A deterministic simulator of Amazon's Dynamo: a scenario in, a measured run out.
#[derive(Parser, Debug)]
#[command(name = "dynamo-sim", version, about, after_help = EXIT_CODES)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub looks: Looks,
}

const EXIT_CODES: &str = "\
Exit codes: 0 everything held; 1 a finding (a judge or an `expect` line); 2 bad arguments or \
scenario; 3 inconclusive (a fault that touched nothing, nothing examined); 4 not deterministic; \
5 cannot read or write; 130, 143 interrupted, what is on disk is whole.";

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Run a scenario, judge and measure it, and write its report, timeline, history and plots
    Run(Run),
    /// Say everything that is wrong with a scenario, and where
    Check(Check),
    /// Lay out scenario files in the one canonical way
    Format(Format),
    /// Write a commented scenario file to begin with
    New {
        /// Name of the scenario; the file is NAME.json
        #[arg(default_value = "my-scenario")]
        name: String,
    },
    /// Say what a scenario is going to do, and draw its faults over time; nothing is run
    Explain(Explain),
    /// Print the JSON schema of scenario files, for editors
    Schema,
    /// List the scenarios that come with the program, a line each
    List,
    /// Run a scenario twice and name the first record that differs, if any does
    Repeat(Repeat),
    /// Draw a world for each seed, with trouble of its own, and tell what breaks
    Hunt(Hunt),
    /// Make the world of a finding small, and prove each line that is left necessary
    Shrink(Shrink),
    /// Run a finding again and say whether it still stands
    Replay(Replay),
    /// Make a scenario with `expect` lines of a finding, to be run as a test
    Promote(Promote),
    /// List the bugs that can be planted, or measure how often each is caught
    Bugs(crate::cli::bugs::Bugs),
    /// Run a scenario with other values of some fields, many times, and make a table of it
    Sweep(sweep::arguments::Sweep),
    /// Make one table of the parts of a sweep
    Merge(sweep::arguments::Merge),
    /// Judge a history without an oracle: of a run, or of any other store
    Judge(Judge),
    /// Run two settings under the same luck, and tell what differs and how surely
    Diff(Diff),
    /// Run many settings, and tell which no other beats: consistency against availability, latency
    /// and durability
    Frontier(Frontier),
    /// Make the paper's figures and tables again, beside what the paper says
    Reproduce(Reproduce),
    /// Draw columns of a sweep's table, or of any CSV file
    Plot(crate::cli::plot::Plot),
    /// Make the gallery: twenty figures on consistency, availability and latency
    Gallery(crate::cli::gallery::Gallery),
    /// Print what PBS predicts for a scenario beside its simulation
    Predict(crate::cli::predict::Predict),
    /// Compare what is simulated with published models and closed forms
    Validate(crate::cli::validate::Validate),
    /// Print a completion script for a shell
    Completions { shell: clap_complete::Shell },
    /// Print the manual page
    #[command(hide = true)]
    Man,
}

/// Which scenario, and what to change in it.
#[derive(Args, Debug, Clone)]
pub struct Subject {
    /// A scenario file, the name of one that comes with the program, or - for standard input
    #[arg(default_value = "partition-heal")]
    pub scenario: String,
    /// Seed of all luck: decimal, 0x hexadecimal, a git commit hash of 40 digits, or `random`
    #[arg(long, value_name = "SEED")]
    pub seed: Option<String>,
    /// Change a field: a dotted path, and a value as JSON or else a string (cluster.r=1)
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub overrides: Vec<String>,
    /// Plant a bug into the code that runs, or take the scenario's own out with `none`; `bugs`
    /// lists them
    #[arg(long, value_name = "NAME")]
    pub plant: Option<String>,
}

/// `run`
#[derive(Args, Debug)]
pub struct Run {
    #[command(flatten)]
    pub subject: Subject,
    /// Folder for what the run writes [default: results/<name>/seed-<seed>]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Also write every record of the run, a line each, to trace.jsonl
    #[arg(long)]
    pub trace: bool,
    /// Print the report as JSON instead of the summary
    #[arg(long)]
    pub json: bool,
    /// Write no files
    #[arg(long, conflicts_with_all = ["out", "trace"])]
    pub dry_run: bool,
}

/// `check`
#[derive(Args, Debug)]
pub struct Check {
    /// Scenario files, names of shipped ones, or - for standard input
    #[arg(required = true)]
    pub scenarios: Vec<String>,
    /// Change a field before the check, as in `run`
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub overrides: Vec<String>,
    /// Print the scenario with every default written out
    #[arg(long)]
    pub resolved: bool,
}

/// `format`
#[derive(Args, Debug)]
pub struct Format {
    /// Scenario files, or - to format standard input to standard output
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<String>,
    /// Change nothing; exit with 1 if a file would change
    #[arg(long)]
    pub check: bool,
    /// Format files with comments as well; the comments are lost
    #[arg(long)]
    pub drop_comments: bool,
}

/// `explain`
#[derive(Args, Debug)]
pub struct Explain {
    #[command(flatten)]
    pub subject: Subject,
    /// Also draw the faults into a file that ends in .svg or .png
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// `repeat`
#[derive(Args, Debug)]
pub struct Repeat {
    #[command(flatten)]
    pub subject: Subject,
}

/// `hunt`
#[derive(Args, Debug)]
pub struct Hunt {
    /// A scenario. Where it has a section `hunt`, each seed draws its own cluster, clients and
    /// trouble inside those bounds; otherwise the scenario itself runs with each seed
    #[arg(default_value = "swarm")]
    pub scenario: String,
    /// How many worlds to try [default: 200, or as many as the time allows]
    #[arg(long, value_name = "N")]
    pub seeds: Option<u64>,
    /// Stop after this time, as in 10m
    #[arg(long = "for", value_name = "TIME")]
    pub length: Option<String>,
    /// The first seed, in any form that seeds have [default: 1]
    #[arg(long, value_name = "SEED")]
    pub start: Option<String>,
    /// How many worlds to try at a time [default: one for each core]; nothing else depends on it
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Change a field: a dotted path, and a value as JSON or else a string (cluster.r=1)
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub overrides: Vec<String>,
    /// Plant a bug into the code that runs; `bugs` lists them
    #[arg(long, value_name = "NAME")]
    pub plant: Option<String>,
    /// A planted bug must be found: exit with 0 if it is, and with 1 if nothing is
    #[arg(long)]
    pub canary: bool,
    /// Prefer seeds whose worlds promise to reach what few others did: every other world is the
    /// most promising of the next eight seeds
    #[arg(long)]
    pub guided: bool,
    /// Run each world twice and compare, not only every sixteenth
    #[arg(long)]
    pub twice: bool,
    /// Events after which a run is taken for one that never ends
    #[arg(long, value_name = "N", default_value_t = crate::hunt::trial::EVENTS)]
    pub budget: u64,
    /// Print the world of this seed as a scenario instead
    #[arg(long, value_name = "SEED")]
    pub print: Option<String>,
    /// A folder of findings to replay first; one that still stands is a finding
    #[arg(long, value_name = "DIR")]
    pub corpus: Option<PathBuf>,
    /// Also print in how many worlds each kind of fault met each part of the protocol
    #[arg(long)]
    pub coverage: bool,
    /// Also write what was found as JUnit's XML
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Folder for findings [default: results/hunts/<name>]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write no findings
    #[arg(long, conflicts_with = "out")]
    pub dry_run: bool,
}

/// `shrink`
#[derive(Args, Debug)]
pub struct Shrink {
    /// A finding of a hunt, or a scenario that shows one
    #[arg(value_name = "FILE")]
    pub file: String,
    /// Change a field before, as in `run`
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub overrides: Vec<String>,
    /// Stop after this time; what there is by then shows the finding as well
    #[arg(long = "for", value_name = "TIME", default_value = "2m")]
    pub length: String,
    /// How many candidates to try at a time [default: one for each core]
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// The file to write
    #[arg(long, value_name = "FILE", default_value = "shrunk.json")]
    pub out: String,
}

/// `replay`
#[derive(Args, Debug)]
pub struct Replay {
    /// A finding of a hunt
    pub file: PathBuf,
    /// A trace that was kept when it was found: tells the first record that differs
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,
    /// Keep the trace of this run
    #[arg(long, value_name = "FILE")]
    pub keep_trace: Option<PathBuf>,
}

/// `promote`
#[derive(Args, Debug)]
pub struct Promote {
    /// A finding of a hunt
    pub file: PathBuf,
    /// The scenario file to write; its name becomes that of the scenario
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// `judge`
#[derive(Args, Debug)]
#[command(after_long_help = CHECKERS)]
pub struct Judge {
    /// A history: JSON Lines as `run` writes them, Jepsen's EDN, or - for standard input
    #[arg(value_name = "FILE")]
    pub history: String,
    /// Ask these checkers only, and require what they verify
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub check: Vec<String>,
    /// What must hold for exit code 0 [default: what --check names, else `written`]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub require: Vec<String>,
    /// How the file is written
    #[arg(long, value_enum, default_value = "auto", value_name = "FORM")]
    pub format: Form,
    /// Also write the history as Jepsen's EDN into a file that ends in .edn
    #[arg(long, value_name = "FILE")]
    pub export: Option<PathBuf>,
    /// Print the verdicts as JSON
    #[arg(long)]
    pub json: bool,
}

/// What each checker verifies, and where it comes from.
const CHECKERS: &str = "\
Checkers. A read misses a write if its context does not cover it; of a store without contexts, \
if all that it returned was there before the write began.
  written              Each value that was read had been written by a write that had begun and \
did not surely fail. What every store promises, and what is required \
unless you say otherwise.
  linearizable         Each key behaves as a single copy (Herlihy and Wing 1990). Registers by \
zones (Gibbons and Korach 1997), or by search (Wing and Gong 1993, Lowe \
2017) where a value was written twice or swapped; siblings with contexts: \
in one order of all operations each read knows exactly the writes before \
it. delta: by how much reads must have begun earlier (Golab, Li and Shah \
2011); gamma: all operations (Golab et al. 2014).
  regular              A read misses no write that was acknowledged before it began (Lamport \
1986; with several writers, Shao et al. 2011).
  read-your-writes     It misses none of its own client's acknowledged writes (this and the next \
three: Terry et al. 1994; each key on its own).
  monotonic-reads      It misses nothing that its client's earlier reads knew; a register's \
client also never sees a value come back that it saw replaced.
  monotonic-writes     Whoever knows a write knows its client's earlier ones (with contexts \
only).
  writes-follow-reads  Whoever knows a write knows what its client had read before (with \
contexts only).
  causal               A read misses nothing that came before it by the order within clients and \
from writes to their readers, over all keys (Ahamad et al. 1995).
  lost-update          Registers: no two acknowledged writes follow the same version (Berenson \
et al. 1995); contexts: no acknowledged write is covered and not returned \
though nobody who had got it had written since.
  k-staleness[=K]      Reads return one of the K freshest values, 2 if not said: 1 and 2 exactly \
(Golab, Hurwitz and Li 2013), beyond that by bounds; contexts: exactly \
(Bailis et al. 2012).
  t-staleness[=TIME]   No read misses a write that had been acknowledged for longer, 0 if not \
said.";

/// How a history is written.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// By the name of the file, else by how it begins
    Auto,
    Jsonl,
    Edn,
}

/// `reproduce`
#[derive(Args, Debug)]
pub struct Reproduce {
    /// Names of reproductions [default: all]
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// List the reproductions, a line each
    #[arg(long)]
    pub list: bool,
    /// Spend less effort, for a first look
    #[arg(long)]
    pub reduced: bool,
    /// How many runs at a time [default: one for each core]; nothing else depends on it
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Seed of all luck: decimal, 0x hexadecimal, or a git commit hash of 40 digits
    #[arg(long, value_name = "SEED", default_value = "1")]
    pub seed: String,
    /// Ask for another cluster than the paper's, where that can be: whole numbers with commas
    /// between (figure-8: nodes, copies, tokens, partitions, as in tokens=8,64)
    #[arg(long = "set", value_name = "NAME=NUMBERS")]
    pub settings: Vec<String>,
    /// Folder for what is written: a folder for each name, and a summary over all
    #[arg(long, value_name = "DIR", default_value = "results/paper")]
    pub out: PathBuf,
}

/// How it speaks.
#[derive(Args, Debug, Clone)]
pub struct Looks {
    /// Say nothing but the result
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more: where files are read from, how fast it went
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// Colour in complaints
    #[arg(long, value_enum, default_value = "auto", global = true, value_name = "WHEN")]
    pub color: When,
    /// How to show progress: a bar on a terminal, else a plain line every ten seconds
    #[arg(long, value_enum, default_value = "auto", global = true, value_name = "HOW")]
    pub progress: Progress,
}

/// When to use colour.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

/// How to show progress.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// A bar on a terminal, plain lines elsewhere
    Auto,
    Bar,
    Plain,
    None,
}
