//! An action's source, compiled once: parsed, checked, its types erased, turned into bytecode. Errors carry
//! their place in the file as written, and so do stacks.

use super::erase::{Shifts, erase};
use super::sandbox::{self, SyntaxError};
use super::survey::{CallSite, READS, survey};
use super::turn::Place;
use crate::text::SourceFile;
use oxc_allocator::Allocator;
use oxc_parser::{ParseOptions, Parser};
use oxc_span::SourceType;
use std::ops::Range;
use std::sync::Arc;
use std::thread;

/// Larger sources are refused.
const LARGEST: usize = 1 << 20;
/// The parser descends as deep as the text nests, and a byte can be a level: the stack grows with the text.
const STACK: usize = 8 << 20;
const STACK_PER_BYTE: usize = if cfg!(debug_assertions) {
    16 << 10
} else {
    3 << 10
};

/// What to do about a syntax error that says no more.
const SYNTAX: &str = "correct the source at this place";

/// One action compiled: immutable, shared by all runs and threads.
#[derive(Debug)]
pub struct Script {
    file: Arc<SourceFile>,
    bytecode: Vec<u8>,
    /// Offsets at which the lines of the compiled text start.
    line_starts: Vec<usize>,
    shifts: Shifts,
    subtractions: Vec<usize>,
    calls: Vec<CallSite>,
    bare_classes: Vec<String>,
}

/// Why a source file is no action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceError {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: Option<String>,
    /// Where, in bytes of the file.
    pub range: Range<usize>,
}

/// What the parser's thread hands back.
struct Parsed {
    text: String,
    shifts: Shifts,
    subtractions: Vec<usize>,
    calls: Vec<CallSite>,
    bare_classes: Vec<String>,
}

impl Script {
    /// The source as it is written.
    pub fn source(&self) -> &str {
        self.file.text()
    }

    /// Whether the source holds this name.
    pub fn names(&self, name: &str) -> bool {
        self.file.text().contains(name)
    }

    /// Whether the source names `deny` otherwise than in a comment's words: called, passed on or taken apart.
    pub fn may_deny(&self) -> bool {
        let text = self.file.text();
        let named = [
            ".deny", "deny }", "deny}", "{ deny", "{deny", "deny,", "'deny'", "\"deny\"",
        ];
        self.calls.iter().any(|call| call.name == "deny")
            || named.iter().any(|spelling| text.contains(spelling))
    }

    /// Compiles a file: TypeScript when its name ends with `.ts`, else JavaScript.
    ///
    /// Fails with every error found, in order: syntax, imports, decorators, a missing `execute`.
    pub fn compile(file: &Arc<SourceFile>) -> Result<Arc<Script>, Vec<SourceError>> {
        let parsed = parse_apart(file)?;
        let line_starts = std::iter::once(0)
            .chain(parsed.text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        let mut script = Script {
            file: file.clone(),
            bytecode: Vec::new(),
            line_starts,
            shifts: parsed.shifts,
            subtractions: parsed.subtractions,
            calls: parsed.calls,
            bare_classes: parsed.bare_classes,
        };
        script.bytecode = sandbox::compile(file.path(), &parsed.text)
            .map_err(|error| vec![script.source_error(error)])?;
        Ok(Arc::new(script))
    }

    /// The source.
    pub fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }

    /// Where a read spells one of `slugs` as a subtraction, and how to write it (ACT-4).
    pub fn hyphenated_reads(&self, slugs: &[&str]) -> Vec<(Range<usize>, String)> {
        let found = self.subtractions.iter().filter_map(|start| {
            let text = self.file.text().get(*start..)?;
            let (length, spelling) = hyphenated(text, slugs)?;
            Some((*start..start + length, spelling))
        });
        found.collect()
    }

    pub(super) fn bytecode(&self) -> &[u8] {
        &self.bytecode
    }

    /// The place of the first frame of a stack that stands in this file. `made` is the name of the error;
    /// where its constructor, or the native function of the frame above, was called with arguments over
    /// several lines, the place is that of the call.
    pub(super) fn place_in_stack(&self, stack: &str, made: &str) -> Option<Place> {
        let (mut above, file) = (made, self.file.path());
        for frame in stack.lines() {
            let name = frame.trim_start().strip_prefix("at ").unwrap_or_default();
            let name = name.split_once(" (").map_or(name, |(name, _)| name);
            let bare = self.bare_classes.iter().any(|class| class == name);
            if let Some((line, column)) = frame_place(frame, file).filter(|_| !bare) {
                let offset = self.source_offset(line, column);
                return Some(
                    self.file
                        .line_column(self.call_at(offset, above).unwrap_or(offset)),
                );
            }
            above = name;
        }
        None
    }

    /// Where the innermost call of `name` around an offset was written.
    fn call_at(&self, offset: usize, name: &str) -> Option<usize> {
        let around = |call: &&CallSite| call.range.contains(&offset) && call.name == name;
        let innermost = self
            .calls
            .iter()
            .filter(around)
            .min_by_key(|call| call.range.len());
        innermost.map(|call| call.at)
    }

    /// The offset in the source of a line and column in bytes of the compiled text.
    fn source_offset(&self, line: usize, column: usize) -> usize {
        let Some(start) = self.line_starts.get(line.saturating_sub(1)) else {
            return self.file.text().len();
        };
        let offset = self.shifts.source_offset(start + column.saturating_sub(1));
        let end = self.file.offset(line, usize::MAX);
        offset.clamp(self.file.offset(line, 1), end)
    }

    fn source_error(&self, error: SyntaxError) -> SourceError {
        let start = error
            .at
            .map_or(0, |(line, column)| self.source_offset(line, column));
        let rest = self.file.text().get(start..).unwrap_or_default();
        let width = rest.chars().next().map_or(0, char::len_utf8);
        let (message, fix) = if error.message.contains("call stack") {
            ("the source nests too deeply".to_owned(), "write it flatter")
        } else {
            (format!("syntax error: {}", error.message), SYNTAX)
        };
        SourceError {
            message,
            fix: Some(fix.to_owned()),
            range: start..start + width,
        }
    }
}

/// Parses on a thread of its own, whose stack is as deep as the text can nest.
fn parse_apart(file: &SourceFile) -> Result<Parsed, Vec<SourceError>> {
    let whole = |message: &str| {
        vec![SourceError {
            message: message.to_owned(),
            fix: Some("make the file smaller".to_owned()),
            range: 0..0,
        }]
    };
    let text = file.text();
    if text.len() > LARGEST {
        return Err(whole("the source of an action is larger than 1 MiB"));
    }
    thread::scope(|scope| {
        let stack = STACK + text.len() * STACK_PER_BYTE;
        let builder = thread::Builder::new()
            .name("action-parser".to_owned())
            .stack_size(stack);
        let parser = builder.spawn_scoped(scope, || parse(file));
        match parser.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(parsed)) => parsed,
            Ok(Err(_)) | Err(_) => Err(whole("the source of the action cannot be parsed")),
        }
    })
}

fn parse(file: &SourceFile) -> Result<Parsed, Vec<SourceError>> {
    let (text, allocator) = (file.text(), Allocator::default());
    let typed = file.path().ends_with(".ts");
    let kind = if typed {
        SourceType::ts()
    } else {
        SourceType::mjs()
    };
    let options = ParseOptions {
        parse_regular_expression: true,
        ..ParseOptions::default()
    };
    let parser = Parser::new(&allocator, text, kind.with_module(true));
    let parsed = parser.with_options(options).parse();
    if !parsed.diagnostics.is_empty() {
        let usual = if !typed && is_typescript(text) {
            "rename the file to `.ts`: types stand in TypeScript only"
        } else {
            SYNTAX
        };
        let errors = parsed.diagnostics.iter().map(|diagnostic| {
            let label = diagnostic.labels.iter().next();
            let start = label.map_or(0, |label| label.offset() as usize);
            let help = diagnostic.help.as_ref().map(|help| lower_first(help));
            SourceError {
                message: format!("syntax error: {}", lower_first(&diagnostic.message)),
                fix: help.or_else(|| Some(usual.to_owned())),
                range: start..start + label.map_or(0, |label| label.len() as usize),
            }
        });
        return Err(errors.collect());
    }
    let survey = survey(text, &parsed.program);
    if !survey.errors.is_empty() {
        return Err(survey.errors);
    }
    let (text, shifts) = if typed {
        let erased = erase(text, &parsed.program)?;
        (erased.text, erased.shifts)
    } else {
        (text.to_owned(), Shifts::default())
    };
    Ok(Parsed {
        text,
        shifts,
        subtractions: survey.subtractions,
        calls: survey.calls,
        bare_classes: survey.bare_classes,
    })
}

/// Whether the text is right as TypeScript.
fn is_typescript(text: &str) -> bool {
    let allocator = Allocator::default();
    let kind = SourceType::ts().with_module(true);
    let parsed = Parser::new(&allocator, text, kind).parse();
    parsed.diagnostics.is_empty()
}

/// A message as the project writes them: lower-case, without a full stop.
fn lower_first(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut characters = message.chars();
    let first = characters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(characters).collect()
}

/// Line and column of a frame of a stack, if it stands in the file of this name:
/// `    at name (file:line:column)`, or without the parentheses.
pub(super) fn frame_place(frame: &str, name: &str) -> Option<(usize, usize)> {
    let frame = frame.strip_suffix(')').unwrap_or(frame);
    let (rest, column) = frame.rsplit_once(':')?;
    let (rest, line) = rest.rsplit_once(':')?;
    let before = rest.strip_suffix(name)?;
    let whole = before.ends_with('(') || before.ends_with(' ');
    Some((line.parse().ok()?, column.parse().ok()?)).filter(|_| whole)
}

/// How much of `text` is a read of one of the slugs, and its right spelling.
fn hyphenated(text: &str, slugs: &[&str]) -> Option<(usize, String)> {
    let root = READS.into_iter().find(|root| text.starts_with(root))?;
    let rest = &text[root.len()..];
    let spelled = |slug: &&&str| {
        let after = rest
            .strip_prefix(**slug)
            .and_then(|after| after.chars().next());
        rest.starts_with(**slug)
            && slug.contains('-')
            && !after.is_some_and(|next| next.is_alphanumeric() || "_$-".contains(next))
    };
    let slug = slugs.iter().filter(spelled).max_by_key(|slug| slug.len())?;
    let members = &rest[slug.len()..];
    let end = members.find(|next: char| !(next.is_alphanumeric() || "_$.?".contains(next)));
    let members = &members[..end.unwrap_or(members.len())];
    let spelling = format!("{}['{slug}']{members}", root.trim_end_matches('.'));
    Some((root.len() + slug.len() + members.len(), spelling))
}
