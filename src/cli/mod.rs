//! The command line: one file a command.

mod analyze;
mod analyze_output;
mod analyze_reports;
mod assign;
mod districting;
mod export;
#[cfg(feature = "testing")]
mod generate;
mod import;
mod plan;
mod position_args;
mod serve;
mod store_args;
mod whole_file;

pub use position_args::PositionArgs;
pub use store_args::{StoreArgs, load_config, open_existing, open_service};
pub use whole_file::WholeFile;

use clap::{Parser, Subcommand};
use std::{future::Future, io, process::ExitCode};

/// Boundaries, grids and reports on the map: assignment, coverage, workload and response times.
#[derive(Debug, Parser)]
#[command(name = "wangge", version, max_term_width = 120)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Args),
    Import(import::Args),
    Export(export::Args),
    Analyze(analyze::Args),
    Assign(assign::Args),
    Districting(districting::Args),
    Plan(plan::Args),
    #[cfg(feature = "testing")]
    Generate(generate::Args),
}

/// Parses the command line, runs the command, says on stderr what went wrong.
#[must_use]
pub fn run() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(args) => wait_for(serve::run(args)),
        Command::Import(args) => wait_for(import::run(args)),
        Command::Export(args) => wait_for(export::run(args)),
        Command::Analyze(args) => wait_for(analyze::run(&args)),
        Command::Assign(args) => wait_for(assign::run(&args)),
        Command::Districting(args) => districting::run(&args),
        Command::Plan(args) => wait_for(plan::run(args)),
        #[cfg(feature = "testing")]
        Command::Generate(args) => generate::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads our output has had enough (`wangge … | head`).
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", in_words(&error));
            ExitCode::FAILURE
        }
    }
}

fn wait_for(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(command)
}

/// The error and its causes, each said once: many errors have their cause in their own text.
fn in_words(error: &anyhow::Error) -> String {
    error.chain().fold(String::new(), |said, cause| {
        let cause = cause.to_string();
        match said.as_str() {
            "" => cause,
            before if before.contains(&cause) => said,
            before => format!("{before}: {cause}"),
        }
    })
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe))
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    #[test]
    fn causes_are_said_once() {
        let missing = || io::Error::new(io::ErrorKind::NotFound, "no such file");
        let table = crate::table::TableError::Io { path: "a.csv".into(), source: missing() };
        assert_eq!(in_words(&anyhow::Error::from(table)), "a.csv: no such file");
        assert_eq!(in_words(&Err::<(), _>(missing()).context("can't write b").unwrap_err()), "can't write b: no such file");
    }

    #[test]
    fn the_command_line_is_consistent() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
