//! Prints the page about all kinds: `cargo run --example blocks_page > docs/blocks.md`.

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    std::io::stdout().write_all(flowproof::flow::catalogue_page().as_bytes())
}
