//! The binary: hands the arguments to the library and ends with its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    flowproof::cli::main()
}
