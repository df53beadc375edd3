//! What the checkers say, for a person.

use crate::history::judge::{Judgement, Judgements};
use crate::history::verdict::{Story, Told, Verdict};

/// All of it as text.
pub fn told(file: &str, judgements: &Judgements) -> String {
    let contents = &judgements.history;
    let mut text = format!(
        "{file}: {} operations ({} reads, {} writes; {} succeeded, {} failed, {} unknown), {} \
         clients, {} keys, {}\n\n",
        contents.operations,
        contents.reads,
        contents.writes,
        contents.succeeded,
        contents.failed,
        contents.unknown,
        contents.clients,
        contents.keys,
        contents.values
    );
    for said in &judgements.checkers {
        text.push_str(&line(said));
    }
    for said in &judgements.checkers {
        if let Some(story) = &said.first {
            text.push_str(&format!("\n{}, the first of {}:\n", said.checker, said.violations));
            text.push_str(&story_text(story, contents.timed));
        }
    }
    let names = |said: &&Judgement| said.required;
    let required: Vec<&str> =
        judgements.checkers.iter().filter(names).map(|said| said.checker).collect();
    text.push_str(&format!("\nrequired: {}: {}\n", required.join(", "), word(judgements.verdict)));
    text
}

/// A word for a verdict.
pub fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Held => "holds",
        Verdict::Broken => "BROKEN",
        Verdict::Vacuous => "nothing to examine",
        Verdict::Undecided => "undecided",
    }
}

fn line(said: &Judgement) -> String {
    let mark = if said.required { "*" } else { " " };
    let verdict = match said.verdict {
        Verdict::Broken => format!("broken by {}", said.violations),
        Verdict::Held | Verdict::Vacuous | Verdict::Undecided => word(said.verdict).to_string(),
    };
    let mut line = format!(
        "{mark} {:<20} {:<22} {} {}: {}",
        said.checker, verdict, said.examined, said.of, said.verifies
    );
    if said.unjudged_keys > 0 {
        line.push_str(&format!("; {} keys cannot be judged", said.unjudged_keys));
    }
    for measure in &said.measures {
        line.push_str(&format!("; {} {}", measure.name, measure.text));
    }
    if let Some(note) = &said.note {
        line.push_str(&format!("; {note}"));
    }
    line.push('\n');
    line
}

fn story_text(story: &Story, timed: bool) -> String {
    let client = |told: &Told| told.client.len();
    let what = |told: &Told| told.what.chars().count();
    let wide = story.operations.iter().map(client).max().unwrap_or(0);
    let long = story.operations.iter().map(what).max().unwrap_or(0);
    let mut text = String::new();
    for told in &story.operations {
        let began = moment(told.began, timed);
        let ended = told.ended.map_or("?".to_string(), |ended| moment(ended, timed));
        text.push_str(&format!(
            "  client {:<wide$}  {:<long$}  {began} to {ended}  (line {})\n",
            told.client, told.what, told.line
        ));
    }
    text.push_str(&format!("  {}\n", story.why));
    text
}

fn moment(at: u64, timed: bool) -> String {
    match timed {
        true => format!("{}.{:09} s", at / 1_000_000_000, at % 1_000_000_000),
        false => format!("event {at}"),
    }
}
