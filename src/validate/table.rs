//! The published cases of PBS, recomputed with many trials: what is simulated, and what came out.

use crate::validate::chain::Rates;

/// The numbers, a line each.
const TABLE: &str = include_str!("pbs.csv");

/// Trials behind most of the table.
pub const TRIALS: f64 = 20e6;
/// Trials behind the case with ten replicas.
const FEWER_TRIALS: f64 = 5e6;

/// One case.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Case {
    pub name: String,
    pub n: u32,
    /// What `network.legs` says, as JSON.
    pub legs: String,
    /// Rates of the legs, where all are exponential.
    pub rates: Option<Rates>,
    /// A replica at each of three sites.
    pub wide: bool,
    /// The coordinator is one of the replicas.
    pub local: bool,
    /// Trials behind it.
    pub trials: f64,
    pub fresh: Vec<Fresh>,
    pub read_latency: Vec<Quantile>,
    pub write_latency: Vec<Quantile>,
}

/// How likely a read returns the write.
#[derive(Clone, PartialEq, Debug)]
pub struct Fresh {
    pub r: u32,
    pub w: u32,
    pub after_ms: f64,
    pub probability: f64,
    /// Its standard error.
    pub error: f64,
}

/// How long a read or write takes.
#[derive(Clone, PartialEq, Debug)]
pub struct Quantile {
    pub quorum: u32,
    pub part: f64,
    pub ms: f64,
}

/// All cases, in order.
pub fn read() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split(',').collect();
        let name = cells[0];
        if cases.last().is_none_or(|case| case.name != name) {
            cases.push(case(name));
        }
        let case = cases.last_mut().expect("one was pushed");
        let number = |place: usize| cells[place].parse::<f64>().expect("the table holds numbers");
        let quantile = || Quantile { quorum: number(2) as u32, part: number(3), ms: number(4) };
        match cells[1] {
            "read" => case.read_latency.push(quantile()),
            "write" => case.write_latency.push(quantile()),
            _fresh => case.fresh.push(Fresh {
                r: number(2) as u32,
                w: number(3) as u32,
                after_ms: number(4),
                probability: number(5),
                error: number(6),
            }),
        }
        let quorum = number(2) as u32;
        case.n = case.n.max(quorum);
    }
    cases
}

/// What its name says.
fn case(name: &str) -> Case {
    let rates = rates(name);
    let legs = match (name, rates) {
        (_, Some(rates)) => exponential_legs(rates),
        ("YMMR", _) => "\"ymmr\"".to_string(),
        ("YMMR-alpha3.5", _) => "\"ymmr-alpha-3.5\"".to_string(),
        (name, _) if name.starts_with("LNKD-SSD") => "\"lnkd-ssd\"".to_string(),
        _disk => "\"lnkd-disk\"".to_string(),
    };
    Case {
        name: name.to_string(),
        legs,
        rates,
        wide: name == "WAN",
        local: name.ends_with("local-coordinator"),
        trials: if name.ends_with("N10") { FEWER_TRIALS } else { TRIALS },
        ..Case::default()
    }
}

/// `EXP-W0.1-ARS1` and `VAL-W0.05-ARS0.5` name their rates.
fn rates(name: &str) -> Option<Rates> {
    let rest = name.strip_prefix("EXP-W").or_else(|| name.strip_prefix("VAL-W"))?;
    let (w, others) = rest.split_once("-ARS")?;
    let (w, others) = (w.parse().ok()?, others.parse().ok()?);
    Some(Rates { w, a: others, r: others, s: others })
}

/// Exponential legs with these rates, as JSON.
pub fn exponential_legs(Rates { w, a, r, s }: Rates) -> String {
    let leg = |name: &str, rate: f64| {
        format!("\"{name}\": {{ \"exponential\": {{ \"mean\": \"{}ms\" }} }}", 1.0 / rate)
    };
    let legs = [leg("write", w), leg("ack", a), leg("read", r), leg("response", s)];
    format!("{{ {} }}", legs.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_its_cases() {
        let all = read();
        assert_eq!(all.len(), 25);
        assert_eq!(all.iter().filter(|case| case.name.starts_with("VAL")).count(), 8);
        let disk = all.iter().find(|case| case.name == "LNKD-DISK").unwrap();
        assert_eq!((disk.n, disk.fresh.len(), disk.read_latency.len()), (3, 18, 9));
        assert_eq!(disk.fresh[0].probability, 0.4368);
    }
}
