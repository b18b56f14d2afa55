//! The doors to the outside: standard output, standard error, files. Colour goes where it is wanted, a reader that
//! went away is no error, and a file is written whole or not at all.

use super::args::{Color, Common, Format};
use super::exit::Stop;
use anstream::{AutoStream, ColorChoice};
use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Standard output and standard error.
pub struct Terminal {
    color: ColorChoice,
}

impl Terminal {
    /// With colour as asked for.
    pub fn new(color: Color) -> Self {
        let color = match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::AlwaysAnsi,
            Color::Never => ColorChoice::Never,
        };
        Terminal { color }
    }

    /// Shows a result: in the format that is asked for, or to a person, with the document in the file of `--output`.
    pub fn show(&self, human: &str, page: Vec<u8>, common: &Common) -> Result<(), Stop> {
        let document = match common.format {
            Format::Human => anstream::adapter::strip_str(human).to_string().into_bytes(),
            Format::Json
            | Format::Jsonl
            | Format::Junit
            | Format::Tap
            | Format::Github
            | Format::Html => page,
        };
        match (&common.output, common.format) {
            (Some(path), _) => {
                write_file(path, &document)?;
                self.print(human)
            }
            (None, Format::Human) => self.print(human),
            (None, _) => {
                let mut out = io::stdout();
                written(out.write_all(&document).and_then(|()| out.flush()))
            }
        }
    }

    /// Delivers a document that is the same in every format: to the file of `--output`, else to standard output.
    pub fn deliver(&self, document: &[u8], common: &Common) -> Result<(), Stop> {
        if let Some(path) = &common.output {
            return write_file(path, document);
        }
        let mut out = io::stdout();
        written(out.write_all(document).and_then(|()| out.flush()))
    }

    /// Shows text to a person.
    pub fn print(&self, text: &str) -> Result<(), Stop> {
        let mut out = AutoStream::new(io::stdout(), self.color);
        written(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
    }

    /// Says why a command ends before it has a result.
    pub fn fail(&self, stop: &Stop) {
        let style = anstyle::AnsiColor::Red.on_default().bold();
        self.say(&format!("{style}error{style:#}: {}\n", stop.message));
    }

    /// Says something to a person; who does not listen misses it.
    pub fn say(&self, text: &str) {
        let mut out = AutoStream::new(io::stderr(), self.color);
        let _ = out.write_all(text.as_bytes());
    }
}

/// A reader that went away (`flowproof run | head`) has seen enough.
fn written(outcome: io::Result<()>) -> Result<(), Stop> {
    match outcome {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Stop::harness(format!(
            "standard output cannot be written: {error}"
        ))),
        Ok(()) => Ok(()),
    }
}

/// Writes a file: whole, beside its place first. A device or pipe is written as it is.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    let special = fs::metadata(path).is_ok_and(|found| !found.is_file());
    let outcome = if special {
        let file = fs::OpenOptions::new().write(true).open(path);
        file.and_then(|mut file| file.write_all(bytes))
    } else {
        replace(path, bytes)
    };
    outcome.map_err(|error| Stop::harness(format!("{} cannot be written: {error}", path.display())))
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = beside(path)?;
    let outcome = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    if outcome.is_err() {
        // the first error is the one to tell
        let _ = fs::remove_file(&beside);
    }
    outcome
}

fn beside(path: &Path) -> io::Result<PathBuf> {
    let Some(name) = path.file_name() else {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it names no file"));
    };
    let mut partial = OsString::from(".");
    partial.push(name);
    partial.push(format!(".{}.partial", std::process::id()));
    Ok(path.with_file_name(partial))
}
