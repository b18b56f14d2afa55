//! Both drivers over the same flows and mocks; machines that follow scripts. Scales are small.

mod flows;
mod scripts;

use super::TimeScale;
use crate::diagnostic::Diagnostics;
use crate::document::parse_document;
use crate::drive::scripted::Nothing;
use crate::engine::Program;
use crate::flow::decode_flow;
use crate::mock::{Mocks, decode_webhooks};
use crate::text::SourceFile;
use std::path::Path;
use std::sync::Arc;

fn scale(scale: f64) -> TimeScale {
    TimeScale::new(scale).expect("in range")
}

/// A custom flow of these blocks; `allow` stands behind them.
fn program(blocks: &str) -> Arc<Program> {
    let text = format!(
        "flow: f\nkind: custom\nstages:\n  - stage: Main\n    blocks:\n{blocks}      - block: allow\n"
    );
    let mut diagnostics = Diagnostics::default();
    let file = SourceFile::new("f.yaml", &text);
    let node = parse_document(&file, &mut diagnostics).expect("a document");
    let decoded = decode_flow(&node, &mut diagnostics).expect("a flow");
    assert!(decoded.sound, "{diagnostics:?}\n{text}");
    Program::link(&decoded.flow, &Nothing).expect("a flow without references")
}

fn mocks(text: &str) -> Arc<Mocks> {
    let mut diagnostics = Diagnostics::default();
    let file = SourceFile::new("s.yaml", text);
    let node = parse_document(&file, &mut diagnostics).expect("a document");
    let mocks = decode_webhooks(&node, &[], Path::new("."), &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    Arc::new(mocks)
}
