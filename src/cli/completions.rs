//! `flowproof completions SHELL`: what a shell needs to complete commands and options, out of the same arguments.

use super::args::{Cli, Common, Completions};
use super::exit::{Exit, Stop};
use super::terminal::Terminal;
use clap::CommandFactory;

/// The script goes to `--output`, else to standard output.
pub fn run(args: &Completions, common: &Common, terminal: &Terminal) -> Result<Exit, Stop> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "flowproof", &mut script);
    terminal.deliver(&script, common)?;
    Ok(Exit::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;
    use clap_complete::Shell;

    #[test]
    fn every_shell_is_told_of_every_command() {
        for shell in Shell::value_variants() {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "flowproof", &mut script);
            let script = String::from_utf8(script).expect("a script is text");
            for command in Cli::command().get_subcommands() {
                let name = command.get_name();
                assert!(script.contains(name), "{shell}: {name}");
            }
        }
    }
}
