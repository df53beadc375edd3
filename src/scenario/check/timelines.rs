//! Rules about several faults of one node: they must not contradict each other.

use std::collections::BTreeMap;

use crate::faults::composed::{STEP_LIMIT, laid_out};
use crate::faults::fault::Fault;
use crate::faults::nodes::Outage;
use crate::faults::spec::Spec;
use crate::faults::target::Target;
use crate::id::NodeId;
use crate::time::Duration;

use crate::scenario::check::faults::path_of;
use crate::scenario::problem::Findings;

/// Something that a fault does to a node.
struct Event {
    at: Duration,
    fault: usize,
    what: What,
}

/// What that is.
#[derive(Clone, Copy)]
pub(in crate::scenario) enum What {
    Stop { until: Option<Duration> },
    Restart,
    Pause { until: Duration },
}

/// What a node is in the middle of, by which fault.
#[derive(Clone, Copy)]
enum State {
    Running,
    Down { until: Option<Duration>, fault: usize },
    Paused { until: Duration, fault: usize },
}

/// Refuses crashes of a node that is down, pauses of one that is paused, and the like.
pub(super) fn check(faults: &[Fault], findings: &mut Findings) {
    let mut nodes: BTreeMap<NodeId, Vec<Event>> = BTreeMap::new();
    for (fault, written) in faults.iter().enumerate() {
        let laid_out = laid_out(std::slice::from_ref(written));
        // More is refused elsewhere.
        let all = laid_out.iter().flat_map(|fault| happenings(&fault.what)).take(STEP_LIMIT);
        for (node, at, what) in all {
            // An optional fault may find its node stopped already, and then does nothing.
            if !written.is_optional() {
                nodes.entry(node).or_default().push(Event { at, fault, what });
            }
        }
    }
    let path = |fault: usize| path_of(fault, &faults[fault].what);
    for (node, mut events) in nodes {
        events.sort_by_key(|event| (event.at, event.fault));
        let told = contradictions(node, &events);
        for (fault, other, message) in told {
            let (here, other) = (path(fault), path(other));
            let message = format!("{message} (see {other})");
            findings.require_with(false, here, [other], message);
        }
    }
}

/// What a fault does to which node, and when.
pub(in crate::scenario) fn happenings(fault: &Spec) -> Vec<(NodeId, Duration, What)> {
    let stops = |outages: Vec<Outage>| {
        let stop = |o: Outage| Some((o.node.known()?, o.at, What::Stop { until: o.until }));
        outages.into_iter().filter_map(stop).collect()
    };
    let one = |target: Target, at, what| {
        target.known().map(|node| (node, at, what)).into_iter().collect()
    };
    match fault {
        Spec::Crash(crash) => stops(vec![crash.outage()]),
        Spec::CrashLoop(crashes) => stops(crashes.outages()),
        Spec::RollingRestart(restarts) => stops(restarts.outages()),
        Spec::GroupCrash(crashes) => stops(crashes.outages()),
        Spec::Restart(restart) => one(restart.node, restart.at, What::Restart),
        Spec::Pause(pause) => one(pause.node, pause.from, What::Pause { until: pause.to }),
        Spec::Partition(_) | Spec::Cut(_) | Spec::Degrade(_) | Spec::Bandwidth(_) => Vec::new(),
        Spec::Isolate(_) | Spec::Bridge(_) | Spec::MajoritiesRing(_) | Spec::Clog(_) => Vec::new(),
        Spec::Flap(_) | Spec::RollingIsolation(_) | Spec::Swizzle(_) => Vec::new(),
        Spec::Slow(_) | Spec::Clock(_) | Spec::Disk(_) => Vec::new(),
        Spec::Named(_) | Spec::Repeat(_) => happenings(fault.plain()),
    }
}

/// For each fault that cannot be: its number, the number of the one that it contradicts, and why.
fn contradictions(node: NodeId, events: &[Event]) -> Vec<(usize, usize, String)> {
    let mut state = State::Running;
    let mut previous: Option<&Event> = None;
    let mut told = Vec::new();
    for event in events {
        let at = event.at;
        if let Some(before) = previous.filter(|before| before.at == at) {
            let message = format!("two things happen to {node} at {at}; which comes first?");
            told.push((event.fault, before.fault, message));
            continue;
        }
        previous = Some(event);
        match (in_the_middle_of(state, at), event.what) {
            // An explicit restart ends a crash that has no end of its own.
            (State::Down { until: None, .. }, What::Restart) => {}
            (State::Running, _) => {}
            (State::Down { until, fault }, _) => {
                let end = until.map_or("until it is restarted".to_string(), |until| {
                    format!("until it restarts at {until}")
                });
                told.push((event.fault, fault, format!("{node} is already down at {at}, {end}")));
                continue;
            }
            (State::Paused { until, fault }, _) => {
                told.push((
                    event.fault,
                    fault,
                    format!("{node} is already paused at {at}, until {until}"),
                ));
                continue;
            }
        }
        state = after(event);
    }
    told
}

/// The state at a moment. A restart at that very moment has not happened yet.
fn in_the_middle_of(state: State, at: Duration) -> State {
    match state {
        State::Down { until: Some(until), .. } if until < at => State::Running,
        State::Paused { until, .. } if until <= at => State::Running,
        State::Running | State::Down { .. } | State::Paused { .. } => state,
    }
}

fn after(event: &Event) -> State {
    let fault = event.fault;
    match event.what {
        What::Stop { until } => State::Down { until, fault },
        What::Restart => State::Running,
        What::Pause { until } => State::Paused { until, fault },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: serde_json::Value) -> Vec<String> {
        let faults: Vec<Fault> = serde_json::from_value(json).unwrap();
        let mut findings = Findings::default();
        check(&faults, &mut findings);
        findings.problems().into_iter().map(|problem| problem.message).collect()
    }

    fn crash(at: &str, restart_after: Option<&str>) -> serde_json::Value {
        serde_json::json!({"crash": {"node": "n3", "at": at, "restart_after": restart_after}})
    }

    #[test]
    fn a_node_is_in_one_state_at_a_time() {
        let restart = |at: &str| serde_json::json!({"restart": {"node": "n3", "at": at}});
        let pause = |from: &str, to: &str| {
            let pause = serde_json::json!({"node": "n3", "from": from, "to": to});
            serde_json::json!({ "pause": pause })
        };
        let rows = [
            (
                vec![crash("1s", Some("1s")), crash("3s", None), restart("4s"), crash("5s", None)],
                "",
            ),
            (
                vec![crash("1s", Some("2s")), crash("2s", None)],
                "n3 is already down at 2s, until it restarts",
            ),
            (
                vec![crash("1s", Some("2s")), crash("3s", None)],
                "n3 is already down at 3s, until it restarts",
            ),
            (
                vec![crash("2s", None), crash("9s", None)],
                "n3 is already down at 9s, until it is restarted",
            ),
            (
                vec![crash("1s", Some("2s")), restart("2s")],
                "n3 is already down at 2s, until it restarts at",
            ),
            (vec![pause("1s", "3s"), pause("3s", "4s"), crash("5s", None)], ""),
            (vec![pause("1s", "3s"), pause("2s", "4s")], "n3 is already paused at 2s, until 3s"),
            (
                vec![crash("2s", Some("2s")), pause("1s", "3s")],
                "n3 is already paused at 2s, until 3s",
            ),
            (vec![restart("2s"), restart("2s")], "two things happen to n3 at 2s"),
        ];
        for (faults, expected) in rows {
            let told = told(serde_json::Value::Array(faults.clone()));
            let fits = match expected {
                "" => told.is_empty(),
                _ => told.len() == 1 && told[0].starts_with(expected),
            };
            assert!(fits, "{faults:?}: {told:?}");
        }
    }
}
