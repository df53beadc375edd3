//! A compressed day of load, for figures 4 and 5: the scenario, and the latencies of its hours.
//!
//! All of it was fixed before any of its numbers were looked at.

use crate::reproduce::result::Reproduction;
use crate::reproduce::work::{Stopped, Work, World};
use crate::statistics::sample::percentile;
use crate::time::{Duration, Time};
use crate::trace::observer::{Interest, Observer};
use crate::trace::record::Record;
use crate::workload::words::{ClientFact, Ending, Function, OperationResult};

/// Figure 6's load in the 48 half-hours of its day, read off the drawing, in its own units.
const LOAD: [f64; 48] = [
    16.6, 25.3, 28.6, 30.3, 36.1, 42.0, 33.2, 39.7, 38.7, 35.8, 39.8, 42.3, 35.6, 35.4, 26.8, 30.8,
    40.3, 41.8, 31.3, 31.8, 27.3, 33.6, 28.7, 29.2, 29.3, 30.7, 30.8, 30.6, 23.8, 16.7, 17.7, 17.0,
    12.3, 8.2, 6.4, 5.3, 3.5, 3.6, 2.8, 2.7, 2.8, 2.7, 2.9, 3.9, 7.4, 9.1, 11.2, 14.5,
];
/// The half-hour of figure 6 that is midnight here, so that its quietest hours are those of
/// figure 5.
const MIDNIGHT: usize = 34;
/// Requests in a second in the busiest hour: the peak load of the paper's example of an agreement.
pub const PEAK: f64 = 500.0;
const CLIENTS: f64 = 100.0;
/// Hours that are counted as night, and as peak: the quietest and the busiest.
pub const EXTREMES: usize = 6;

/// How a node keeps what is put.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    Direct,
    Buffered,
    /// Buffered, and one replica of each put writes to its disk at once.
    Durable,
}

/// Where what is slow beside disks lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tail {
    /// In single messages, as the figures assume.
    Messages,
    /// In processes that pause: nodes and clients, as the second model of table 2 has it.
    Pauses,
}

/// Latencies of successful operations, in milliseconds, by the hour in which they began.
#[derive(Clone, Debug)]
pub struct Hours {
    length: Duration,
    pub gets: Vec<Vec<f64>>,
    pub puts: Vec<Vec<f64>>,
}

/// Load in each hour, as a part of the busiest.
pub fn load() -> Vec<f64> {
    let half = |place: usize| LOAD[(MIDNIGHT + place) % LOAD.len()];
    let hours: Vec<f64> = (0..24).map(|hour| (half(2 * hour) + half(2 * hour + 1)) / 2.0).collect();
    let most = hours.iter().copied().fold(0.0, f64::max);
    hours.iter().map(|load| load / most).collect()
}

/// The hours by load, the quietest first.
pub fn by_load() -> Vec<usize> {
    let load = load();
    let mut hours: Vec<usize> = (0..24).collect();
    hours.sort_by(|one, other| load[*one].total_cmp(&load[*other]));
    hours
}

impl Mode {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Direct => "direct",
            Mode::Buffered => "buffered",
            Mode::Durable => "durable",
        }
    }

    fn flush(self) -> &'static str {
        match self {
            Mode::Direct => r#""always""#,
            Mode::Buffered => r#"{ "buffered": { "objects": 1000, "durable_write": "none" } }"#,
            Mode::Durable => r#"{ "buffered": { "objects": 1000 } }"#,
        }
    }
}

/// The sizes of objects.
pub const SIZES: &str = r#"{ "log_normal": { "median": "10KiB", "sigma": 1 } }"#;

/// The scenario of a day in which an hour takes so many seconds.
pub fn world(mode: Mode, hour_seconds: u64, seed: u64) -> World {
    // Each turn of a client is a get and a put.
    let rate = |load: f64| load * PEAK / 2.0 / CLIENTS;
    let row = |(hour, load): (usize, f64)| format!(r#"[{hour}.5, "{:.4}/s"]"#, rate(load));
    let table: Vec<String> = load().into_iter().enumerate().map(row).collect();
    let (day, table) = (24 * hour_seconds, table.join(", "));
    let arrivals = format!(r#"{{ "diurnal": {{ "period": "{day}s", "table": [{table}] }} }}"#);
    scenario((mode, Tail::Messages), day, &arrivals, SIZES, seed)
}

/// The same world at so many requests a second for so long.
pub fn steady(how: (Mode, Tail), requests: f64, seconds: u64, sizes: &str, seed: u64) -> World {
    let arrivals = format!(r#"{{ "poisson": "{:.4}/s" }}"#, requests / 2.0 / CLIENTS);
    scenario(how, seconds, &arrivals, sizes, seed)
}

impl Tail {
    /// How long messages take.
    fn latency(self) -> &'static str {
        match self {
            Tail::Messages => {
                r#"{ "mixture": [
                    { "weight": 99, "of": { "exponential": { "mean": "700us" } } },
                    { "weight": 1, "of": { "exponential": { "mean": "10ms" } } }
                ] }"#
            }
            Tail::Pauses => r#"{ "exponential": { "mean": "700us" } }"#,
        }
    }

    /// Who pauses.
    fn pauses(self) -> String {
        let every = r#""every": { "exponential": { "mean": "10s" } }"#;
        let length = r#""length": { "exponential": { "mean": "28700us" } }"#;
        let each = format!("{{ {every}, {length} }}");
        match self {
            Tail::Messages => String::new(),
            Tail::Pauses => format!(r#" "pauses": {{ "nodes": {each}, "clients": {each} }},"#),
        }
    }
}

fn scenario(
    (mode, tail): (Mode, Tail),
    seconds: u64,
    arrivals: &str,
    sizes: &str,
    seed: u64,
) -> World {
    World::read(&format!(
        r#"{{
            "name": "day-{name}",
            "about": "Puts to eight nodes. Look at latency.put.p99_9_ms.",
            "seed": {seed},
            "duration": "{seconds}s",
            "sampling": "10s",
            "cluster": {{
                "nodes": 8, "n": 3, "r": 2, "w": 2,
                "partitioning": {{ "strategy": 1, "tokens": 128 }},
                "timeouts": {{ "operation": "2s", "replica": "1s", "forward": "1s" }},
                "flush": {flush}
            }},
            "network": {{ "latency": {latency} }},{pauses}
            "disk": {{ "engine": "bdb" }},
            "workload": {{
                "clients": {CLIENTS},
                "arrivals": {arrivals},
                "keys": {{ "uniform": {{ "count": 20000 }} }},
                "mix": {{ "put": 1 }},
                "value": {sizes},
                "timeout": "5s"
            }}
        }}"#,
        name = mode.name(),
        flush = mode.flush(),
        latency = tail.latency(),
        pauses = tail.pauses(),
    ))
}

/// What all of this assumes.
pub fn assumptions(made: &mut Reproduction) {
    let told = [
        "Load: figure 6's curve, averaged by the hour and turned so that its quietest hours are \
         those of figure 5; 500 requests/s in the busiest hour (the example of section 2.2), half \
         of them puts, each after a get of its key. Figures 4 and 5 do not state theirs.",
        "A day is compressed: each of its 24 hours lasts as long as the scenario says, at its full \
         rate; queues, which live for milliseconds, and the buffer, which is written every second, \
         are not compressed.",
        "Eight nodes, (N, R, W) = (3, 2, 2), so many that by calculation a disk is about two \
         thirds busy in the busiest hour when puts go to it directly.",
        "Disks: the assumed times of Berkeley DB (`disk.engine` `bdb`): a write takes 4 ms in the \
         median and 80 us for each KiB, nine reads of ten find the cache; one queue for each disk.",
        "Objects: 10 KiB in the median, log-normal with sigma 1 (section 5: tens of kilobytes).",
        "Messages: 0.7 ms in the mean, but one in a hundred 10 ms in the mean, for load balancer, \
         pauses of the runtime and network: chosen by calculation so that a put that waits for no \
         disk takes about 36 to 43 ms at the 99.9th percentile, figure 5's value at night.",
    ];
    made.assumptions.extend(told.map(str::to_string));
}

impl Hours {
    /// Nothing was measured yet.
    pub fn new(hour_seconds: u64) -> Hours {
        let none = || vec![Vec::new(); 24];
        Hours { length: Duration::from_secs(hour_seconds), gets: none(), puts: none() }
    }

    /// Runs a day and measures it.
    pub fn run(&mut self, work: &mut Work<'_>, world: &World) -> Result<(), Stopped> {
        work.run(&world.checked, vec![self]).map(|_outcome| ())
    }

    /// Takes over what another day has measured.
    pub fn add(&mut self, other: &Hours) {
        for (all, more) in self.gets.iter_mut().zip(&other.gets) {
            all.extend(more);
        }
        for (all, more) in self.puts.iter_mut().zip(&other.puts) {
            all.extend(more);
        }
    }
}

/// The 99.9th percentile of each hour.
pub fn tails(hours: &[Vec<f64>]) -> Vec<f64> {
    hours.iter().map(|latencies| percentile(latencies, 0.999)).collect()
}

/// The 99.9th percentile over some hours together.
pub fn tail_of(hours: &[Vec<f64>], chosen: &[usize]) -> f64 {
    let all: Vec<f64> = chosen.iter().flat_map(|hour| hours[*hour].iter().copied()).collect();
    percentile(&all, 0.999)
}

impl Observer for Hours {
    fn interest(&self) -> Interest {
        Interest { facts: true, messages: false }
    }

    fn see(&mut self, now: Time, record: &Record<'_>) {
        let Record::Client { fact: ClientFact::Ended(ending), .. } = record else { return };
        let Ending { began, function, result: OperationResult::Ok { .. }, .. } = ending else {
            return;
        };
        let hour = ((began.0 / self.length.0) as usize).min(23);
        let hours = match function {
            Function::Get => &mut self.gets,
            Function::Put | Function::Delete => &mut self.puts,
        };
        hours[hour].push(now.since(*began).millis());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_load_is_that_of_figure_6_with_its_night_at_night() {
        let load = load();
        assert_eq!(load.iter().copied().fold(0.0, f64::max), 1.0);
        let mut night = by_load()[..5].to_vec();
        night.sort_unstable();
        assert_eq!(night, [0, 1, 2, 3, 4]);
        assert!(load[2] < 0.07 && load[12] > 0.9);
    }
}
