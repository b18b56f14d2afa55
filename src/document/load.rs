//! Text to trees: builds the nodes out of the parser's events, one by one and without recursion, so that
//! size, depth and number of nodes are refused at once. Resolves aliases and merge keys, refuses duplicate keys.

use super::build::Builder;
use super::json::parse_json;
use super::node::Node;
use super::syntax;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::text::{SourceFile, Span};
use saphyr_parser::Parser;
use std::sync::Arc;

/// All documents of a file, in order. What is wrong is reported; documents before a syntax error are kept.
pub fn parse_documents(file: &Arc<SourceFile>, diagnostics: &mut Diagnostics) -> Vec<Node> {
    let mut builder = Builder::new(file, diagnostics);
    for event in Parser::new_from_str(file.text()) {
        let outcome = match event {
            Ok((event, span)) => builder.take(event, span),
            Err(error) => Err(syntax::diagnostic(
                file,
                builder.offset(error.marker().index()),
                error.info(),
            )),
        };
        if let Err(diagnostic) = outcome {
            builder.diagnostics.push(*diagnostic);
            break;
        }
    }
    builder.documents
}

/// The single document of a file, JSON where its name says so; None when there is none, with the reason reported.
pub fn parse_document(file: &Arc<SourceFile>, diagnostics: &mut Diagnostics) -> Option<Node> {
    if file.path().ends_with(".json") {
        return parse_json(file, diagnostics);
    }
    let mut found = Diagnostics::default();
    let documents = parse_documents(file, &mut found);
    let broken = found.has_errors();
    diagnostics.extend(found.into_sorted());
    let mut documents = documents.into_iter();
    match (documents.next(), documents.next()) {
        (Some(first), _) if first.is_null() => {
            diagnostics.push(empty(&first.span));
            None
        }
        (Some(_), Some(second)) => {
            diagnostics.push(
                Diagnostic::error(
                    "several_documents",
                    &second.head(),
                    "a second document starts here",
                )
                .fix("put it into a file of its own; only scenario files hold several documents"),
            );
            None
        }
        (Some(document), None) => Some(document),
        (None, _) => {
            if !broken {
                diagnostics.push(empty(&Span::new(file, 0..0)));
            }
            None
        }
    }
}

/// An empty document where something is expected.
fn empty(span: &Span) -> Diagnostic {
    Diagnostic::error("empty_document", span, "the document is empty")
        .fix("write its content, or remove it")
}
