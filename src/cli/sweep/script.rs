//! `sweep --script`: the job script that does a sweep in shards.

use crate::cli::exit::Failure;
use crate::cli::run::quoted;
use crate::cli::sweep::arguments::{Engine, Sweep};
use crate::cli::sweep::folder_of;
use crate::report::sweep::plan::Plan;

/// The script for an engine.
pub fn script(engine: Engine, arguments: &Sweep, plan: &Plan) -> Result<String, Failure> {
    if arguments.scenario == "-" {
        let why = "a script cannot read the scenario from standard input; name a file";
        return Err(Failure::Arguments(why.to_string()));
    }
    let (sweep, shards) = (command(arguments), arguments.shards);
    let out = quoted(&folder_of(arguments, plan).display().to_string());
    let runs = plan.size();
    let about = format!(
        "# {}: {runs} runs in {shards} shards. The number of shards stands here as a number: a\n\
         # part that is started again must not count the parts that are started with it.\n",
        plan.scenario
    );
    Ok(match engine {
        Engine::Slurm => format!(
            "#!/bin/sh\n#SBATCH --job-name=dynamo-sim\n#SBATCH --array=1-{shards}\n\
             #SBATCH --cpus-per-task=1\n#SBATCH --requeue\n#SBATCH --open-mode=append\n{about}\
             #   all parts:    sbatch THIS-FILE\n\
             #   part 5 again: sbatch --array=5 THIS-FILE\n\
             #   the tables:   dynamo-sim merge {out}\n\
             #   (with the parts done: sbatch --dependency=afterany:JOB --wrap 'dynamo-sim merge \
             DIR')\n\
             exec {sweep} \\\n  --shard \"$SLURM_ARRAY_TASK_ID/{shards}\" \
             --jobs \"${{SLURM_CPUS_PER_TASK:-1}}\" --exit-zero -q --out {out}\n"
        ),
        Engine::Parallel => format!(
            "#!/bin/sh\nset -eu\n{about}\
             # Started again, it passes over the parts that are whole.\n\
             parallel --retries 3 --line-buffer \\\n  {} ::: $(seq {shards})\n\
             dynamo-sim merge {out}{}\n",
            quoted(&format!("{sweep} --shard {{}}/{shards} --jobs 1 --exit-zero -q --out {out}")),
            if arguments.exit_zero { " --exit-zero" } else { "" }
        ),
    })
}

/// What all parts have in common.
fn command(arguments: &Sweep) -> String {
    let mut command = format!("dynamo-sim sweep {}", quoted(&arguments.scenario));
    let each = [
        ("--sweep", &arguments.axes),
        ("--set", &arguments.overrides),
        ("--where", &arguments.constraints),
    ];
    for (option, values) in each {
        for value in values {
            command.push_str(&format!(" {option} {}", quoted(value)));
        }
    }
    if let Some(seeds) = &arguments.seeds {
        command.push_str(&format!(" --seeds {}", quoted(seeds)));
    }
    if arguments.warm_up != "0s" {
        command.push_str(&format!(" --warm-up {}", quoted(&arguments.warm_up)));
    }
    command
}
