//! x
use super::args::Common;
use super::exit::{Exit, Stop};
use super::terminal::Terminal;
pub fn run(_scenario: &str, _common: &Common, _terminal: &Terminal) -> Result<Exit, Stop> {
    Err(Stop::usage("not yet"))
}
