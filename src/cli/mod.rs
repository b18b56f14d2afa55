//! The command line: what was asked for, and the commands that do it. Results go to standard output, everything
//! said to a person about progress and problems to standard error.

mod accept;
mod args;
mod bench;
mod check;
mod compare;
mod completions;
mod exit;
mod faults;
mod fuzz;
mod init;
mod load;
mod merge;
mod mutate;
mod orphans;
mod review;
mod run;
mod schema;
mod select;
mod shard;
mod snapshots;
mod terminal;
mod told;
mod trace;
mod waiting;
mod watch;
mod write_expect;

pub use args::Cli;
pub use exit::Exit;

use args::{Command, Format};
use clap::{Parser, ValueEnum};
use exit::Stop;
use std::ffi::OsString;
use std::process::ExitCode;
use terminal::Terminal;

/// Does what the arguments of the process ask for.
pub fn main() -> ExitCode {
    run_with(std::env::args_os()).into()
}

/// Does what these arguments ask for; the first is the name of the program.
pub fn run_with(args: impl IntoIterator<Item = OsString>) -> Exit {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // help and version come this way too, and are no error
            let _ = error.print();
            return if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Passed
            };
        }
    };
    let terminal = Terminal::new(cli.common.color);
    let outcome = match &cli.command {
        other if !other.formats().contains(&cli.common.format) => Err(no_such_format(&cli)),
        Command::Run(args) => run::run(args, &cli.common, &terminal),
        Command::Check(args) => check::run(args, &cli.common, &terminal),
        Command::Accept(args) => accept::run(args, &cli.common, &terminal),
        Command::Trace(args) => trace::run(args, &cli.common, &terminal),
        Command::Fuzz(args) => fuzz::run(args, &cli.common, &terminal),
        Command::Faults(args) => faults::run(args, &cli.common, &terminal),
        Command::Mutate(args) => mutate::run(args, &cli.common, &terminal),
        Command::Bench(args) => bench::run(args, &cli.common, &terminal),
        Command::Merge(args) => merge::run(args, &cli.common, &terminal),
        Command::Init(args) => init::run(args, &cli.common, &terminal),
        Command::Schema(args) => schema::run(args, &cli.common, &terminal),
        Command::Completions(args) => completions::run(args, &cli.common, &terminal),
    };
    outcome.unwrap_or_else(|stop| {
        terminal.fail(&stop);
        stop.exit
    })
}

/// What can be written instead.
fn no_such_format(cli: &Cli) -> Stop {
    let word = |format: Format| {
        let value = format.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    };
    let formats = cli.command.formats().iter();
    let others: Vec<String> = formats.map(|format| word(*format)).collect();
    let owner = match cli.common.format {
        Format::Html => "`faults`",
        Format::Github => "`run`, `check` and `merge`",
        Format::Jsonl | Format::Junit | Format::Tap => "`run` and `merge`",
        Format::Human | Format::Json => "others",
    };
    Stop::usage(format!(
        "--format {} is for {owner}; write {} here",
        word(cli.common.format),
        others.join(" or ")
    ))
}
