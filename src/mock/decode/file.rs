//! Files that a document names: relative to it, inside the workspace (symbolic links too), of bounded size.

use crate::diagnostic::{Diagnostic, Diagnostics, did_you_mean};
use crate::document::Node;
use crate::profile::RESPONSE_BODY;
use crate::value::Text;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It lies outside the workspace.
    #[error("it lies outside the workspace")]
    Outside,
    /// It is not there.
    #[error("there is no such file")]
    Missing {
        /// A file beside it whose name is near.
        near: Option<String>,
    },
    /// It is a folder, a pipe, ….
    #[error("it is no ordinary file")]
    NotAFile,
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
}

/// Reads the file `written` beside `document` (a path relative to `root`), at most `limit` bytes and one more.
pub fn read_inside(
    root: &Path,
    document: &str,
    written: &str,
    limit: usize,
) -> Result<Vec<u8>, FileError> {
    let folder = Path::new(document).parent().unwrap_or(Path::new(""));
    let inside = plain(&folder.join(written)).ok_or(FileError::Outside)?;
    let path = root.join(&inside);
    let Ok(real) = path.canonicalize() else {
        return Err(FileError::Missing { near: near(&path) });
    };
    if !real.starts_with(root.canonicalize()?) {
        return Err(FileError::Outside);
    }
    // a pipe would wait for its writer
    if !real.metadata()?.is_file() {
        return Err(FileError::NotAFile);
    }
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    File::open(real)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a body and its size in bytes; of one over the limit, just enough to be over it.
pub(super) fn body(
    node: &Node,
    root: &Path,
    diagnostics: &mut Diagnostics,
) -> Option<(Text, usize)> {
    let written = node.as_text()?;
    match read_inside(root, node.span.file.path(), written, RESPONSE_BODY) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
            Some((Text::from(text), bytes.len()))
        }
        Err(error) => {
            let code = match error {
                FileError::Outside => "outside_workspace",
                FileError::Missing { .. } | FileError::NotAFile | FileError::Unreadable(_) => {
                    "unreadable_file"
                }
            };
            let title = format!("`file: {written}`: {error}");
            diagnostics.push(Diagnostic::error(code, &node.head(), title).fix(fix(&error)));
            None
        }
    }
}

fn fix(error: &FileError) -> String {
    match error {
        FileError::Outside => "put the file into the workspace".to_owned(),
        FileError::Missing { near: Some(near) } => format!("did you mean `{near}`?"),
        FileError::Missing { near: None } => {
            "write its path relative to the file that names it".to_owned()
        }
        FileError::NotAFile => "name a file".to_owned(),
        FileError::Unreadable(_) => "make it readable".to_owned(),
    }
}

/// The path without `.` and `..`; None when it leaves the folder that it starts in.
fn plain(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => plain.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !plain.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(plain)
}

/// The name in the same folder that is nearest to a missing one.
fn near(missing: &Path) -> Option<String> {
    let written = missing.file_name()?.to_str()?;
    let mut names: Vec<String> = std::fs::read_dir(missing.parent()?)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort_unstable();
    did_you_mean(written, names.iter().map(String::as_str)).map(str::to_owned)
}
