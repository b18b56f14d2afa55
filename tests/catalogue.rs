//! The catalogue holds what it promises: every kind has a page, and the page is the one in the repository.

use flowproof::flow::Kind;
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

#[test]
fn eleven_kinds_have_an_on_error_setting() {
    let found: Vec<&str> = Kind::all()
        .filter(|kind| kind.info().on_error)
        .map(Kind::name)
        .collect();
    assert_eq!(
        found,
        [
            "channel_otp_send",
            "verification_send",
            "email_verification",
            "run_custom_action",
            "run_custom_flow",
            "parallel_webhook",
            "call_webhook",
            "notify",
            "send_email",
            "password_recovery_send",
            "log_event",
        ]
    );
}
