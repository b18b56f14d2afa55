//! The built `flowproof`, started as a person at a terminal would: what a CI system sets in the environment (`CI`,
//! `NO_COLOR`) is not handed on, so that a test means the same everywhere; one that is about it sets it itself.

use std::path::Path;
use std::process::Command;

/// The command, not yet started.
pub fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowproof"));
    command.args(args).current_dir(folder);
    for variable in ["CI", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}
