//! Where something was written: source files and spans in them. Lines and columns are 1-based and
//! count characters; spans are byte offsets. Reading files is not done here.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// The text of one file of the workspace.
pub struct SourceFile {
    path: Arc<str>,
    text: String,
    line_starts: Vec<usize>,
    /// The one place that is known of a file that is not at hand.
    place: Option<(usize, usize)>,
}

impl SourceFile {
    /// A file by its path relative to the workspace, written with `/`.
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<String>) -> Arc<Self> {
        let text = text.into();
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Arc::new(SourceFile {
            path: path.into(),
            text,
            line_starts,
            place: None,
        })
    }

    /// The path relative to the workspace, with `/`.
    pub fn path(&self) -> &Arc<str> {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column (both 1-based, in characters) of a byte offset; past the end is the end.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        if let Some(place) = self.place {
            return place;
        }
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts[line - 1];
        (line, self.text[start..offset].chars().count() + 1)
    }

    /// The byte offset of a 1-based line and column; past the end of a line is its end.
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let Some(start) = self.line_starts.get(line.saturating_sub(1)).copied() else {
            return self.text.len();
        };
        let end = self
            .line_starts
            .get(line)
            .map_or(self.text.len(), |next| next - 1);
        self.text[start..end]
            .char_indices()
            .nth(column.saturating_sub(1))
            .map_or(end, |(at, _)| start + at)
    }

    /// The text of a 1-based line, without its end.
    pub fn line(&self, line: usize) -> &str {
        let Some(start) = self.line_starts.get(line.saturating_sub(1)).copied() else {
            return "";
        };
        let end = self
            .line_starts
            .get(line)
            .map_or(self.text.len(), |next| next - 1);
        self.text[start..end].trim_end_matches('\r')
    }
}

impl fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_tuple("SourceFile").field(&self.path).finish()
    }
}

/// A range of bytes of one file.
#[derive(Clone)]
pub struct Span {
    /// The file that holds it.
    pub file: Arc<SourceFile>,
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// A range of a file.
    pub fn new(file: &Arc<SourceFile>, range: Range<usize>) -> Self {
        Span {
            file: file.clone(),
            start: range.start,
            end: range.end,
        }
    }

    /// A line and column (both 1-based) of a file that is not at hand.
    pub fn elsewhere(path: impl Into<Arc<str>>, line: usize, column: usize) -> Self {
        let file = SourceFile {
            path: path.into(),
            text: String::new(),
            line_starts: vec![0],
            place: Some((line.max(1), column.max(1))),
        };
        Span::new(&Arc::new(file), 0..0)
    }

    /// A part of this span, by byte offsets relative to its start; kept inside the file.
    pub fn part(&self, range: Range<usize>) -> Self {
        let limit = self.file.text().len();
        let start = (self.start + range.start).min(limit);
        Span {
            file: self.file.clone(),
            start,
            end: (self.start + range.end).clamp(start, limit),
        }
    }

    /// Line and column of the start, both 1-based.
    pub fn line_column(&self) -> (usize, usize) {
        self.file.line_column(self.start)
    }

    /// The line of the start, 1-based.
    pub fn line(&self) -> usize {
        self.line_column().0
    }
}

/// `file:line:column`
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (line, column) = self.line_column();
        write!(f, "{}:{line}:{column}", self.file.path())
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A value and where it was written.
#[derive(Debug, Clone)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub span: Span,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_file_that_is_not_at_hand_takes_no_room() {
        let span = Span::elsewhere("a.yaml", usize::MAX, 3);
        assert_eq!(span.line_column(), (usize::MAX, 3));
        assert_eq!(Span::elsewhere("a.yaml", 0, 0).to_string(), "a.yaml:1:1");
        assert_eq!(span.file.line(usize::MAX), "");
    }

    #[test]
    fn offsets_and_places_are_inverse() {
        let file = SourceFile::new("a.yaml", "ab\nçd\n\nx");
        for (offset, place) in [
            (0, (1, 1)),
            (1, (1, 2)),
            (3, (2, 1)),
            (5, (2, 2)),
            (7, (3, 1)),
            (8, (4, 1)),
        ] {
            assert_eq!(file.line_column(offset), place, "{offset}");
            assert_eq!(file.offset(place.0, place.1), offset, "{place:?}");
        }
        assert_eq!(file.line(2), "çd");
    }
}
