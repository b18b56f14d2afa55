//! `flowproof schema [KIND]`: the JSON Schema of a kind of file, or of all kinds in one object.

use super::args::{Common, Schema};
use super::exit::{Exit, Stop};
use super::terminal::Terminal;
use crate::schema::{schema, schemas};

/// How an editor finds the schema of a file.
const HINT: &str = "write one to a file, and name it in the first line of yours:\n  \
    flowproof schema flow --output flow.schema.json\n  \
    # yaml-language-server: $schema=flow.schema.json\n";

/// The schema goes to `--output`, else to standard output.
pub fn run(args: &Schema, common: &Common, terminal: &Terminal) -> Result<Exit, Stop> {
    let found = match args.kind {
        Some(kind) => schema(kind),
        None => schemas(),
    };
    let mut document =
        serde_json::to_vec_pretty(&found).map_err(|error| Stop::harness(error.to_string()))?;
    document.push(b'\n');
    terminal.deliver(&document, common)?;
    if args.kind.is_none() {
        terminal.say(HINT);
    }
    Ok(Exit::Passed)
}
