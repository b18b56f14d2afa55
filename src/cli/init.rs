//! `flowproof init [DIR]`: a small workspace that works: a login with a fraud gate, two actions, five scenarios. Where
//! a part of a workspace stands already, nothing is written at all; what was begun and failed is taken away again.

use super::args::{Common, Init};
use super::exit::{Exit, Stop};
use super::terminal::Terminal;
use serde_json::json;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What a workspace is made of; wherever one of these stands, there is one already.
const PARTS: &[&str] = &[
    "flowproof.yaml",
    "flowproof.yml",
    "fixtures",
    "scenarios",
    "snapshots",
];

macro_rules! templates {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../templates/init/", $path)))),*]
    };
}

/// The files, by their path in the workspace.
const FILES: &[(&str, &str)] = templates![
    "flowproof.yaml",
    "fixtures/flows/login.yaml",
    "fixtures/flows/fraud-gate.yaml",
    "fixtures/actions/domain-allowlist.yaml",
    "fixtures/actions/domain-allowlist.ts",
    "fixtures/actions/crm-sync.yaml",
    "fixtures/actions/crm-sync.js",
    "fixtures/identities/people.yaml",
    "fixtures/mocks/partners.yaml",
    "scenarios/login.yaml",
];

/// What git is to leave out; written where there is none yet.
const IGNORED: (&str, &str) = (".gitignore", include_str!("../../templates/init/gitignore"));

/// Writes the workspace, or says what stands in the way (2).
pub fn run(args: &Init, common: &Common, terminal: &Terminal) -> Result<Exit, Stop> {
    let folder = args.folder.as_path();
    refuse_to_overwrite(folder)?;
    let mut written = Written::default();
    let ignores = folder.join(IGNORED.0).symlink_metadata().is_ok();
    let own = (!ignores).then_some(&IGNORED);
    let files: Vec<&(&str, &str)> = FILES.iter().chain(own).collect();
    if let Err(error) = written.workspace(folder, &files) {
        written.take_away();
        return Err(Stop::harness(format!(
            "{} cannot be written: {error}",
            folder.display()
        )));
    }
    let files: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    let document = json!({ "format": "flowproof.init/1", "files": files });
    terminal.show(
        &listing(folder, &files),
        format!("{document}\n").into(),
        common,
    )?;
    if ignores {
        terminal.say("put `*.snap.new` and `.*.partial` into your .gitignore\n");
    }
    terminal.say(&next(folder));
    Ok(Exit::Passed)
}

/// Wrong usage where DIR is no folder, or holds a part of a workspace. A link to nowhere stands there, too.
fn refuse_to_overwrite(folder: &Path) -> Result<(), Stop> {
    let shown = folder.display();
    if folder.symlink_metadata().is_ok() && !folder.is_dir() {
        return Err(Stop::usage(format!("{shown} is no folder")));
    }
    let standing: Vec<&str> = PARTS
        .iter()
        .filter(|part| folder.join(part).symlink_metadata().is_ok())
        .copied()
        .collect();
    if standing.is_empty() {
        return Ok(());
    }
    Err(Stop::usage(format!(
        "nothing is overwritten, and a workspace stands there already: name another folder, or move away {} of {shown}",
        standing.join(", ")
    )))
}

/// What was made so far, in order.
#[derive(Default)]
struct Written {
    folders: Vec<PathBuf>,
    files: Vec<PathBuf>,
}

impl Written {
    fn workspace(&mut self, folder: &Path, files: &[&(&str, &str)]) -> io::Result<()> {
        for (path, content) in files {
            let path = folder.join(path);
            if let Some(parent) = path.parent() {
                self.folder(parent)?;
            }
            // never a file that came to be in the meantime
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&path)?;
            self.files.push(path);
            file.write_all(content.as_bytes())?;
        }
        Ok(())
    }

    /// Makes a folder and those above it, where they are missing.
    fn folder(&mut self, folder: &Path) -> io::Result<()> {
        let missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.is_dir();
        let mut missing: Vec<&Path> = folder.ancestors().take_while(missing).collect();
        missing.reverse();
        for folder in missing {
            fs::create_dir(folder)?;
            self.folders.push(folder.to_path_buf());
        }
        Ok(())
    }

    /// Takes away what was made; the error that led here is the one to tell.
    fn take_away(&self) {
        for file in &self.files {
            let _ = fs::remove_file(file);
        }
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

fn listing(folder: &Path, files: &[&str]) -> String {
    files
        .iter()
        .map(|path| format!("{}\n", folder.join(path).display()))
        .collect()
}

fn next(folder: &Path) -> String {
    if folder == Path::new(".") {
        return "a workspace; next: flowproof run\n".to_owned();
    }
    format!(
        "a workspace; next: flowproof run --workspace {}\n",
        folder.display()
    )
}
