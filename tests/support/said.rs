//! What the binary said at its end.

use super::binary;
use std::path::Path;

/// Exit code, standard output, standard error.
pub fn said(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let output = binary::command(folder, args).output();
    let output = output.expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    let code = output.status.code().expect("it ends by itself");
    (code, text(output.stdout), text(output.stderr))
}
