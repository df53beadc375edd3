//! Sweeps under what people really use: GNU parallel, Slurm, pandas and polars.
//!
//! Where an engine is missing, its test says so on standard error and proves nothing; as root on
//! Debian, `ENGINES=install cargo test --test engines -- --nocapture` installs it first. The test
//! of pandas and polars needs the network: `cargo test --test engines -- --ignored`.

#![cfg(unix)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

/// A study of some seconds.
const STUDY: &str = r#"{ "name": "study", "duration": "60s",
    "cluster": { "nodes": 5, "n": 3 },
    "workload": { "clients": 8, "keys": { "uniform": { "count": 50 } } },
    "faults": [ { "crash": { "node": "n1", "at": "20s", "restart_after": "5s" } } ],
    "sweep": { "axes": { "cluster.r": [1, 2, 3], "cluster.w": [1, 2, 3],
                         "network.latency.exponential.mean": ["1ms", "2ms"] },
               "where": ["r + w > n"], "seeds": 20 } }"#;

const TABLES: [&str; 6] =
    ["table.csv", "table.jsonl", "dictionary.json", "summary.json", "nodes.csv", "faults.csv"];

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Place {
        let place = Place(tempfile::tempdir().expect("there is a place for temporary files"));
        std::fs::write(place.path("study.json"), STUDY).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A command that finds the program as `dynamo-sim`.
    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let folder = Path::new(env!("CARGO_BIN_EXE_dynamo-sim")).parent().unwrap();
        let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.0.path()).env("PATH", path);
        command
    }

    fn output(&self, program: &str, arguments: &[&str]) -> Output {
        self.command(program, arguments).output().expect("the program can be started")
    }

    /// What a command that must succeed prints.
    #[track_caller]
    fn prints(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.output(program, arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{program} {arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// A line for the program itself.
    #[track_caller]
    fn runs(&self, line: &str) -> String {
        self.prints("dynamo-sim", &line.split(' ').collect::<Vec<_>>())
    }

    fn tables(&self, folder: &str) -> Vec<String> {
        let read = |name: &&str| std::fs::read_to_string(self.path(folder).join(name)).unwrap();
        TABLES.iter().map(read).collect()
    }
}

/// Past the capture of the test harness: who reads the log must see it.
fn aloud(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "\n==== {text} ====");
}

/// Is the program there, or could it be installed? Otherwise says so.
fn has(program: &str, packages: &[&str]) -> bool {
    let there = || {
        let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
        found.is_ok_and(|output| output.status.success())
    };
    if !there() && std::env::var("ENGINES").is_ok_and(|what| what == "install") {
        aloud(&format!("installing {}", packages.join(" ")));
        let mut command = Command::new("apt-get");
        command.args(["install", "-y", "--no-install-recommends"]).args(packages);
        let _ = command.env("DEBIAN_FRONTEND", "noninteractive").output();
    }
    if !there() {
        aloud(&format!("SKIPPED: {program} is not here; nothing was proved (ENGINES=install)"));
    }
    there()
}

#[test]
fn gnu_parallel_does_a_sweep() {
    if !has("parallel", &["parallel"]) {
        return;
    }
    let place = Place::new();
    place.runs("sweep study.json --out whole --jobs 2 -q --set duration=30s");
    let line = "sweep study.json --set duration=30s --script parallel --shards 5 --out parts";
    let script = place.runs(line);
    assert!(script.contains("{}/5"), "the number of shards is written out: {script}");
    std::fs::write(place.path("job.sh"), script).unwrap();
    place.prints("sh", &["job.sh"]);
    assert_eq!(place.tables("parts"), place.tables("whole"));
    // Started again, nothing is done again, and one that lost a part does it.
    let part = first(&place.path("parts"), "-4-of-5.jsonl");
    std::fs::remove_file(part).unwrap();
    place.prints("sh", &["job.sh"]);
    assert_eq!(place.tables("parts"), place.tables("whole"));
}

fn first(folder: &Path, end: &str) -> PathBuf {
    let mut paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.find(|it| it.to_string_lossy().ends_with(end)).expect("there is such a file")
}

/// A Slurm of two nodes on this machine, without systemd or munge. Dropped, it ends.
struct Slurm<'p> {
    place: &'p Place,
    conf: String,
}

const PIDS: [&str; 3] = ["slurmd.n1.pid", "slurmd.n2.pid", "ctld.pid"];

/// A task of an array.
struct Running {
    job: String,
    task: String,
}

/// Ports that nobody has: several such clusters may be on one machine.
fn free_ports() -> [u16; 3] {
    let any = || std::net::TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    [any(), any(), any()].map(|it| it.local_addr().unwrap().port())
}

/// Is the user root? The daemons start jobs as others.
fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("there is an `id`");
    id.stdout == b"0\n"
}

impl Slurm<'_> {
    fn start(place: &Place) -> Slurm<'_> {
        let root = place.0.path().display().to_string();
        for folder in ["state", "spool.n1", "spool.n2", "log"] {
            std::fs::create_dir_all(place.path(folder)).unwrap();
        }
        let [controller, first, second] = free_ports();
        let node = "NodeHostname=localhost NodeAddr=127.0.0.1 CPUs=1 RealMemory=1000 State=UNKNOWN";
        let conf = format!(
            "ClusterName=one\nSlurmctldHost=localhost\nAuthType=auth/none\nCredType=cred/none\n\
             SlurmUser=root\nStateSaveLocation={root}/state\nSlurmdSpoolDir={root}/spool.%n\n\
             SlurmctldPidFile={root}/ctld.pid\nSlurmdPidFile={root}/slurmd.%n.pid\n\
             SlurmctldLogFile={root}/log/ctld\nSlurmdLogFile={root}/log/slurmd.%n\n\
             SlurmctldPort={controller}\nProctrackType=proctrack/linuxproc\n\
             TaskPlugin=task/none\nJobAcctGatherType=jobacct_gather/none\n\
             AccountingStorageType=accounting_storage/none\nSelectType=select/cons_tres\n\
             SelectTypeParameters=CR_Core\nMpiDefault=none\nReturnToService=2\n\
             SchedulerParameters=batch_sched_delay=0,sched_interval=2\nSlurmdTimeout=5\n\
             NodeName=n1 {node} Port={first}\nNodeName=n2 {node} Port={second}\n\
             PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP\n"
        );
        let path = place.path("slurm.conf");
        std::fs::write(&path, conf).unwrap();
        let slurm = Slurm { place, conf: path.display().to_string() };
        slurm.prints("slurmctld", &["-f", &slurm.conf, "-c"]);
        slurm.node("n1");
        slurm.node("n2");
        slurm.wait("both nodes are idle", || slurm.output("sinfo -h -o %t%D").contains("idle2"));
        slurm
    }

    fn node(&self, name: &str) {
        self.prints("slurmd", &["-f", &self.conf, "-N", name]);
    }

    /// What a line says; nothing where it fails.
    fn output(&self, line: &str) -> String {
        let mut words = line.split(' ');
        let program = words.next().expect("a line begins with a program");
        let mut command = self.place.command(program, &words.collect::<Vec<_>>());
        let output = command.env("SLURM_CONF", &self.conf).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_string()
    }

    #[track_caller]
    fn prints(&self, program: &str, arguments: &[&str]) -> String {
        let mut command = self.place.command(program, arguments);
        let output = command.env("SLURM_CONF", &self.conf).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{program} {arguments:?}: {said}");
        String::from_utf8_lossy(&output.stdout).trim().to_string()
    }

    #[track_caller]
    fn wait(&self, what: &str, mut holds: impl FnMut() -> bool) {
        for _ in 0..1200 {
            if holds() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let told = self.output("squeue") + "\n" + &self.output("sinfo");
        let told = told + "\n" + &self.output("scontrol show job");
        let log = std::fs::read_to_string(self.place.path("log/ctld")).unwrap_or_default();
        panic!("waited two minutes until {what}:\n{told}\n{log}");
    }

    /// What Slurm says that a node works on.
    fn running(&self, node: &str) -> Option<Running> {
        let told = self.output(&format!("squeue -h -t R -w {node} -o %A/%K"));
        let (job, task) = told.lines().next()?.split_once('/')?;
        Some(Running { job: job.to_string(), task: task.to_string() })
    }

    /// How each task of a job stands, as `scontrol` tells it: `COMPLETED`, `RUNNING` and so on.
    fn states(&self, job: &str) -> Vec<String> {
        let told = self.output(&format!("scontrol -o show job {job}"));
        let state = |line: &str| Some(line.split("JobState=").nth(1)?.split(' ').next()?.into());
        told.lines().filter_map(state).collect()
    }

    /// The processes of a running task: first who watches over it, then the task itself. Slurm
    /// tells those of one node only where two have the name of one machine.
    fn processes(&self, running: &Running) -> Vec<String> {
        let ours = format!("SLURM_CONF={}", self.conf);
        let (watcher, job) =
            (format!("slurmstepd: [{}.", running.job), format!("SLURM_JOB_ID={}", running.job));
        let entries = std::fs::read_dir("/proc").unwrap().flatten();
        let ids = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let ids = ids.filter(|id| id.chars().all(|c| c.is_ascii_digit()));
        let (mut watchers, mut tasks) = (Vec::new(), Vec::new());
        for id in ids {
            let read = |what: &str| {
                let bytes = std::fs::read(format!("/proc/{id}/{what}")).unwrap_or_default();
                String::from_utf8_lossy(&bytes).into_owned()
            };
            let environment = read("environ");
            let has = |wanted: &str| environment.split('\0').any(|variable| variable == wanted);
            if has(&ours) && read("cmdline").starts_with(&watcher) {
                watchers.push(id);
            } else if has(&ours) && has(&job) {
                tasks.push(id);
            }
        }
        assert!(!watchers.is_empty() && !tasks.is_empty(), "{watchers:?} watch {tasks:?}");
        watchers.extend(tasks);
        watchers
    }

    /// The node dies: its daemon and all that runs on it.
    fn kill(&self, node: &str, running: &Running) {
        let pid = std::fs::read_to_string(self.place.path(&format!("slurmd.{node}.pid"))).unwrap();
        for id in std::iter::once(pid.trim().to_string()).chain(self.processes(running)) {
            let _ = Command::new("kill").args(["-9", &id]).output();
        }
    }
}

impl Drop for Slurm<'_> {
    fn drop(&mut self) {
        self.output("scancel --user=root");
        for name in PIDS {
            if let Ok(pid) = std::fs::read_to_string(self.place.path(name)) {
                let _ = Command::new("kill").arg(pid.trim()).output();
            }
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// The rows that attempts at a part have kept so far.
fn kept(folder: &Path, part: &str) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mine = entries
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().contains(&format!("-{part}-of-4.jsonl.partial-")));
    mine.map(|path| std::fs::read_to_string(path).map_or(0, |it| it.lines().count())).sum()
}

#[test]
fn slurm_does_a_sweep_though_a_node_dies() {
    let packages = ["slurmctld", "slurmd", "slurm-client"];
    if !["slurmctld", "slurmd", "sbatch"].iter().all(|program| has(program, &packages)) {
        return;
    }
    if !is_root() {
        return aloud("SKIPPED: a Slurm of one's own must be started by root; nothing was proved");
    }
    let place = Place::new();
    let study = "sweep study.json --seeds 5";
    place.runs(&format!("{study} --out whole -q"));
    let script = place.runs(&format!("{study} --script slurm --shards 4 --out parts"));
    assert!(script.contains("$SLURM_ARRAY_TASK_ID/4"), "written out: {script}");
    std::fs::write(place.path("job.sh"), script).unwrap();
    let slurm = Slurm::start(&place);
    let job = slurm.prints("sbatch", &["--parsable", "job.sh"]);
    let lost = a_node_dies(&slurm, &job);
    // Slurm would start the lost task again in two minutes; its user does not wait for that.
    slurm.prints("scancel", &[&job]);
    let told = place.output("dynamo-sim", &["merge", "parts"]);
    assert_eq!(told.status.code(), Some(3), "the part of the dead node is missing");
    let told = String::from_utf8(told.stderr).unwrap();
    assert!(told.contains(&format!("again: {lost}/4")), "{told}");
    aloud(&format!("n2 was killed; {} - submitted again: --array={lost}", told.trim()));
    // One task of the array again, on the node that is back: Slurm then counts one task in all,
    // the script four.
    slurm.node("n2");
    slurm.wait("n2 is back", || slurm.output("sinfo -h -n n2 -o %t") == "idle");
    let array = format!("--array={lost}");
    let again = slurm.prints("sbatch", &["--parsable", "--nodelist=n2", &array, "job.sh"]);
    slurm.wait("the second job is done", || slurm.states(&again) == ["COMPLETED"]);
    place.runs("merge parts -q");
    assert_eq!(place.tables("parts"), place.tables("whole"));
    aloud("Slurm: the merged tables are those of one process");
}

/// The second node dies while it works on a part; the first does all others. Tells which is lost.
fn a_node_dies(slurm: &Slurm<'_>, job: &str) -> String {
    let parts = slurm.place.path("parts");
    let mut working = None;
    slurm.wait("n2 has kept some runs of its part", || {
        working = slurm.running("n2");
        working.as_ref().is_some_and(|it| kept(&parts, &it.task) > 2)
    });
    let working = working.expect("it was waited for");
    slurm.kill("n2", &working);
    let done = kept(&parts, &working.task);
    assert!((3..15).contains(&done), "n2 died in the middle of its part, after {done} runs");
    slurm.wait("Slurm has seen that n2 is gone", || {
        slurm.output("sinfo -h -n n2 -o %t").starts_with("down")
    });
    slurm.wait("n1 has done all other parts", || {
        let states = slurm.states(job);
        let done = states.iter().filter(|state| *state == "COMPLETED").count();
        done == 3 && states.len() == 4
    });
    working.task
}

#[test]
#[ignore = "needs the network: makes a venv and installs pandas and polars"]
fn pandas_and_polars_load_the_table() {
    let place = Place::new();
    place.runs("sweep study.json --out out --seeds 3 --set duration=30s -q");
    place.prints("python3", &["-m", "venv", "venv"]);
    place.prints("venv/bin/pip", &["install", "-q", "pandas", "polars"]);
    let program = r#"
import json, pandas, polars
names = [it["column"] for it in json.load(open("out/dictionary.json"))]
kinds = {it["column"]: it["type"] for it in json.load(open("out/dictionary.json"))}
a = pandas.read_csv("out/table.csv")
b = pandas.read_json("out/table.jsonl", lines=True)
c = polars.read_csv("out/table.csv", infer_schema_length=None)
d = polars.read_ndjson("out/table.jsonl", infer_schema_length=None)
for frame in (a, b, c, d):
    assert set(frame.columns) == set(names), set(names) ^ set(frame.columns)
    # polars takes the members of JSON objects in an order of its own.
    assert list(frame.columns) == names or frame is d, "the order of the columns"
    assert len(frame) == 36, len(frame)
for name in names:
    if kinds[name] in ("integer", "number"):
        assert a[name].dtype.kind in "if", (name, a[name].dtype)
        assert c[name].null_count() == len(c) or c[name].dtype.is_numeric(), (name, c[name].dtype)
assert (a["availability.put"] == b["availability.put"]).all()
by = a.groupby(["cluster.r", "network.latency.exponential.mean_ms"])["latency.get.mean_ms"].mean()
summary = json.load(open("out/summary.json"))
point = summary["points"][0]
mine = a[a["point"] == 0]["latency.get.mean_ms"].mean()
assert abs(point["figures"]["latency.get.mean_ms"]["mean"] - mine) < 1e-9 * mine
nodes, faults = pandas.read_csv("out/nodes.csv"), pandas.read_csv("out/faults.csv")
assert len(nodes) == 36 * 5 and len(faults) == 36
run = ["point", "seed"]
most = nodes.groupby(run)["load.coordinated"].max().rename("most").reset_index()
both = a.merge(most, on=run, validate="one_to_one")
assert len(both) == 36 and (both["load.coordinated_max"] == both["most"]).all()
wide = faults.pivot(index=run, columns="label", values="operations")
assert wide.shape == (36, 1) and (wide >= 0).all().all()
f = polars.read_csv("out/nodes.csv").join(c, on=run)
assert len(f) == 36 * 5
kinds = [name for name in names if name.startswith("messages.") and name.endswith(".sent")]
parts = a[[name for name in kinds if name != "messages.total.sent"]].sum(axis=1)
assert (parts == a["messages.total.sent"]).all() and len(kinds) > 30
e = c.group_by("cluster.r").agg(polars.col("latency.get.mean_ms").mean())
assert len(e) == 3
print("pandas", pandas.__version__, "polars", polars.__version__, a.shape, len(by))
"#;
    std::fs::write(place.path("load.py"), program).unwrap();
    aloud(&place.prints("venv/bin/python", &["load.py"]));
}
