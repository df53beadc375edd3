//! Plots of tables and the gallery, as a user calls them.
#![cfg(feature = "cli")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dynamo_sim::gallery::list::LIST;
use dynamo_sim::report::plot::draw;
use dynamo_sim::report::plot::pareto::{Better, Plane, Point, Side, Spread};
use dynamo_sim::scenario::shipped::{FOLDERS, SHIPPED};

/// Two settings, three runs of each at three places.
const RUNS: &str = "\
point,seed,cluster.r,load,latency.get.p99_ms,share
0,1,1,10,2.0,0.5
0,2,1,10,3.0,0.6
0,3,1,10,4.0,0.7
1,1,1,20,5.0,0.4
1,2,1,20,6.5,0.5
1,3,1,20,8.0,0.6
2,1,2,10,4.0,0.9
2,2,2,10,5.0,0.8
2,3,2,10,6.0,0.95
3,1,2,20,9.0,0.7
3,2,2,20,11.0,0.8
3,3,2,20,13.0,0.9
";

fn dynamo_sim(place: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dynamo-sim"));
    command.args(arguments).current_dir(place).output().expect("the program runs")
}

fn place(table: &str) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("table.csv"), table).unwrap();
    place
}

/// What an SVG says, in the order in which it is written.
fn texts(svg: &str) -> Vec<String> {
    let inside = |part: &str| part.split_once('>').map(|(_, rest)| rest.to_string());
    let parts = svg.split("<text").skip(1).filter_map(|part| inside(part.split("</text>").next()?));
    parts.map(|text| text.trim().to_string()).collect()
}

/// The texts of a plot of `RUNS`.
fn plotted(arguments: &[&str]) -> Vec<String> {
    let place = place(RUNS);
    let mut all = vec!["plot", ".", "--out", "out.svg"];
    all.extend(arguments);
    let output = dynamo_sim(place.path(), &all);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "out.svg\n");
    texts(&std::fs::read_to_string(place.path().join("out.svg")).unwrap())
}

fn refused(table: &str, arguments: &[&str]) -> String {
    let place = place(table);
    let mut all = vec!["plot", "table.csv"];
    all.extend(arguments);
    let output = dynamo_sim(place.path(), &all);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(output.stdout.is_empty());
    let files = std::fs::read_dir(place.path()).unwrap().count();
    assert_eq!(files, 1, "nothing was written");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn each_kind_says_what_it_shows() {
    let xy = ["--x", "load", "--y", "latency.get.p99_ms", "--by", "cluster.r"];
    let rows: [(&str, &[&str], &[&str]); 6] = [
        (
            "line",
            &xy,
            &["latency.get.p99, ms", "r = 1", "r = 2", "means of 3 runs, 95 % intervals"],
        ),
        ("points", &xy, &["latency.get.p99, ms against load", "load"]),
        ("scatter", &xy, &["a point for each of 12 rows"]),
        (
            "pareto",
            &["--x", "load", "--y", "share", "--by", "cluster.r", "--higher-is-better", "y"],
            &["2", "dominated", "share (higher is better)", "load (lower is better)"],
        ),
        (
            "cdf",
            &["--x", "latency.get.p99_ms", "--by", "cluster.r"],
            &["99.9 %", "stretched towards 100 %", "share of rows up to this"],
        ),
        ("histogram", &["--x", "latency.get.p99_ms"], &["12 rows in 24 equal steps", "rows"]),
    ];
    for (kind, arguments, wanted) in rows {
        let found = plotted(&[&["--kind", kind], arguments].concat());
        for text in wanted {
            assert!(found.iter().any(|it| it == text), "{kind}: no `{text}` in {found:?}");
        }
    }
    let heat = ["--kind", "heat", "--x", "load", "--y", "cluster.r", "--by", "share"];
    let found = plotted(&heat);
    // The means of the cells, as numbers in them.
    for mean in ["0.600", "0.500", "0.883", "0.800"] {
        assert!(found.iter().any(|it| it == mean), "{mean}: {found:?}");
    }
    let chosen = plotted(&[&xy[..], &["--where", "cluster.r=2"]].concat());
    let subtitle = "means of 3 runs, 95 % intervals; cluster.r=2";
    assert!(chosen.iter().any(|it| it == subtitle), "{chosen:?}");
    assert!(!chosen.iter().any(|it| it == "r = 1"), "{chosen:?}");
}

#[test]
fn what_is_wrong_with_a_table_is_told_with_its_line() {
    let xy = ["--x", "load", "--y", "latency.get.p99_ms"];
    let nearest = refused(RUNS, &["--x", "load", "--y", "latency.get.p9_ms"]);
    assert!(nearest.contains("no column `latency.get.p9_ms`; did you mean `latency.get.p99_ms`?"));
    assert!(nearest.contains("there are: point, seed, cluster.r, load"), "{nearest}");
    let rows = [
        ("", "is empty"),
        ("load,latency.get.p99_ms\n", "has a header but no rows"),
        ("load,latency.get.p99_ms\n1,2\n3\n", "line 3: has 1 cells, but the header has 2"),
        ("load,load\n1,2\n", "two columns are called `load`"),
        (
            "load,latency.get.p99_ms\n1,2\n2,fast\n",
            "table.csv:3: column `latency.get.p99_ms` is `fast`, which is no number",
        ),
        (
            "load,latency.get.p99_ms\n1,2\n2,\n",
            "table.csv:3: column `latency.get.p99_ms` has no value",
        ),
        ("load,latency.get.p99_ms\n1,NaN\n", "table.csv:2: column `latency.get.p99_ms` is `NaN`"),
    ];
    for (table, wanted) in rows {
        let told = refused(table, &xy);
        assert!(told.contains(wanted), "{table:?}: {told}");
    }
    let rows: [(&[&str], &str); 6] = [
        (&[], "--x COLUMN --y COLUMN, or --figure NAME"),
        (&["--x", "load"], "needs --y COLUMN"),
        (
            &["--x", "load", "--y", "share", "--where", "load=30"],
            "no row has load=30 (load is 10, 20)",
        ),
        (&["--x", "load", "--y", "share", "--where", "load"], "--where takes column=value"),
        (&["--x", "load", "--y", "share", "--out", "a.pdf"], "ends in .svg or .png"),
        (&["--figure", "hint-backlg"], "did you mean `hint-backlog`?"),
    ];
    for (arguments, wanted) in rows {
        let told = refused(RUNS, arguments);
        assert!(told.contains(wanted), "{arguments:?}: {told}");
    }
}

#[test]
fn rows_without_a_value_can_be_left_out() {
    let place = place("x,y\n1,2\n1,\n2,3\n");
    let all = ["plot", "table.csv", "--x", "x", "--y", "y", "--skip-missing", "--out", "out"];
    assert!(dynamo_sim(place.path(), &all).status.success());
    let found = texts(&std::fs::read_to_string(place.path().join("out.svg")).unwrap());
    assert!(found.iter().any(|it| it.contains("1 rows without a value left out")), "{found:?}");
    assert!(place.path().join("out.png").exists(), "without an ending both are written");
}

#[test]
fn a_front_names_its_points_and_greys_the_others() {
    let spread = |value: f64| Spread { value, low: value - 0.1, high: value + 0.1 };
    let point = |name: &str, x, y| Point { name: name.to_string(), x: spread(x), y: spread(y) };
    let side = |better| Side { title: "side".to_string(), better, ..Side::default() };
    let points = vec![point("fresh", 0.0, 0.4), point("open", 0.5, 1.0), point("worse", 0.6, 0.3)];
    let plane = Plane { x: side(Better::Low), y: side(Better::High), points, ..Plane::default() };
    let svg = String::from_utf8(draw(&plane.chart()).unwrap().svg).unwrap();
    for name in ["fresh", "open", "worse", "dominated"] {
        assert!(texts(&svg).iter().any(|it| it == name), "{name}");
    }
    assert!(svg.contains("#969696"), "the dominated point is grey");
}

#[test]
fn the_gallery_has_twenty_figures_and_its_scenarios_are_shipped() {
    let numbers: Vec<u32> = LIST.iter().map(|figure| figure.number).collect();
    assert_eq!(numbers, (1..=20).collect::<Vec<u32>>());
    let shipped = SHIPPED.iter().zip(FOLDERS).filter(|(_, folder)| **folder == "gallery");
    let mut shipped: Vec<&str> = shipped.map(|((name, _), _)| *name).collect();
    let mut used: Vec<&str> = LIST.iter().flat_map(|figure| figure.scenarios).copied().collect();
    shipped.sort_unstable();
    used.sort_unstable();
    assert_eq!(shipped, used, "each scenario of the gallery is one figure's");
}

/// All files below a folder with their bytes.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                found.push((path.strip_prefix(folder).unwrap().to_path_buf(), bytes));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_reduced_gallery_is_the_same_with_any_number_of_jobs() {
    let place = tempfile::tempdir().unwrap();
    let names = ["gossip", "phi", "siblings", "latency-scatter"];
    for jobs in ["1", "3"] {
        let mut all = vec!["gallery", "--quick", "--jobs", jobs, "--out", jobs];
        all.extend(names);
        let output = dynamo_sim(place.path(), &all);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), names.len());
    }
    let (one, three) = (files(&place.path().join("1")), files(&place.path().join("3")));
    let files = "a page over all, and four files a figure, gossip's eight";
    assert_eq!(one.len(), 1 + 4 * 4 + 4, "{files}");
    assert!(one == three, "the bytes depend on the number of jobs");
    for (name, bytes) in
        one.iter().filter(|(name, _)| name.extension().is_some_and(|it| it == "svg"))
    {
        let svg = String::from_utf8_lossy(bytes);
        let cut: Vec<String> = texts(&svg).into_iter().filter(|it| it.contains('…')).collect();
        assert!(cut.is_empty(), "{name:?}: {cut:?} is cut off");
    }
    // The table alone gives the same chart.
    let table = "1/siblings/table.csv";
    let again = ["plot", table, "--figure", "siblings", "--out", "again.svg"];
    assert!(dynamo_sim(place.path(), &again).status.success());
    let drawn = std::fs::read(place.path().join("again.svg")).unwrap();
    assert!(drawn == std::fs::read(place.path().join("1/siblings/siblings.svg")).unwrap());
    let page = std::fs::read_to_string(place.path().join("1/README.md")).unwrap();
    for name in names {
        assert!(page.contains(&format!("({name}/README.md)")), "{page}");
    }
}
