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

const TABLES: [&str; 4] = ["table.csv", "table.jsonl", "dictionary.json", "summary.json"];

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

impl Slurm<'_> {
    fn start(place: &Place) -> Slurm<'_> {
        let root = place.0.path().display().to_string();
        for folder in ["state", "spool.n1", "spool.n2", "log"] {
            std::fs::create_dir_all(place.path(folder)).unwrap();
        }
        let conf = format!(
            "ClusterName=one\nSlurmctldHost=localhost\nAuthType=auth/none\nCredType=cred/none\n\
             SlurmUser=root\nStateSaveLocation={root}/state\nSlurmdSpoolDir={root}/spool.%n\n\
             SlurmctldPidFile={root}/ctld.pid\nSlurmdPidFile={root}/slurmd.%n.pid\n\
             SlurmctldLogFile={root}/log/ctld\nSlurmdLogFile={root}/log/slurmd.%n\n\
             SlurmctldPort=16817\nProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\n\
             JobAcctGatherType=jobacct_gather/none\n\
             AccountingStorageType=accounting_storage/none\nSelectType=select/cons_tres\n\
             SelectTypeParameters=CR_Core\nMpiDefault=none\nReturnToService=2\n\
             SchedulerParameters=batch_sched_delay=0,sched_interval=2\nSlurmdTimeout=10\n\
             NodeName=n[1-2] NodeHostname=localhost NodeAddr=127.0.0.1 Port=[17001-17002] CPUs=1 \
             RealMemory=1000 State=UNKNOWN\n\
             PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP\n"
        );
        let path = place.path("slurm.conf");
        std::fs::write(&path, conf).unwrap();
        let slurm = Slurm { place, conf: path.display().to_string() };
        slurm.prints("slurmctld", &["-f", &slurm.conf, "-c"]);
        slurm.node("n1");
        slurm.node("n2");
        slurm.wait("both nodes are idle", || {
            slurm.output("sinfo", &["-h", "-o", "%t%D"]).contains("idle2")
        });
        slurm
    }

    fn node(&self, name: &str) {
        self.prints("slurmd", &["-f", &self.conf, "-N", name]);
    }

    fn output(&self, program: &str, arguments: &[&str]) -> String {
        let mut command = self.place.command(program, arguments);
        let output = command.env("SLURM_CONF", &self.conf).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
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
        let told = self.output("squeue", &[]) + &self.output("sinfo", &[]);
        panic!("waited two minutes until {what}:\n{told}");
    }

    /// Processes of jobs on a node, by what Slurm puts into their environment.
    fn processes(&self, node: &str) -> Vec<String> {
        let wanted = [format!("SLURMD_NODENAME={node}"), format!("SLURM_CONF={}", self.conf)];
        let entries = std::fs::read_dir("/proc").unwrap().flatten();
        let ids = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let ids = ids.filter(|id| id.chars().all(|c| c.is_ascii_digit()));
        let ours = |id: &String| {
            let bytes = std::fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let has = |wanted: &String| text.split('\0').any(|variable| variable == wanted);
            wanted.iter().all(has)
        };
        ids.filter(ours).collect()
    }

    /// The node dies: its daemon and all that runs on it.
    fn kill(&self, node: &str) {
        let pid = std::fs::read_to_string(self.place.path(&format!("slurmd.{node}.pid"))).unwrap();
        for id in std::iter::once(pid.trim().to_string()).chain(self.processes(node)) {
            let _ = Command::new("kill").args(["-9", &id]).output();
        }
    }
}

impl Drop for Slurm<'_> {
    fn drop(&mut self) {
        let _ = self.output("scancel", &["--user=root"]);
        for name in PIDS {
            if let Ok(pid) = std::fs::read_to_string(self.place.path(name)) {
                let _ = Command::new("kill").arg(pid.trim()).output();
            }
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}

#[test]
#[ignore = "brings up a cluster of two nodes and kills one: takes minutes, and depends on their pace"]
fn slurm_does_a_sweep_though_a_node_dies() {
    let packages = ["slurmctld", "slurmd", "slurm-client"];
    if !["slurmctld", "slurmd", "sbatch"].iter().all(|program| has(program, &packages)) {
        return;
    }
    let place = Place::new();
    place.runs("sweep study.json --seeds 10 --set duration=120s --out whole -q");
    let line =
        "sweep study.json --seeds 10 --set duration=120s --script slurm --shards 8 --out parts";
    let script = place.runs(line);
    assert!(script.contains("$SLURM_ARRAY_TASK_ID/8"), "written out: {script}");
    std::fs::write(place.path("job.sh"), script).unwrap();
    let slurm = Slurm::start(&place);
    let job = slurm.prints("sbatch", &["--parsable", "job.sh"]);
    // The node dies while it works on a part, and comes back.
    slurm.wait("n2 works", || slurm.processes("n2").len() > 1);
    std::thread::sleep(Duration::from_millis(300));
    slurm.kill("n2");
    let state = || slurm.output("squeue", &["-h", "-o", "%i %N %t"]);
    slurm.wait("n1 has done the rest", || !state().lines().any(|line| line.contains(" n1 ")));
    slurm.prints("scancel", &[&job]);
    slurm.node("n2");
    let _ = slurm.output("scontrol", &["update", "nodename=n2", "state=resume"]);
    slurm.wait("the first job is gone", || state().trim().is_empty());
    let told = place.output("dynamo-sim", &["merge", "parts"]);
    assert_eq!(told.status.code(), Some(3), "the part of the dead node is missing");
    let told = String::from_utf8(told.stderr).unwrap();
    let missing = told.lines().next().unwrap().split("again: ").nth(1).expect(&told);
    let array = missing.replace("/8", "").replace(", ", ",");
    aloud(&format!("n2 was killed; {} - submitted again: {array}", told.trim()));
    // One task of the array again: Slurm then counts one task in all, the script eight.
    slurm.prints("sbatch", &["--parsable", &format!("--array={array}"), "job.sh"]);
    slurm.wait("the second job is done", || state().trim().is_empty());
    place.runs("merge parts -q");
    assert_eq!(place.tables("parts"), place.tables("whole"));
    aloud("Slurm: the merged tables are those of one process");
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
e = c.group_by("cluster.r").agg(polars.col("latency.get.mean_ms").mean())
assert len(e) == 3
print("pandas", pandas.__version__, "polars", polars.__version__, a.shape, len(by))
"#;
    std::fs::write(place.path("load.py"), program).unwrap();
    aloud(&place.prints("venv/bin/python", &["load.py"]));
}
