//! Bytes of a file to its text: UTF-8 within the size budget, without a byte order mark, without NUL.

use crate::diagnostic::Diagnostic;
use crate::text::{SourceFile, Span};
use std::sync::Arc;

/// The largest file that is read as a document.
pub const MAX_BYTES: usize = 1024 * 1024;

/// The text of a file, or what is wrong with its bytes.
pub fn source(path: &str, bytes: &[u8]) -> Result<Arc<SourceFile>, Box<Diagnostic>> {
    let refuse = |code, title: String, fix: &str| {
        Err(Box::new(Diagnostic::file_error(code, path, title).fix(fix)))
    };
    if bytes.len() > MAX_BYTES {
        let title = "the file is larger than 1 MiB".to_owned();
        return refuse("too_large", title, "split the file");
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return refuse("not_text", "the file is UTF-16".into(), "save it as UTF-8");
    }
    if bytes.contains(&0) {
        let title = "the file is binary: it holds NUL bytes".into();
        return refuse(
            "not_text",
            title,
            "put a text file here, or move this one away",
        );
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(SourceFile::new(path, text.trim_start_matches('\u{FEFF}'))),
        Err(error) => Err(Box::new(not_utf8(path, bytes, error.valid_up_to()))),
    }
}

/// The place of the first wrong byte, in the text with each wrong byte replaced.
fn not_utf8(path: &str, bytes: &[u8], at: usize) -> Diagnostic {
    let file = SourceFile::new(path, String::from_utf8_lossy(bytes));
    let span = Span::new(&file, at..at + char::REPLACEMENT_CHARACTER.len_utf8());
    Diagnostic::error("not_text", &span, "this is not UTF-8").fix("save the file as UTF-8")
}

#[cfg(test)]
mod tests {
    use super::source;

    #[test]
    fn wrong_bytes_are_told_at_their_line() {
        for (bytes, place) in [
            (&b"a: 1\nb: \xff\n"[..], "a.yaml:2:4"),
            (b"\xc3\xa9: \xc3", "a.yaml:1:4"),
        ] {
            let Err(refused) = source("a.yaml", bytes) else {
                panic!("{bytes:?} is accepted");
            };
            let found = refused.span.map(|span| span.to_string());
            assert_eq!(found.as_deref(), Some(place), "{bytes:?}");
        }
    }
}
