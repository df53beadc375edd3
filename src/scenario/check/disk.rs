//! Rules of `disk`.

use crate::dynamo::config::Flush;
use crate::scenario::check::{check_distribution, check_share};
use crate::scenario::path::Path;
use crate::scenario::problem::Findings;
use crate::scenario::spec::Scenario;
use crate::sim::disk::Spec;
use crate::sim::engine::Engine;

pub(super) fn check(scenario: &Scenario, findings: &mut Findings) {
    let disk = &scenario.disk;
    for (name, distribution) in
        [("read", &disk.read), ("write", &disk.write), ("flush", &disk.flush)]
    {
        check_distribution(distribution, &Path::from("disk").name(name), findings);
    }
    if let Some(cache) = &disk.cache {
        check_share(cache.hit, "disk.cache.hit", findings);
        check_distribution(&cache.read, &Path::from("disk.cache.read"), findings);
    }
    if let Some(engine) = disk.engine {
        check_engine(engine, scenario, findings);
    }
}

fn check_engine(engine: Engine, scenario: &Scenario, findings: &mut Findings) {
    let (disk, none) = (&scenario.disk, Spec::default());
    for (path, is_written) in [
        ("disk.read", disk.read != none.read),
        ("disk.write", disk.write != none.write),
        ("disk.flush", disk.flush != none.flush),
        ("disk.cache", disk.cache.is_some()),
        ("disk.per_kilobyte", disk.per_kilobyte.is_some()),
    ] {
        findings.require_with(
            !is_written,
            path,
            ["disk.engine"],
            "an engine brings all its times with it: leave out either the engine or the times",
        );
    }
    findings.require_with(
        engine != Engine::Memory || scenario.cluster.flush != Flush::Always,
        "disk.engine",
        ["cluster.flush"],
        "the engine in memory has nothing on the disk when it answers: let cluster.flush say when \
         it has, such as {\"every\":\"1s\"}",
    );
}
