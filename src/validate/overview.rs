//! The page over all groups, made of what each leaves beside its own page, so that groups may be
//! compared one by one.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::reproduce::result::spelt;
use crate::validate::list::{Effort, Group, LIST};
use crate::validate::page::Tally;
use crate::validate::row::Row;

/// What the overview says of one group; kept beside its page.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Summary {
    pub group: String,
    pub effort: String,
    pub seed: u64,
    pub inside: usize,
    pub outside: usize,
    /// The comparison that came nearest to its bar; empty where all are exact.
    pub nearest: String,
    /// How far to its bar that went: 1 is the bar.
    pub strain: Option<f64>,
    pub picture: bool,
}

impl Summary {
    /// Of a group that was compared with this effort and seed.
    pub fn of(group: &Group, rows: &[Row], picture: bool, effort: Effort, seed: u64) -> Summary {
        let tally = Tally::of(rows);
        let strains = rows.iter().filter_map(|row| strain(row).map(|strain| (strain, row)));
        let nearest = strains.max_by(|one, other| one.0.total_cmp(&other.0));
        Summary {
            group: group.name.to_string(),
            effort: effort.choose("full", "quick").to_string(),
            seed,
            inside: tally.inside,
            outside: tally.outside,
            nearest: nearest.map_or(String::new(), |(_, row)| told(row)),
            strain: nearest.map(|(strain, _)| strain),
            picture,
        }
    }

    /// As it is kept.
    pub fn csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.serialize(self).expect("a summary is plain data and memory does not fail");
        writer.into_inner().expect("memory does not fail")
    }

    /// Reads what was kept; none if it is no summary.
    pub fn read(bytes: &[u8]) -> Option<Summary> {
        csv::Reader::from_reader(bytes).deserialize().next()?.ok()
    }

    fn tally(&self) -> Tally {
        Tally { inside: self.inside, outside: self.outside }
    }
}

/// How far a comparison went to its bar; none where nothing but equality would do.
fn strain(row: &Row) -> Option<f64> {
    let (simulated, reference) = row.simulated.zip(row.reference)?;
    match (row.allowed, row.interval) {
        (Some(allowed), _) => (allowed > 0.0).then(|| libm::fabs(simulated - reference) / allowed),
        // A bound. Quantiles are compared by the share of the sample below them, not here.
        (None, None) => (reference > 0.0).then_some(simulated / reference),
        (None, Some(_)) => None,
    }
}

fn told(row: &Row) -> String {
    let number = |value: Option<f64>| value.map_or("-".to_string(), spelt);
    let bound = if row.allowed.is_some() { "against" } else { "at most" };
    let (simulated, reference) = (number(row.simulated), number(row.reference));
    format!("{}, {}: {simulated} {bound} {reference}", row.case, row.what)
}

/// The page over all groups that have been compared; it names those that have not.
pub fn overview(summaries: &[Summary]) -> String {
    let mut text = "# Agreement with theory\n\n\
        What the event-driven simulator does beside what published models and closed forms say. \
        `dynamo-sim validate --out DIR` makes all of it again, to the byte; `dynamo-sim validate \
        NAME --out DIR` one group of it and this page. A share of trials may be 4.5 standard \
        deviations away, and as many standard errors of a reference that is itself a sample; every \
        other bar is told in its row. The last column is the comparison that came nearest to its \
        bar, and how far towards it: of many comparisons some come near.\n\n\
        | group | about | verdict | comparisons | effort, seed | nearest to its bar |\n\
        |---|---|---|---|---|---|\n"
        .to_string();
    for group in LIST {
        let line = match summaries.iter().find(|it| it.group == group.name) {
            Some(summary) => line(group, summary),
            None => format!("| `{}` | {} | not compared | - | - | - |", group.name, group.about),
        };
        let _never_fails = writeln!(text, "{line}");
    }
    for summary in summaries.iter().filter(|it| it.picture) {
        let name = &summary.group;
        let _never_fails = write!(
            text,
            "\n![{name}: predicted against measured]({name}/predicted-measured.png)\n\n`{name}`: \
             probabilities that a read returns the latest write, predicted and measured, and how \
             far apart they are ([as vectors]({name}/predicted-measured.svg)).\n"
        );
    }
    text
}

fn line(group: &Group, summary: &Summary) -> String {
    let verdict = match (summary.outside, summary.inside) {
        (0, 0) => "nothing was compared".to_string(),
        (0, _) => "holds".to_string(),
        (outside, _) => format!("**does not hold**: {outside} outside"),
    };
    let nearest = summary.nearest.replace('|', "\\|");
    let strain = summary.strain.map_or("all are exact".to_string(), |strain| {
        format!("{:.0} % of it: {nearest}", 100.0 * strain)
    });
    let Summary { group: name, effort, seed, .. } = summary;
    let comparisons = summary.tally().told();
    let about = group.about;
    format!(
        "| [`{name}`]({name}/README.md) | {about} | {verdict} | {comparisons} | {effort}, {seed} \
         | {strain} |"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::list::find;
    use crate::validate::row::Share;

    #[test]
    fn the_overview_says_what_does_not_hold_and_what_was_not_compared() {
        let name = |what: &str| ("merkle", "a case", what.to_string());
        let rows = [
            Row::number(name("near"), 1.5, (1.0, 2.0), ""),
            Row::at_most(name("bound"), 0.4, 0.5, ""),
            Row::share(name("far"), Share { hits: 90, trials: 100 }, (0.5, 0.0), ""),
            Row::number(name("exact"), 1.0, (1.0, 0.0), ""),
        ];
        let merkle = find("merkle").unwrap();
        let held = Summary::of(merkle, &rows[..2], false, Effort::Full, 1);
        assert_eq!((held.inside, held.outside, held.strain), (2, 0, Some(0.8)));
        assert_eq!(Summary::read(&held.csv()), Some(held.clone()));
        let page = overview(&[held]);
        let line = "| holds | 2 inside, 0 outside | full, 1 | 80 % of it: a case, bound: 0.4000 \
                    at most 0.5000 |";
        assert!(page.contains(line), "{page}");
        assert!(
            page.contains("| `pbs` | 25 cases of PBS: P(fresh) and latencies | not compared |")
        );
        let broken = Summary::of(merkle, &rows, false, Effort::Full, 1);
        assert!(overview(&[broken]).contains("**does not hold**: 1 outside"));
        let exact = Summary::of(merkle, &rows[3..], false, Effort::Quick, 1);
        assert_eq!(exact.strain, None);
        assert_eq!(Summary::read(&exact.csv()), Some(exact));
        assert_eq!(Summary::read(b"nonsense"), None);
    }
}
