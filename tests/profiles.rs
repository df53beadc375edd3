//! The profiles of known systems: what each stands for, and what judges make of it in a partition.

mod watch;

use std::path::PathBuf;

use dynamo_sim::check::verdict::Outcome;
use dynamo_sim::metrics::figures::Figures;
use dynamo_sim::scenario::read::Checked;
use dynamo_sim::scenario::spec::Scenario;

use watch::measure;

const PROFILES: [&str; 4] = ["paper", "riak", "voldemort", "cassandra"];

fn read(text: &str) -> Checked {
    Scenario::read("x.json", text, &[], &[]).unwrap_or_else(|told| panic!("{told}"))
}

/// Regenerate with `UPDATE=1 cargo test --test profiles`.
#[test]
fn each_profile_stands_for_what_is_written_down() {
    for name in PROFILES {
        let text = format!(
            r#"{{ "name": "{name}", "duration": "60s", "cluster": {{ "profile": "{name}" }} }}"#
        );
        let resolved = read(&text).resolved_json();
        let place = ["tests", "golden", "profiles", &format!("{name}.json")];
        let place: PathBuf = std::iter::once(env!("CARGO_MANIFEST_DIR")).chain(place).collect();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(place.parent().unwrap()).unwrap();
            std::fs::write(&place, &resolved).unwrap();
        }
        let known = std::fs::read_to_string(&place).unwrap_or_default();
        assert!(known == resolved, "{name} resolves to other settings than {}", place.display());
    }
}

/// What a run of a profile comes to, with clients on both sides of a partition of 20 s: all that
/// judges found, and the figures.
fn in_a_partition(name: &str) -> (Vec<(&'static str, Outcome)>, Figures) {
    let text = format!(
        r#"{{ "name": "{name}", "seed": 7, "duration": "50s", "settle_limit": "40m",
            "cluster": {{ "profile": "{name}", "nodes": 6 }},
            "workload": {{ "clients": 12, "arrivals": {{ "poisson": "10/s" }},
                "keys": {{ "uniform": {{ "count": 60 }} }},
                "mix": {{ "get": 0.5, "put": 0.4, "delete": 0.1 }} }},
            "faults": [{{ "partition": {{ "sides": [["n0..n2", "c0..c5"], ["n3..n5", "c6..c11"]],
                "from": "10s", "to": "30s" }} }}] }}"#
    );
    let (figures, _account, found) = measure(&read(&text).plan());
    (found, figures)
}

// What each of them is known for is no violation, since its settings allow it, and is told.
#[test]
fn judges_say_of_each_profile_what_it_is_known_for() {
    let lost = ("durability", Outcome::Anomaly);
    let apart = ("convergence", Outcome::Anomaly);
    // By profile: findings; whether acknowledged writes are lost, and deleted values come back.
    let rows = [
        // Literal clocks take one write for another where two clients share a coordinator.
        ("paper", vec![lost], true, false),
        // Dotted versions lose nothing; a reaped tombstone no longer stops what a hint brings.
        ("riak", vec![], false, true),
        // Deletes leave nothing behind, and nobody compares replicas.
        ("voldemort", vec![lost, apart], true, true),
        // The newest stamp wins over all others; tombstones outlast the run.
        ("cassandra", vec![lost], true, false),
    ];
    for (name, expected, loses, revives) in rows {
        let (found, figures) = in_a_partition(name);
        assert_eq!(found, expected, "{name}");
        let durability = &figures.durability;
        assert_eq!(durability.lost_writes > 0, loses, "{name}: {durability:?}");
        assert_eq!(durability.resurrected > 0, revives, "{name}: {durability:?}");
    }
}
