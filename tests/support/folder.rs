//! A folder of files on disk, fresh for each test.

use std::fs;
use std::path::{Path, PathBuf};

/// Writes these files and no others into a fresh folder of its own: below the tests' folder, unless the name is an
/// absolute path.
pub fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&root);
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }
    root
}
