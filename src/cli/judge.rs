//! `dynamo-sim judge`

use std::io::Read;
use std::path::Path;

use crate::cli::arguments::{Form, Judge};
use crate::cli::exit::{Code, Failure};
use crate::cli::files::Folder;
use crate::cli::parallel::{each, jobs};
use crate::cli::terminal::Terminal;
use crate::history::checkers::{CHECKERS, Checker};
use crate::history::edn;
use crate::history::judge::{Bounds, one, together};
use crate::history::lines;
use crate::history::malformed::Malformed;
use crate::history::model::History;
use crate::history::told::told;
use crate::history::verdict::Verdict;
use crate::history::write_edn::write;
use crate::report::json::pretty;
use crate::time::Duration;

/// Judges a history, of a run or of any other store.
pub fn judge(arguments: &Judge, terminal: &Terminal) -> Result<Code, Failure> {
    let mut bounds = Bounds::default();
    let asked = named(&arguments.check, &mut bounds)?;
    let required = named(&arguments.require, &mut bounds)?;
    let history = read(arguments)?;
    if let Some(out) = &arguments.export {
        export(&history, out)?;
    }
    let required = match (required.is_empty(), asked.is_empty()) {
        (false, _) => required,
        (true, false) => asked.clone(),
        (true, true) => vec![Checker::Written],
    };
    let wanted = |checker: &Checker| {
        asked.is_empty() || asked.contains(checker) || required.contains(checker)
    };
    let checkers: Vec<Checker> = CHECKERS.into_iter().filter(wanted).collect();
    let registers = history.registers();
    let judged = |checker: &Checker| {
        one(&history, &registers, *checker, required.contains(checker), &bounds)
    };
    let judged = each(jobs(None), &checkers, &|| false, &judged);
    let judgements = together(&history, judged.into_iter().flatten().collect());
    match arguments.json {
        true => terminal.print(&String::from_utf8_lossy(&pretty(&judgements)))?,
        false => terminal.print(&told(&arguments.history, &judgements))?,
    }
    Ok(match judgements.verdict {
        Verdict::Held => Code::Held,
        Verdict::Broken => Code::Finding,
        Verdict::Vacuous | Verdict::Undecided => Code::Inconclusive,
    })
}

/// Checkers by their names; two may bring a bound with them.
fn named(names: &[String], bounds: &mut Bounds) -> Result<Vec<Checker>, Failure> {
    let mut checkers = Vec::new();
    for word in names {
        let (name, bound) = match word.split_once('=') {
            Some((name, bound)) => (name, Some(bound)),
            None => (word.as_str(), None),
        };
        let found = CHECKERS.into_iter().find(|checker| checker.name() == name);
        let checker = found.ok_or_else(|| unknown(name))?;
        match (checker, bound) {
            (_, None) => {}
            (Checker::KStaleness, Some(bound)) => {
                let number = bound.parse::<u64>().ok().filter(|k| *k > 0);
                bounds.k = number.ok_or_else(|| wrong(word, "k-staleness=3, at least 1"))?;
            }
            (Checker::TStaleness, Some(bound)) => {
                let span = Duration::parse(bound);
                bounds.t = span.map_err(|_| wrong(word, "t-staleness=50ms"))?.0;
            }
            (_, Some(_)) => {
                return Err(wrong(word, "no bound: only k-staleness and t-staleness have one"));
            }
        }
        checkers.push(checker);
    }
    Ok(checkers)
}

fn unknown(name: &str) -> Failure {
    let names: Vec<&str> = CHECKERS.iter().map(|checker| checker.name()).collect();
    Failure::Arguments(format!("no checker is called `{name}`; there are {}", names.join(", ")))
}

fn wrong(word: &str, wanted: &str) -> Failure {
    Failure::Arguments(format!("found `{word}`; wanted is {wanted}"))
}

/// So much of a file is read at a time.
const PIECE: usize = 1 << 18;

fn read(arguments: &Judge) -> Result<History, Failure> {
    let name = arguments.history.as_str();
    let cannot = |error| Failure::Environment(format!("cannot read {name}: {error}"));
    let mut input: Box<dyn Read> = match name {
        "-" => Box::new(std::io::stdin().lock()),
        _ => Box::new(std::fs::File::open(name).map_err(cannot)?),
    };
    let mut bytes = Vec::with_capacity(2 * PIECE);
    piece(&mut input, &mut bytes).map_err(cannot)?;
    let form = match arguments.format {
        Form::Auto if name.ends_with(".edn") => Form::Edn,
        Form::Auto if name.ends_with(".jsonl") => Form::Jsonl,
        Form::Auto => guessed(&bytes),
        chosen => chosen,
    };
    let wrong = |malformed: Malformed| Failure::Scenario(malformed.render(name));
    if form == Form::Edn {
        input.read_to_end(&mut bytes).map_err(cannot)?;
        return edn::read(&bytes).map_err(wrong);
    }
    // Lines are forgotten once they are read: a history is several times smaller than its file.
    let mut reader = lines::Reader::default();
    loop {
        let taken = reader.take(&bytes, false).map_err(wrong)?;
        bytes.drain(..taken);
        if piece(&mut input, &mut bytes).map_err(cannot)? == 0 {
            reader.take(&bytes, true).map_err(wrong)?;
            return Ok(reader.finish());
        }
    }
}

/// Reads a piece more; how long it is, and 0 at the end.
fn piece(input: &mut dyn Read, bytes: &mut Vec<u8>) -> std::io::Result<usize> {
    input.take(PIECE as u64).read_to_end(bytes)
}

/// EDN has keywords where JSON has names in quotes.
fn guessed(bytes: &[u8]) -> Form {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    let start = start.trim_start_matches(['[', '(', '{', ' ', '\n', '\r', '\t']);
    match start.starts_with([':', ';', '#']) {
        true => Form::Edn,
        false => Form::Jsonl,
    }
}

/// Writes the history where it can be read by Jepsen's checkers.
fn export(history: &History, out: &Path) -> Result<(), Failure> {
    let name = out.file_name().filter(|_| out.extension().is_some_and(|end| end == "edn"));
    let name = name
        .ok_or_else(|| Failure::Arguments("--export takes a file that ends in .edn".to_string()))?;
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
    Folder::make(folder.unwrap_or(Path::new(".")))?.write(name, write(history).as_bytes())
}
