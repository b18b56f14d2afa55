//! The catalogue holds what it promises: every kind has a page, and the page is the one in the repository.

use std::fs;
use std::path::Path;

#[test]
fn the_page_in_the_repository_is_the_one_of_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/blocks.md");
    let page = fs::read_to_string(path).expect("docs/blocks.md");
    assert!(
        page == flowproof::flow::catalogue_page(),
        "docs/blocks.md is not the page of the catalogue: cargo run --example blocks_page > docs/blocks.md"
    );
}
