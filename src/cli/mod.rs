//! The command line: the only floor that knows files, terminals and signals.
//!
//! Standard output carries the result and nothing else; progress, findings and complaints go to
//! standard error. The exit code says how it went ([`exit::Code`]).

pub mod arguments;
pub mod bugs;
pub mod check;
pub mod deadline;
pub mod diff;
pub mod exit;
pub mod explain;
pub mod files;
pub mod format;
pub mod frontier;
pub mod gallery;
pub mod hunt;
pub mod interrupt;
pub mod judge;
pub mod list;
pub mod new;
pub mod parallel;
pub mod plot;
pub mod predict;
pub mod progress;
pub mod repeat;
pub mod replay;
pub mod reproduce;
pub mod run;
pub mod shrink;
pub mod sources;
pub mod terminal;
pub mod validate;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::cli::arguments::{Arguments, Command};
use crate::cli::exit::{Code, Failure};
use crate::cli::terminal::Terminal;
use crate::scenario::schema::SCHEMA;

/// The whole program: read the arguments, do what they say, say how it went.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let terminal = Terminal::new(&arguments.looks);
    let done = match &arguments.command {
        Command::Run(run) => run::run(run, &terminal),
        Command::Check(check) => check::check(check, &terminal),
        Command::Format(format) => format::format(format, &terminal),
        Command::New { name } => new::new(name, &terminal),
        Command::Explain(explain) => explain::explain(explain, &terminal),
        Command::Schema => terminal.print(SCHEMA).map(|()| Code::Held),
        Command::List => list::list(&terminal),
        Command::Repeat(repeat) => repeat::repeat(repeat, &terminal),
        Command::Bugs(arguments) => bugs::bugs(arguments, &terminal),
        Command::Shrink(arguments) => shrink::shrink(arguments, &terminal),
        Command::Replay(arguments) => replay::replay(arguments, &terminal),
        Command::Promote(arguments) => replay::promote(arguments, &terminal),
        Command::Hunt(arguments) => hunt::hunt(arguments, &terminal),
        Command::Judge(judge) => judge::judge(judge, &terminal),
        Command::Diff(arguments) => diff::diff(arguments, &terminal),
        Command::Frontier(arguments) => frontier::frontier(arguments, &terminal),
        Command::Reproduce(arguments) => reproduce::reproduce(arguments, &terminal),
        Command::Plot(arguments) => plot::plot(arguments, &terminal),
        Command::Gallery(arguments) => gallery::gallery(arguments, &terminal),
        Command::Predict(arguments) => predict::predict(arguments, &terminal),
        Command::Validate(arguments) => validate::validate(arguments, &terminal),
        Command::Completions { shell } => completions(*shell, &terminal),
        Command::Man => man(&terminal),
    };
    let code = done.unwrap_or_else(|failure| {
        terminal.complain(&failure.to_string());
        failure.code()
    });
    ExitCode::from(code as u8)
}

fn completions(shell: clap_complete::Shell, terminal: &Terminal) -> Result<Code, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "dynamo-sim", &mut script);
    terminal.print(&String::from_utf8_lossy(&script))?;
    Ok(Code::Held)
}

fn man(terminal: &Terminal) -> Result<Code, Failure> {
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(Arguments::command()).render(&mut page);
    rendered.map_err(|error| Failure::Environment(format!("cannot write the page: {error}")))?;
    terminal.print(&String::from_utf8_lossy(&page))?;
    Ok(Code::Held)
}
