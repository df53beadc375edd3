//! What can be typed behind `sweep` and `merge`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `sweep`
#[derive(Args, Debug, Clone)]
#[command(after_long_help = ENGINES)]
pub struct Sweep {
    /// A scenario: what varies stands in its section `sweep`, or in --sweep
    #[arg(default_value = "quorums")]
    pub scenario: String,
    /// Vary a field: a dotted path, and its values as 1,2,3 or 1..9, or as in the section `sweep`
    #[arg(long = "sweep", value_name = "PATH=VALUES")]
    pub axes: Vec<String>,
    /// Change a field at all points: a dotted path, and a value as JSON or else a string
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub overrides: Vec<String>,
    /// Leave out combinations that do not keep this, as in "r + w > n"
    #[arg(long = "where", value_name = "CONSTRAINT")]
    pub constraints: Vec<String>,
    /// Seeds of the repetitions: how many, or the first and the last as in 1..100
    #[arg(long, value_name = "SEEDS")]
    pub seeds: Option<String>,
    /// Repeat each point until the 95 % interval of a figure is this narrow: its path, and half of
    /// the interval's length in its unit. --seeds then says the most repetitions [default: 1000]
    #[arg(long, value_name = "FIGURE=WIDTH", conflicts_with_all = ["shard", "script"])]
    pub until_halfwidth: Vec<String>,
    /// Leave operations that begin before this out of all figures that are told by parts of the
    /// run, as in 10s
    #[arg(long, value_name = "TIME", default_value = "0s")]
    pub warm_up: String,
    /// How many runs at a time [default: one for each core]; nothing else depends on it
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Folder for rows and tables [default: results/sweeps/<name>]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print the points, the number of runs, and how long they may take; one run is made for that
    #[arg(long)]
    pub dry_run: bool,
    /// Do one part of the runs only, as in 3/8; `merge` makes the tables of all parts
    #[arg(long, value_name = "K/N", conflicts_with = "dry_run")]
    pub shard: Option<String>,
    /// Print a script that does the sweep in shards under this engine
    #[arg(long, value_enum, value_name = "ENGINE", conflicts_with_all = ["dry_run", "shard"])]
    pub script: Option<Engine>,
    /// Shards of the script
    #[arg(long, value_name = "N", default_value_t = 8, requires = "script",
        value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub shards: u64,
    /// Print the summary as JSON
    #[arg(long)]
    pub json: bool,
    /// Exit with 0 also where runs have findings, for engines that try again whatever fails
    #[arg(long)]
    pub exit_zero: bool,
}

/// `merge`
#[derive(Args, Debug)]
pub struct Merge {
    /// Folders with the parts of a sweep
    #[arg(required = true, value_name = "DIR")]
    pub folders: Vec<PathBuf>,
    /// Folder for the tables [default: the first DIR]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Which sweep, by the first digits of its plan, where the folders hold parts of several
    #[arg(long, value_name = "PLAN")]
    pub plan: Option<String>,
    /// Print the summary as JSON
    #[arg(long)]
    pub json: bool,
    /// Exit with 0 also where runs have findings
    #[arg(long)]
    pub exit_zero: bool,
}

/// What starts the shards of a sweep.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    /// A job array
    Slurm,
    /// GNU parallel, on one machine or several
    Parallel,
}

const ENGINES: &str = "\
Where one machine is not enough. A sweep is cut into N shards; shard K of N does every N-th run, \
whoever starts it, and may be killed, started again or started twice: what was done is never \
done again, and two attempts give the same bytes. `dynamo-sim merge DIR` then makes the tables, \
the same bytes as those of one process, or tells with exit code 3 which shards are missing. \
Write N as a number: a job array of which one task is submitted again counts one task only. A \
shard exits with 0, or with 1 if runs have findings (--exit-zero: 0 as well); anything else asks \
to be started again.

  Slurm (tested)
    dynamo-sim sweep SCENARIO --script slurm --shards 8 > job.sh
    sbatch job.sh                # one task again: sbatch --array=5 job.sh
  GNU parallel (tested)
    dynamo-sim sweep SCENARIO --script parallel --shards 8 > job.sh
    sh job.sh                    # several machines: --sshlogin, with DIR on all of them

Not tested, as a place to begin; SHARD stands for
dynamo-sim sweep SCENARIO --exit-zero --out DIR --shard

  Kubernetes: an indexed job with DIR on a shared volume (completionMode: Indexed,
    completions: 8, parallelism: 8, backoffLimitPerIndex: 3) and the command
    sh -c 'SHARD $((JOB_COMPLETION_INDEX + 1))/8'
  HyperQueue:
    hq submit --array 1-8 sh -c 'SHARD $HQ_TASK_ID/8'
  Dask:
    run = lambda k: subprocess.check_call(f\"SHARD {k}/8\", shell=True)
    client.gather(client.map(run, range(1, 9), retries=3))";
