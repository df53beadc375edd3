//! Sweeps as their users meet them: the same bytes however they are cut, stopped and begun again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Quick runs: two axes, a constraint, some runs that are findings and some that are not.
const STUDY: &str = r#"{ "name": "study", "duration": "3s",
    "cluster": { "nodes": 5, "n": 3 },
    "workload": { "clients": 4, "keys": { "uniform": { "count": 20 } } },
    "faults": [ { "crash": { "node": "n1", "at": "1s", "restart_after": "1s" } } ],
    "sweep": {
        "axes": { "cluster.r": [1, 2, 3], "cluster.w": { "from": 1, "to": 3, "step": 1 },
                  "network.latency.exponential.mean": ["1ms", "1500us"] },
        "where": ["r + w > n"], "seeds": "5..7" },
    "expect": [ "latency.get.p50_ms <= 3.2" ] }"#;

const TABLES: [&str; 8] = [
    "table.csv",
    "table.jsonl",
    "dictionary.json",
    "summary.json",
    "nodes.csv",
    "faults.csv",
    "nodes-dictionary.json",
    "faults-dictionary.json",
];

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Place {
        let place = Place(tempfile::tempdir().expect("there is a place for temporary files"));
        place.write("study.json", STUDY);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dynamo-sim"));
        command.args(line.split(' ')).current_dir(self.0.path()).env("NO_COLOR", "1");
        command
    }

    fn run(&self, line: &str) -> Output {
        self.command(line).output().expect("the program can be started")
    }

    /// Runs a command that must end so; gives all that it said.
    #[track_caller]
    fn ends(&self, code: i32, line: &str) -> String {
        let output = self.run(line);
        let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{line}: {said}");
        said
    }

    fn tables(&self, folder: &str) -> Vec<String> {
        let read = |name: &&str| std::fs::read_to_string(self.path(folder).join(name)).unwrap();
        TABLES.iter().map(read).collect()
    }

    /// The files of a folder whose names hold this.
    fn files(&self, folder: &str, with: &str) -> Vec<PathBuf> {
        files(&self.path(folder), with)
    }
}

fn files(folder: &Path, with: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> =
        paths.filter(|it| it.file_name().unwrap().to_string_lossy().contains(with)).collect();
    found.sort();
    found
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The sweep in one process, with one thread.
fn whole(place: &Place) -> Vec<String> {
    place.ends(1, "sweep study.json --out whole --jobs 1 -q");
    place.tables("whole")
}

#[test]
fn the_table_holds_every_run_with_its_units() {
    let place = Place::new();
    let tables = whole(&place);
    let mut table = csv_rows(&tables[0]);
    let heading = table.remove(0);
    let column = |name: &str| heading.iter().position(|it| it == name).expect(name);
    assert_eq!(heading[..2], ["point", "seed"]);
    // Six of nine pairs keep the constraint, two latencies, three seeds.
    assert_eq!(table.len(), 36);
    let latency = column("network.latency.exponential.mean_ms");
    let all = |at: usize| table.iter().map(|row| row[at].clone()).collect::<BTreeSet<_>>();
    assert_eq!(all(latency), ["1.0", "1.5"].map(str::to_string).into());
    assert_eq!(all(column("seed")), ["5", "6", "7"].map(str::to_string).into());
    let status = column("status");
    let ended = all(status);
    assert!(ended.contains("held") && ended.contains("finding"), "{ended:?}");
    let dictionary: Vec<serde_json::Value> = serde_json::from_str(&tables[2]).unwrap();
    let names: Vec<&str> = dictionary.iter().map(|it| it["column"].as_str().unwrap()).collect();
    assert_eq!(names, heading);
    assert!(dictionary.iter().all(|it| it["definition"].as_str().unwrap().len() > 10));
    // What has a unit of time or size says so in its name.
    for it in &dictionary {
        let (name, unit) = (it["column"].as_str().unwrap(), it["unit"].as_str().unwrap());
        assert!(!["ms", "s", "bytes"].contains(&unit) || name.contains(unit), "{name}: {unit}");
    }
    for (line, row) in tables[1].lines().zip(&table) {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["availability.put"].to_string(), row[column("availability.put")]);
        assert_eq!(line.as_object().unwrap().len(), heading.len());
    }
    // The figures are those of the run itself.
    let own = place.run(
        "run study.json --seed 6 --set cluster.r=1 --set cluster.w=3 --set \
         network.latency.exponential.mean=1ms --dry-run --json -q",
    );
    let report: serde_json::Value = serde_json::from_slice(&own.stdout).unwrap();
    let row = &table[1];
    assert_eq!(row[column("digest")], report["header"]["digest"].as_str().unwrap());
    let mean = report["latency"]["get"]["mean_ms"].to_string();
    assert_eq!(row[column("latency.get.mean_ms")], mean);
}

fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_string).collect()).collect()
}

#[test]
fn any_shards_on_any_threads_give_the_same_bytes() {
    let place = Place::new();
    let expected = whole(&place);
    for (of, threads) in [(1, 3), (3, 2), (8, 1), (40, 4)] {
        let folder = format!("of-{of}");
        for number in (1..=of).rev() {
            let code = place.run(&format!(
                "sweep study.json --shard {number}/{of} --jobs {threads} --out {folder} -q"
            ));
            assert!([0, 1].contains(&code.status.code().unwrap()), "{}", text(&code.stderr));
        }
        place.ends(1, &format!("merge {folder} --out {folder}-merged -q"));
        assert_eq!(place.tables(&format!("{folder}-merged")), expected, "{of} shards");
    }
    place.ends(0, "merge of-3 --exit-zero -q");
    assert_eq!(place.tables("of-3"), expected);
}

#[test]
fn missing_parts_are_named_and_partial_ones_are_not_taken_for_whole() {
    let place = Place::new();
    let expected = whole(&place);
    for number in [1, 2, 4] {
        place.ends(0, &format!("sweep study.json --shard {number}/4 --out a --exit-zero -q"));
    }
    let said = place.ends(3, "merge a");
    assert!(said.contains("9 of 36 runs of plan"), "{said}");
    assert!(said.contains("start these shards again: 3/4"), "{said}");
    assert!(!place.path("a/table.csv").exists());
    // A part that lost its end on the way, or all but its name, is not whole.
    let part = &place.files("a", "-2-of-4.jsonl")[0];
    let rows = std::fs::read(part).unwrap();
    for kept in [rows.len() - 1, rows.len() / 2, 0] {
        std::fs::write(part, &rows[..kept]).unwrap();
        let said = place.ends(3, "merge a");
        assert!(said.contains("2/4, 3/4") && said.contains("not whole"), "{said}");
    }
    // Nor is the file of an attempt, whatever it holds.
    let name = format!("{}.partial-x", part.display());
    std::fs::write(&name, &rows).unwrap();
    place.ends(3, "merge a");
    // The shards are started again: what is there is not done again.
    place.ends(0, "sweep study.json --shard 2/4 --out a --exit-zero -q");
    assert!(!Path::new(&name).exists(), "the attempt has become a part");
    // Parts in several folders, one of them twice.
    place.ends(0, "sweep study.json --shard 3/4 --out b --exit-zero -q");
    place.ends(0, "sweep study.json --shard 2/4 --out b --exit-zero -q");
    place.ends(0, "merge a b --out c --exit-zero -q");
    assert_eq!(place.tables("c"), expected);
    // Two results of one run cannot both be true.
    let part = &place.files("b", "-2-of-4.jsonl")[0];
    let other = std::fs::read_to_string(part).unwrap().replacen("\"held\"", "\"finding\"", 1);
    std::fs::write(part, other).unwrap();
    assert!(place.ends(4, "merge a b --out c").contains("has two results"));
}

#[test]
fn merge_tells_sweeps_apart() {
    let place = Place::new();
    place.ends(0, "sweep study.json --shard 1/1 --out a --exit-zero -q");
    place.ends(0, "sweep study.json --shard 1/1 --seeds 1 --out a --exit-zero -q");
    let said = place.ends(2, "merge a");
    assert!(said.contains("several sweeps") && said.contains("study, 12 runs"), "{said}");
    let plan = said.lines().find(|line| line.contains("36 runs")).unwrap().trim()[..8].to_string();
    place.ends(0, &format!("merge a --plan {plan} --exit-zero -q"));
    assert_eq!(csv_rows(&place.tables("a")[0]).len(), 37);
    assert!(place.ends(2, "merge .").contains("there is no plan"));
    place.ends(5, "merge nowhere");
}

/// Starts a sweep that takes some seconds, and kills it when some runs are done.
#[cfg(unix)]
fn killed(place: &Place, line: &str, signal: &str) -> (Option<i32>, usize) {
    let mut child =
        place.command(line).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let rows = || {
        let partial = place.files("long", ".partial-");
        let count =
            |path: &PathBuf| std::fs::read_to_string(path).map_or(0, |it| it.lines().count());
        partial.iter().filter(|it| it.to_string_lossy().contains("jsonl")).map(count).sum::<usize>()
    };
    let before = rows();
    for _ in 0..6000 {
        std::thread::sleep(std::time::Duration::from_millis(5));
        if rows() >= before + 4 {
            break;
        }
    }
    let id = child.id().to_string();
    assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    (child.wait().unwrap().code(), rows())
}

#[cfg(unix)]
#[test]
fn a_sweep_that_is_killed_goes_on_and_does_nothing_twice() {
    let place = Place::new();
    let options = "--seeds 1..20 --set duration=20s --exit-zero";
    place.ends(0, &format!("sweep study.json {options} --jobs 2 --out once -q"));
    let line = format!("sweep study.json {options} --jobs 2 --out long");
    let (code, first) = killed(&place, &line, "-9");
    assert!(code.is_none() && first >= 4, "{code:?} after {first} runs");
    assert!(!place.path("long/table.csv").exists());
    assert!(place.files("long", "part-").iter().all(|it| it.to_string_lossy().contains("partial")));
    // A torn last line, as when the disk was full.
    let partial = &place.files("long", "jsonl.partial-")[0];
    let mut bytes = std::fs::read(partial).unwrap();
    bytes.extend_from_slice(b"{\"index\":7,\"run\":\"00");
    std::fs::write(partial, bytes).unwrap();
    let (code, second) = killed(&place, &line, "-INT");
    assert_eq!(code, Some(130));
    assert!(second > first, "{second} after {first}");
    let said = place.ends(0, &line);
    let told = said.split(" of 240 runs are there").next().unwrap();
    let there: usize = told.lines().last().unwrap().parse().unwrap();
    assert!((first..=second).contains(&there) && there > first, "{there} of {first}, {second}");
    assert_eq!(place.tables("long"), place.tables("once"));
    assert!(place.files("long", "partial").is_empty(), "attempts are cleared away");
    // Nothing is left to do, and more seeds do only what is new.
    assert!(!place.ends(0, &line).contains("are there"));
    let said =
        place.ends(0, "sweep study.json --seeds 1..21 --set duration=20s --exit-zero --out long");
    assert!(said.contains("240 of 252 runs are there"), "{said}");
}

#[test]
fn attempts_that_overlap_give_the_same() {
    let place = Place::new();
    let expected = whole(&place);
    let line = "sweep study.json --shard 1/2 --out a --exit-zero --jobs 1 -q";
    let both = [(); 3].map(|()| place.command(line).spawn().unwrap());
    for mut child in both {
        assert!(child.wait().unwrap().success());
    }
    place.ends(0, "sweep study.json --shard 2/2 --out a --exit-zero -q");
    place.ends(0, "merge a --exit-zero -q");
    assert_eq!(place.tables("a"), expected);
}

#[test]
fn points_that_cannot_be_are_told_before_anything_runs() {
    let place = Place::new();
    let said = place.ends(2, "sweep study.json --sweep cluster.r=2,4,5 --where r>1");
    assert!(said.contains("no scenario at the point cluster.r=4 cluster.w=1"), "{said}");
    assert!(said.contains("12 points of the sweep cannot be run"), "{said}");
    assert!(said.contains("--where"), "{said}");
    let rows = [
        ("--sweep clustr.n=1,2", "did you mean `cluster`?"),
        ("--sweep cluster.r", "write PATH=VALUES"),
        ("--sweep seed=1,2", "seeds are repetitions"),
        ("--where r>x", "`x` is no axis and no field"),
        ("--seeds 5..1", "the first seed comes first"),
        ("--shard 9/8", "from 1/8 to 8/8"),
    ];
    for (options, expected) in rows {
        let said = place.ends(2, &format!("sweep study.json {options} --out bad"));
        assert!(said.contains(expected), "{options}: {said}");
    }
    assert!(!place.path("bad").exists(), "nothing was written");
    let none = place.ends(2, "sweep no-faults");
    assert!(none.contains("has no section `sweep`"), "{none}");
    let plan = place.ends(0, "sweep study.json --dry-run --jobs 2");
    assert!(plan.contains("12 points, each with 3 seeds (5 to 7): 36 runs"), "{plan}");
    let said = place.ends(0, "check study.json");
    assert!(said.contains("a sweep of 12 points and 36 runs"), "{said}");
    let said = place.ends(0, "run study.json --dry-run --set expect=[]");
    assert!(said.contains("one run of the scenario as written"), "{said}");
}

#[test]
fn a_run_with_a_finding_is_a_row() {
    let place = Place::new();
    // With one of the bugs planted, judges find something; without it they do not.
    let line = "sweep partition-leaks.json --sweep plant=null,partition-leaks --out a --json -q";
    let bug = include_str!("../scenarios/bugs/partition-leaks.json");
    place.write("partition-leaks.json", bug);
    let output = place.run(line);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["statuses"]["finding"], 1, "{}", summary["statuses"]);
    let rows = csv_rows(&place.tables("a")[0]);
    let column = |name: &str| rows[0].iter().position(|it| it == name).unwrap();
    assert_eq!(rows[2][column("plant")], "partition-leaks");
    assert_eq!(rows[2][column("status")], "finding");
    assert!(!rows[2][column("problem")].is_empty());
}

#[test]
fn repetitions_go_on_until_the_interval_is_narrow() {
    let place = Place::new();
    let line = "sweep study.json --sweep cluster.r=1,3 --sweep cluster.w=3 --set expect=[] \
                --sweep network.latency.exponential.mean=[\"1ms\"] \
                --until-halfwidth latency.get.mean_ms=5";
    place.ends(0, &format!("{line} --jobs 1 --out one -q"));
    place.ends(0, &format!("{line} --jobs 3 --out three -q"));
    assert_eq!(place.tables("one"), place.tables("three"));
    let summary: serde_json::Value = serde_json::from_str(&place.tables("one")[3]).unwrap();
    for point in summary["points"].as_array().unwrap() {
        let figure = &point["figures"]["latency.get.mean_ms"];
        let width = figure["high"].as_f64().unwrap() - figure["low"].as_f64().unwrap();
        assert!(width <= 10.0 * (1.0 + 1e-9), "{figure}");
        assert_eq!(point["until"]["latency.get.mean_ms"]["reached"], true);
        assert_eq!(point["runs"], figure["runs"]);
        assert!(point["runs"].as_u64().unwrap() >= 30);
    }
    // The most repetitions are made, and it says so.
    let said = place.ends(0, &format!("{line} --seeds 31 --out few").replace("ms=5", "ms=0.5"));
    assert!(said.contains("2 intervals are still wider"), "{said}");
    assert!(
        place.ends(2, "sweep study.json --until-halfwidth latency.x=1").contains("did you mean")
    );
}

/// A table by the names of its columns.
struct Named {
    heading: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Named {
    fn of(text: &str) -> Named {
        let mut rows = csv_rows(text);
        let heading = rows.remove(0);
        Named { heading, rows }
    }

    #[track_caller]
    fn at<'t>(&self, row: &'t [String], column: &str) -> &'t str {
        let place = self.heading.iter().position(|it| it == column);
        &row[place.unwrap_or_else(|| panic!("there is a column {column}"))]
    }
}

#[test]
fn messages_are_told_by_kind_and_nodes_and_faults_one_by_one() {
    let place = Place::new();
    let tables = whole(&place);
    let (table, nodes, faults) =
        (Named::of(&tables[0]), Named::of(&tables[4]), Named::of(&tables[5]));
    let own = place.run(
        "run study.json --seed 6 --set cluster.r=1 --set cluster.w=3 --set \
         network.latency.exponential.mean=1ms --dry-run --json -q",
    );
    let report: serde_json::Value = serde_json::from_slice(&own.stdout).unwrap();
    let row = &table.rows[1];
    let mut sum = 0;
    for (kind, traffic) in report["messages"].as_object().unwrap() {
        for what in ["sent", "bytes"] {
            let cell = table.at(row, &format!("messages.{kind}.{what}"));
            assert_eq!(cell, traffic[what].to_string(), "{kind}");
        }
        sum += if kind == "total" { 0 } else { traffic["sent"].as_u64().unwrap() };
    }
    assert_eq!(table.at(row, "messages.total.sent"), sum.to_string());
    // The same run in the other tables: five nodes, one fault.
    let same = |it: &&Vec<String>| it[..5] == row[..5];
    let of_run: Vec<&Vec<String>> = nodes.rows.iter().filter(same).collect();
    assert_eq!((of_run.len(), nodes.rows.len()), (5, 36 * 5));
    for (number, node) in of_run.iter().enumerate() {
        assert_eq!(nodes.at(node, "node"), format!("n{number}"));
        let coordinated = report["load"]["coordinated"][number].to_string();
        assert_eq!(nodes.at(node, "load.coordinated"), coordinated);
        let carried = report["placement"]["carried"][number].to_string();
        assert_eq!(nodes.at(node, "placement.carried"), carried);
    }
    let of_run: Vec<&Vec<String>> = faults.rows.iter().filter(same).collect();
    assert_eq!((of_run.len(), faults.rows.len()), (1, 36));
    let window = &report["faults"]["windows"][0];
    assert_eq!(faults.at(of_run[0], "kind"), "crash");
    assert_eq!(faults.at(of_run[0], "label"), window["label"].as_str().unwrap());
    for what in ["from_s", "to_s", "messages", "bytes", "operations", "nodes", "jobs", "copies"] {
        assert_eq!(faults.at(of_run[0], what), window[what].to_string(), "{what}");
    }
    for (table, text) in [(&nodes, &tables[6]), (&faults, &tables[7])] {
        let columns: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
        let names: Vec<&str> = columns.iter().map(|it| it["column"].as_str().unwrap()).collect();
        assert_eq!(names, table.heading);
        assert!(columns.iter().all(|it| it["definition"].as_str().unwrap().len() > 10), "{text}");
    }
}

/// Nodes that are slow at first: without that time, what is told is what came after it.
#[test]
fn a_warm_up_is_left_out() {
    let place = Place::new();
    let slow = r#"faults=[{ "degrade": { "senders": ["n0..n4"], "receivers": ["n0..n4"],
        "latency": { "constant": "30ms" }, "from": "1ms", "to": "2s" } }]"#;
    let set = ["--set", slow, "--set", "duration=6s", "--set", "expect=[]"];
    let line = |options: &str| {
        let mut command = place.command(&format!("sweep study.json {options} --exit-zero"));
        let output = command.args(set).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    line("--out all -q");
    line("--warm-up 3s --out later -q");
    let (all, later) = (Named::of(&place.tables("all")[0]), Named::of(&place.tables("later")[0]));
    for (with, without) in all.rows.iter().zip(&later.rows) {
        let number = |row: &[String], name: &str| all.at(row, name).parse::<f64>().unwrap();
        let name = "latency.get.mean_ms";
        // Trouble ends at 2 s; what came after it is in the same report, under `after`.
        let after = number(with, "latency.after.get.mean_ms");
        assert!(number(with, name) > 1.5 * after, "{} {after}", number(with, name));
        assert!(number(without, name) < 1.2 * after, "{} {after}", number(without, name));
        let count = "latency.get.count";
        assert!(number(without, count) < number(with, count));
        // What stands for the whole run, and the run itself, are as they were.
        assert_eq!(all.at(with, "digest"), later.at(without, "digest"));
        assert_eq!(all.at(with, "header.events"), later.at(without, "header.events"));
    }
    // Shards leave out the same, and runs without it are other runs.
    line("--warm-up 3s --shard 1/2 --out parts -q");
    line("--warm-up 3s --shard 2/2 --out parts -q");
    place.ends(0, "merge parts --exit-zero -q");
    assert_eq!(place.tables("parts"), place.tables("later"));
    let again = place.run("sweep study.json --warm-up 1s --out again --exit-zero");
    assert!(again.status.success());
    assert!(!place.ends(0, "sweep study.json --out again --exit-zero").contains("runs are there"));
    let said = place.ends(2, "sweep study.json --warm-up 3s --out none");
    assert!(said.contains("a run lasts 3s: nothing is left after 3s"), "{said}");
    assert!(place.ends(2, "sweep study.json --warm-up soon").contains("--warm-up"));
    let script = place.ends(0, "sweep study.json --warm-up 1s --script slurm");
    assert!(script.contains("--warm-up 1s"), "{script}");
}

#[test]
fn plot_draws_the_columns_of_a_sweep() {
    let place = Place::new();
    whole(&place);
    let x = "network.latency.exponential.mean_ms";
    let line = format!("plot whole --x {x} --y latency.get.mean_ms --by cluster.r");
    place.ends(0, &format!("{line} --where cluster.w=3 --out picture"));
    let svg = std::fs::read_to_string(place.path("picture.svg")).unwrap();
    let titles = ["network.latency.exponential.mean, ms", "latency.get.mean, ms"];
    for words in titles.into_iter().chain(["means of 3 runs", "cluster.w=3"]) {
        assert!(svg.contains(words), "{words}: {svg}");
    }
    let png = std::fs::read(place.path("picture.png")).unwrap();
    assert!(png.starts_with(b"\x89PNG") && png.len() > 2_000);
    // The other tables are tables too.
    let nodes = "plot whole/nodes.csv --x node --y load.coordinated --kind points --by cluster.r";
    place.ends(0, &format!("{nodes} --out nodes.svg"));
    // An axis without its unit, a slip, two words of a name: what is near is named, not all.
    let rows = [
        ("network.latency.exponential.mean", "did you mean `network.latency.exponential.mean_ms`"),
        ("latency.get.p9_ms", "`latency.get.p99_ms`"),
        ("latency.get.p9_ms", "`latency.get.p95_ms`"),
        ("store_bytes", "`messages.store.bytes`"),
    ];
    for (wrong, near) in rows {
        let said = place.ends(2, &format!("plot whole --x {wrong} --y latency.get.mean_ms"));
        assert!(said.contains(&format!("there is no column `{wrong}`; did you mean ")), "{said}");
        assert!(said.contains(near) && said.len() < 500, "{wrong}: {said}");
    }
    let said = place.ends(2, "plot whole --x qqqqqq --y latency.get.mean_ms");
    assert!(said.contains("there is no column `qqqqqq`\n") && !said.contains("mean "), "{said}");
    assert!(!place.path("plot.svg").exists());
}
