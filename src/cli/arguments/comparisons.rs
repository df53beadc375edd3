//! What can be typed to compare settings.

use std::path::PathBuf;

use clap::Args;

/// `diff`
#[derive(Args, Debug)]
pub struct Diff {
    /// A scenario file, the name of one that comes with the program, or - for standard input
    #[arg(value_name = "LEFT")]
    pub scenario: String,
    /// The scenario to compare with [default: the same one]
    #[arg(value_name = "RIGHT")]
    pub other: Option<String>,
    /// Change a field of the left side only: a dotted path, and a value as JSON or else a string
    #[arg(long, value_name = "PATH=VALUE")]
    pub left: Vec<String>,
    /// Change a field of the right side only
    #[arg(long, value_name = "PATH=VALUE")]
    pub right: Vec<String>,
    /// Change a field of both sides
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub overrides: Vec<String>,
    /// Seeds of the pairs: 1..20 with both ends, or some with commas between
    #[arg(long, value_name = "SEEDS", default_value = "1..20")]
    pub seeds: String,
    /// How many pairs to run at a time [default: one for each core]; nothing else depends on it
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Leave operations that begin before this out of all figures that are told by parts of the
    /// run, as in 10s
    #[arg(long, value_name = "TIME", default_value = "0s")]
    pub warm_up: String,
    /// Show only figures whose path begins like this (latency.get)
    #[arg(long, value_name = "PREFIX")]
    pub metric: Vec<String>,
    /// Show also figures that are not surely different
    #[arg(long)]
    pub all: bool,
    /// Print everything as JSON
    #[arg(long)]
    pub json: bool,
}

/// `frontier`
#[derive(Args, Debug)]
pub struct Frontier {
    /// A scenario file, the name of one that comes with the program, or - for standard input
    #[arg(default_value = "frontier")]
    pub scenario: String,
    /// Let a field take these values, beside or instead of the usual ones: every R and W up to N,
    /// sloppy and strict quorums, dotted versions and the last write, read repair on and off
    #[arg(long, value_name = "PATH=VALUE,...")]
    pub vary: Vec<String>,
    /// Keep a field as it is in the scenario
    #[arg(long, value_name = "PATH")]
    pub keep: Vec<String>,
    /// Change a field in all settings
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub overrides: Vec<String>,
    /// Seeds, the same for each setting: 1..10 with both ends, or some with commas between
    #[arg(long, value_name = "SEEDS", default_value = "1..10")]
    pub seeds: String,
    /// How many runs at a time [default: one for each core]; nothing else depends on it
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Folder for table and plots [default: results/frontier/<name>]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print everything as JSON instead of the table
    #[arg(long)]
    pub json: bool,
    /// Write no files
    #[arg(long, conflicts_with = "out")]
    pub dry_run: bool,
}
