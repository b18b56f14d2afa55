//! How much a document may hold, counted while it is read: nodes and bytes of text, those that come through
//! aliases each time, and the copies that anchors keep.

use super::build::Refusal;
use crate::diagnostic::Diagnostic;
use crate::text::Span;
use std::ops::Sub;

/// The most nodes of a file, those that come through aliases counted each time.
pub const MAX_NODES: usize = 100_000;
/// The most bytes of text of a file, those that come through aliases counted each time.
const MAX_TEXT: usize = 8 * 1024 * 1024;

/// What a part of a document costs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Size {
    /// Scalars, lists and maps.
    pub nodes: usize,
    /// Bytes of text.
    pub bytes: usize,
}

impl Sub for Size {
    type Output = Size;

    fn sub(self, other: Size) -> Size {
        Size {
            nodes: self.nodes - other.nodes,
            bytes: self.bytes - other.bytes,
        }
    }
}

/// What a file has cost so far.
#[derive(Default)]
pub struct Budget {
    spent: Size,
    kept: usize,
}

impl Budget {
    /// What has come in so far.
    pub fn spent(&self) -> Size {
        self.spent
    }

    /// Counts what comes in.
    pub fn spend(&mut self, size: Size, span: &Span) -> Result<(), Refusal> {
        self.spent.nodes += size.nodes;
        self.spent.bytes += size.bytes;
        if self.spent.nodes > MAX_NODES {
            return Err(too_many(span));
        }
        if self.spent.bytes > MAX_TEXT {
            let title = "the file has more than 8 MiB of text, aliases followed";
            return Err(Box::new(
                Diagnostic::error("too_large", span, title).fix("write fewer aliases"),
            ));
        }
        Ok(())
    }

    /// Counts what an anchor keeps: anchors inside anchors keep the same nodes again.
    pub fn keep(&mut self, size: Size, span: &Span) -> Result<(), Refusal> {
        self.kept += size.nodes;
        if self.kept > MAX_NODES {
            return Err(too_many(span));
        }
        Ok(())
    }
}

/// More nodes than there may be.
pub fn too_many(span: &Span) -> Refusal {
    let title = format!("the file has more than {MAX_NODES} nodes, aliases followed");
    Box::new(
        Diagnostic::error("too_many_nodes", span, title)
            .fix("split the file, or write fewer aliases"),
    )
}
