//! TypeScript to JavaScript: types become spaces, so that every byte stays where the author wrote it, and
//! only what has runtime behaviour (enums, parameter properties) is written anew, on the same lines. Types
//! are not checked (ACT-11). What cannot be erased is refused with a fix.

mod canvas;
mod classes;
mod enums;
mod types;

pub use canvas::Shifts;

use super::SourceError;
use canvas::Canvas;
use oxc_ast::ast::Program;
use oxc_ast_visit::Visit;
use std::collections::BTreeSet;

/// JavaScript and how its places relate to the source.
pub struct Erased {
    /// The text.
    pub text: String,
    /// Where text was inserted.
    pub shifts: Shifts,
}

/// Erases the types of a parsed program.
pub fn erase(source: &str, program: &Program) -> Result<Erased, Vec<SourceError>> {
    let mut eraser = Eraser {
        canvas: Canvas::new(
            source,
            program
                .comments
                .iter()
                .map(|comment| comment.span.start as usize..comment.span.end as usize),
        ),
        errors: Vec::new(),
        open_ends: BTreeSet::new(),
    };
    eraser.visit_program(program);
    if !eraser.errors.is_empty() {
        return Err(eraser.errors);
    }
    let (text, shifts) = eraser.canvas.finish();
    Ok(Erased { text, shifts })
}

struct Eraser<'s> {
    canvas: Canvas<'s>,
    errors: Vec<SourceError>,
    /// Ends of statements that no semicolon closes.
    open_ends: BTreeSet<usize>,
}
