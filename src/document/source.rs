//! Bytes of a file to its text: UTF-8 within the size budget, without a byte order mark, without NUL.

use crate::diagnostic::Diagnostic;
use crate::text::SourceFile;
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
        Err(error) => {
            let line = 1 + bytes[..error.valid_up_to()]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count();
            let title = format!("line {line} is not UTF-8");
            refuse("not_text", title, "save the file as UTF-8")
        }
    }
}
