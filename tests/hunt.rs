//! The hunt from the command line: a planted bug is found, made small, kept, replayed and promoted,
//! whatever the number of jobs; and build servers are told.

use std::path::Path;
use std::process::{Command, Output};

use dynamo_sim::hunt::bundle::Bundle;
use dynamo_sim::hunt::campaign::bound;

fn run(folder: &Path, words: &[&str], more: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dynamo-sim"));
    command.current_dir(folder).args(words).env_remove("GITHUB_ACTIONS");
    command.env_remove("GITHUB_STEP_SUMMARY").envs(more.iter().copied());
    command.output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const HUNT: [&str; 6] = ["hunt", "--plant", "partition-leaks", "--seeds", "8", "-q"];

#[test]
fn results_do_not_depend_on_the_jobs() {
    let folder = tempfile::tempdir().unwrap();
    let with = |jobs| {
        let words = [&HUNT[..], &["--jobs", jobs, "--coverage", "--dry-run"]].concat();
        let output = run(folder.path(), &words, &[]);
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let one = with("1");
    assert!(one.contains("Z3: a message crosses a link that is cut"), "{one}");
    assert!(one.contains("| `partition` |"), "{one}");
    assert_eq!(one, with("3"));
}

#[test]
fn a_finding_is_kept_made_small_replayed_and_promoted() {
    let folder = tempfile::tempdir().unwrap();
    let words = [&HUNT[..], &["--out", "found", "--junit", "junit.xml"]].concat();
    let summary = folder.path().join("summary.md");
    let github = [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())];
    let hunted = run(folder.path(), &words, &github);
    assert_eq!(hunted.status.code(), Some(1));
    assert!(text(&hunted.stderr).contains("::error title=Z3%3A a message crosses"));
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("junit.xml").contains("classname=\"dynamo-sim hunt\" name=\"Z3: a message"));
    assert!(read("summary.md").contains("| Z3: a message crosses a link that is cut |"));
    let found = std::fs::read_dir(folder.path().join("found")).unwrap();
    let found = found.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let found = found.filter(|name| name.starts_with("z3-")).collect::<Vec<_>>();
    let found = format!("found/{}", found[0]);
    let shrunk = run(folder.path(), &["shrink", &found, "--out", "small.json"], &[]);
    assert_eq!(shrunk.status.code(), Some(0), "{}", text(&shrunk.stderr));
    let small = Bundle::parse(&read("small.json")).unwrap().unwrap();
    let faults = small.scenario["faults"].as_array().unwrap().len();
    let needed = |line: &str| small.needed.iter().filter(|it| it.starts_with(line)).count();
    assert_eq!(needed("faults["), faults, "each fault left is proved necessary");
    assert!((1..=5).contains(&faults), "{faults}");
    assert_eq!(needed("plant = \"partition-leaks\""), 1, "{:?}", small.needed);
    // What is not needed is the default, and not written.
    assert!(read("small.json").lines().count() < 40, "{}", read("small.json"));
    assert!(small.scenario["cluster"]["versioning"].is_null());
    assert!(text(&shrunk.stdout).contains("needed, since without it"), "{}", text(&shrunk.stdout));
    let replayed = run(folder.path(), &["replay", "small.json"], &[]);
    assert_eq!(replayed.status.code(), Some(1));
    assert!(text(&replayed.stdout).starts_with("still found, by the same run: Z3"));
    // As if the bug were mended.
    let mended = small.text().replace("\"plant\": \"partition-leaks\"", "\"plant\": null");
    std::fs::write(folder.path().join("mended.json"), mended).unwrap();
    let replayed = run(folder.path(), &["replay", "mended.json"], &[]);
    assert_eq!(replayed.status.code(), Some(0), "{}", text(&replayed.stdout));
    let promoted = run(folder.path(), &["promote", "small.json", "--out", "leak.json"], &[]);
    assert_eq!(promoted.status.code(), Some(0), "{}", text(&promoted.stderr));
    let tested = run(folder.path(), &["run", "leak.json", "--dry-run"], &[]);
    assert!(text(&tested.stdout).contains("holds  "), "{}", text(&tested.stdout));
}

/// Two hundred faults, of which at most five may be left, within the two minutes that a shrinking
/// takes where nothing is said.
#[test]
fn two_hundred_faults_come_down_to_five() {
    let folder = tempfile::tempdir().unwrap();
    let many = ["--set", "hunt.faults=[200,200]", "--out", "found"];
    run(folder.path(), &[&HUNT[..], &many].concat(), &[]);
    let found = std::fs::read_dir(folder.path().join("found")).unwrap();
    let found = found.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let found = found.filter(|name| name.starts_with("z3-")).collect::<Vec<_>>();
    let found = format!("found/{}", found[0]);
    let shrunk = run(folder.path(), &["shrink", &found, "--out", "small.json"], &[]);
    assert_eq!(shrunk.status.code(), Some(0), "{}", text(&shrunk.stderr));
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let faults = |name: &str| {
        let bundle = Bundle::parse(&read(name)).unwrap().unwrap();
        bundle.scenario["faults"].as_array().unwrap().len()
    };
    // Those that contradict others are left out when a world is drawn.
    assert!(faults(&found) > 150 && faults("small.json") <= 5, "{}", text(&shrunk.stdout));
}

/// Whoever may not answer yet declines; who asks itself in its own place must stop at that.
#[test]
fn a_node_that_stands_in_for_itself_does_not_decline_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let many = ["--set", "hunt.faults=[200,200]", "--seeds", "1", "--dry-run", "-q"];
    let hunted = run(folder.path(), &[&["hunt", "--plant", "hint-self"], &many[..]].concat(), &[]);
    assert_eq!(hunted.status.code(), Some(1), "{}", text(&hunted.stderr));
    assert!(text(&hunted.stdout).contains("Q2: "), "{}", text(&hunted.stdout));
}

#[test]
fn what_is_set_and_then_drawn_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let hunt = |set: &[&str]| {
        let words: Vec<&str> = set.iter().flat_map(|set| ["--set", set]).collect();
        run(
            folder.path(),
            &[&["hunt", "--seeds", "1", "--dry-run", "-q"], &words[..]].concat(),
            &[],
        )
    };
    let refused = hunt(&["cluster.versioning=literal"]);
    assert_eq!(refused.status.code(), Some(2));
    let told = text(&refused.stderr);
    assert!(told.contains("--set cluster.versioning: the hunt draws it"), "{told}");
    assert!(told.contains("hunt.cluster=false"), "{told}");
    let kept = hunt(&["cluster.versioning=last_write_wins", "hunt.cluster=false"]);
    assert_eq!(kept.status.code(), Some(0), "{}", text(&kept.stderr));
    // It is not drawn.
    assert_eq!(hunt(&["cluster.timeouts.operation=400ms"]).status.code(), Some(0));
}

#[test]
fn a_canary_must_be_found_and_a_clean_hunt_says_what_it_proves() {
    let folder = tempfile::tempdir().unwrap();
    let canary = [&HUNT[..], &["--canary", "--dry-run"]].concat();
    assert_eq!(run(folder.path(), &canary, &[]).status.code(), Some(0));
    // Nothing is planted, and nothing is there to be found: the canary is dead.
    let quiet = ["hunt", "no-faults", "--seeds", "2", "--set", "duration=2s", "--dry-run", "-q"];
    let quiet = [&quiet[..], &["--set", "expect=[]"]].concat();
    let clean = run(folder.path(), &quiet, &[]);
    assert_eq!(clean.status.code(), Some(0), "{}", text(&clean.stderr));
    let words = format!("fewer than {:.3} %", bound(2) * 100.0);
    assert!(text(&clean.stdout).contains(&words), "{}", text(&clean.stdout));
    let dead = [&quiet[..], &["--canary"]].concat();
    assert_eq!(run(folder.path(), &dead, &[]).status.code(), Some(1));
}

#[test]
fn a_hunt_that_is_killed_loses_nothing_and_the_next_says_what_it_tried() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["hunt", "--plant", "partition-leaks", "--seeds", "100000", "--out", "found"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_dynamo-sim"));
    let mut hunt = command.current_dir(folder.path()).args(words).spawn().unwrap();
    let names = |part: &str| -> Vec<String> {
        let entries = std::fs::read_dir(folder.path().join(part)).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    };
    let is_found = || names("found").iter().any(|name| name.starts_with("z3-"));
    while !is_found() || names("found/under-way").is_empty() {
        assert!(hunt.try_wait().unwrap().is_none(), "it goes on until it is killed");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    hunt.kill().unwrap();
    hunt.wait().unwrap();
    // It may have been between two worlds.
    let under_way = folder.path().join("found/under-way");
    std::fs::create_dir_all(&under_way).unwrap();
    std::fs::write(under_way.join("123456"), []).unwrap();
    let left = names("found/under-way");
    let again = [&HUNT[..5], &["--out", "found"]].concat();
    let told = text(&run(folder.path(), &again, &[]).stderr);
    assert!(told.contains("an earlier hunt left found/under-way"), "{told}");
    assert!(left.iter().all(|seed| told.contains(seed.as_str())), "{left:?}: {told}");
    assert!(!under_way.exists());
    let told = text(&run(folder.path(), &again, &[]).stderr);
    assert!(!told.contains("an earlier hunt"), "{told}");
}

#[test]
fn bugs_are_listed_and_scored() {
    let folder = tempfile::tempdir().unwrap();
    let listed = run(folder.path(), &["bugs", "partition-leaks"], &[]);
    assert!(text(&listed.stdout).contains("broken: Z3"), "{}", text(&listed.stdout));
    let words = ["bugs", "partition-leaks", "--score", "--seeds", "3"];
    let scored = run(folder.path(), &words, &[]);
    assert_eq!(scored.status.code(), Some(0), "{}", text(&scored.stderr));
    assert!(
        text(&scored.stdout)
            .starts_with("partition-leaks: first seed 1, 3 of 3; broken: Z3 3; dirty")
    );
}

#[test]
fn the_workflow_says_what_the_program_can_do() {
    let workflow = include_str!("../.github/workflows/hunt.yml");
    let commands =
        workflow.lines().filter_map(|line| line.trim().strip_prefix("- run: dynamo-sim "));
    let mut seen = 0;
    for command in commands {
        seen += 1;
        let words: Vec<&str> = command
            .split(' ')
            .map(|word| match word {
                "${{" | "}}" | "github.sha" => "0123456789abcdef0123456789abcdef01234567",
                "10m" => "1s",
                word => word,
            })
            .collect();
        let mut words = words;
        words.dedup();
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("corpus")).unwrap();
        let output = run(folder.path(), &words, &[]);
        let code = output.status.code();
        assert!(matches!(code, Some(0 | 1)), "{command}: {code:?} {}", text(&output.stderr));
    }
    assert_eq!(seen, 2);
}
