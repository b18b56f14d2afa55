//! The text under the eraser: bytes are blanked or overwritten in place, insertions are kept apart until the
//! end, and searches do not see comments.

use oxc_span::Span;
use std::ops::Range;

/// See the module.
pub struct Canvas<'s> {
    source: &'s str,
    /// The source with its comments blanked, for searches.
    bare: Vec<u8>,
    out: Vec<u8>,
    inserted: Vec<(usize, String)>,
}

/// Where text was inserted: offsets in the output, and the source offsets that they belong to.
#[derive(Debug, Default)]
pub struct Shifts(Vec<(usize, usize)>);

impl Shifts {
    /// The source offset of an output offset.
    pub fn source_offset(&self, offset: usize) -> usize {
        let after = self.0.partition_point(|(out, _)| *out <= offset);
        let (out, source) = match after.checked_sub(1) {
            Some(at) => self.0[at],
            None => (0, 0),
        };
        let mapped = source + (offset - out);
        self.0
            .get(after)
            .map_or(mapped, |(_, next)| mapped.min(*next))
    }
}

/// Spaces over everything but line ends.
fn blank(bytes: &mut [u8]) {
    for byte in bytes {
        if *byte != b'\n' && *byte != b'\r' {
            *byte = b' ';
        }
    }
}

impl<'s> Canvas<'s> {
    pub fn new(source: &'s str, comments: impl Iterator<Item = Range<usize>>) -> Self {
        let mut bare = source.as_bytes().to_vec();
        for comment in comments {
            blank(&mut bare[comment]);
        }
        Canvas {
            source,
            bare,
            out: source.as_bytes().to_vec(),
            inserted: Vec::new(),
        }
    }

    /// Spaces over a range; line ends stay.
    pub fn blank(&mut self, start: usize, end: usize) {
        if start < end {
            blank(&mut self.out[start..end]);
        }
    }

    /// Spaces over a node.
    pub fn blank_span(&mut self, span: Span) {
        self.blank(span.start as usize, span.end as usize);
    }

    /// A removed statement leaves a semicolon, so that its neighbours do not join.
    pub fn blank_statement(&mut self, span: Span) {
        self.blank_span(span);
        self.put(span.start as usize, b';');
    }

    /// Overwrites one byte that is not part of a longer character.
    pub fn put(&mut self, at: usize, byte: u8) {
        if let Some(place) = self.out.get_mut(at) {
            *place = byte;
        }
    }

    /// Puts text in front of a byte of the source.
    pub fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.inserted.push((at, text.into()));
    }

    /// The source of a range.
    pub fn source(&self, range: Range<usize>) -> &'s str {
        self.source.get(range).unwrap_or_default()
    }

    /// A byte of the source.
    pub fn byte(&self, at: usize) -> Option<u8> {
        self.source.as_bytes().get(at).copied()
    }

    /// Whether a range holds a line end.
    pub fn breaks(&self, start: usize, end: usize) -> bool {
        let range = self.source.as_bytes().get(start..end).unwrap_or_default();
        range.iter().any(|byte| matches!(byte, b'\n' | b'\r'))
    }

    /// The first place of a byte in a range, outside of comments.
    pub fn find(&self, start: usize, end: usize, wanted: u8) -> Option<usize> {
        let range = self.bare.get(start..end)?;
        Some(start + range.iter().position(|byte| *byte == wanted)?)
    }

    /// The first byte at or after a place that is neither blank nor comment, and where it stands.
    pub fn next(&self, start: usize) -> Option<(usize, u8)> {
        let rest = self.bare.get(start..)?;
        let at = rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
        Some((start + at, rest[at]))
    }

    /// The words of a range, outside of comments.
    pub fn words(&self, start: usize, end: usize) -> Vec<Range<usize>> {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
        let (mut words, mut at) = (Vec::new(), start);
        while at < end.min(self.bare.len()) {
            let from = at;
            while at < end && self.bare.get(at).copied().is_some_and(is_word) {
                at += 1;
            }
            if at > from {
                words.push(from..at);
            } else {
                at += 1;
            }
        }
        words
    }

    /// The output and where it departs from the source.
    pub fn finish(mut self) -> (String, Shifts) {
        self.inserted.sort_by_key(|(at, _)| *at);
        let mut text = Vec::with_capacity(self.out.len());
        let (mut shifts, mut done) = (Shifts::default(), 0);
        for (at, insertion) in &self.inserted {
            text.extend_from_slice(&self.out[done..*at]);
            done = *at;
            shifts.0.push((text.len(), *at));
            text.extend_from_slice(insertion.as_bytes());
            shifts.0.push((text.len(), *at));
        }
        text.extend_from_slice(&self.out[done..]);
        (String::from_utf8_lossy(&text).into_owned(), shifts)
    }
}
