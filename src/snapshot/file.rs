//! The file form of insta: a header of YAML between two lines `---`, then the text. The header is written byte for
//! byte as insta writes it, so that `cargo insta accept` leaves the same file as `flowproof accept`.

use super::text::{FORMAT, FORMAT_KEY};

/// What the header says; it plays no part in comparing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// The file of the scenario.
    pub source: String,
    /// The name of the scenario and case.
    pub description: String,
}

/// Why a file holds no text that could be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The header is missing or does not end.
    #[error("it has no header between two lines `---`")]
    NoHeader,
    /// Somebody has to say which side of a merge is right.
    #[error("it holds the markers of a merge conflict")]
    Conflict,
    /// The first line is not that of a trace.
    #[error("it does not start with `{FORMAT_KEY}{FORMAT}`")]
    NoTrace,
    /// Written by another version.
    #[error("it is written in format {0}, and this version reads format {FORMAT}")]
    OtherFormat(u32),
    /// The end is missing.
    #[error("it is cut off: its last line does not say what the user sees")]
    CutOff,
}

/// The whole file.
pub fn render(header: &Header, text: &str) -> String {
    let source = scalar(&header.source);
    let description = scalar(&header.description);
    let text = text.trim_end();
    format!("---\nsource: {source}\ndescription: {description}\n---\n{text}\n")
}

/// Header and text of a file. Line ends of Windows are read as those of Unix.
pub fn split(file: &str) -> Result<(Header, String), Damage> {
    let file = file.replace("\r\n", "\n");
    let rest = file.strip_prefix("---\n").ok_or(Damage::NoHeader)?;
    let (header, text) = match rest.strip_prefix("---\n") {
        Some(text) => ("", text),
        None => rest.split_once("\n---\n").ok_or(Damage::NoHeader)?,
    };
    let text = text.trim_end();
    sound(text)?;
    Ok((read_header(header), text.to_owned()))
}

/// The header of a file, as far as it can be read; for naming a file that has no scenario any more.
pub fn header_of(file: &str) -> Header {
    let file = file.replace("\r\n", "\n");
    let rest = file.strip_prefix("---\n").unwrap_or("");
    let (header, _) = rest.split_once("\n---").unwrap_or(("", ""));
    read_header(header)
}

/// Whether a text is whole and of this format.
fn sound(text: &str) -> Result<(), Damage> {
    let conflict = ["<<<<<<< ", ">>>>>>> "];
    if text
        .lines()
        .any(|line| conflict.iter().any(|marker| line.starts_with(marker)))
    {
        return Err(Damage::Conflict);
    }
    let number = text
        .lines()
        .next()
        .and_then(|line| line.strip_prefix(FORMAT_KEY));
    match number.map(|number| number.trim().parse()) {
        Some(Ok(FORMAT)) => {}
        Some(Ok(other)) => return Err(Damage::OtherFormat(other)),
        Some(Err(_)) | None => return Err(Damage::NoTrace),
    }
    let last = text.lines().next_back().unwrap_or("");
    if last.starts_with("  user sees ") {
        Ok(())
    } else {
        Err(Damage::CutOff)
    }
}

fn read_header(header: &str) -> Header {
    let value = |key: &str| {
        let written = header
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
        let written = written.unwrap_or("").trim();
        serde_json::from_str(written).unwrap_or_else(|_| written.to_owned())
    };
    Header {
        source: value("source"),
        description: value("description"),
    }
}

/// A text as insta's YAML writer has it: plain where it can be, else in double quotes.
fn scalar(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if needs_quotes(&text) {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        text
    }
}

fn needs_quotes(text: &str) -> bool {
    const WORDS: [&str; 22] = [
        "yes", "Yes", "YES", "no", "No", "NO", "True", "TRUE", "true", "False", "FALSE", "false",
        "on", "On", "ON", "off", "Off", "OFF", "null", "Null", "NULL", "~",
    ];
    let first = "&*?|-<>=!%@.";
    let anywhere = ":{}[],#`\"'\\";
    text.is_empty()
        || text.starts_with(' ')
        || text.ends_with(' ')
        || text.starts_with(|c| first.contains(c))
        || text.contains(|c| anywhere.contains(c))
        || WORDS.contains(&text)
        || text.starts_with("0x")
        || text.parse::<i64>().is_ok()
        || text.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "format: 1\nflow: login\n\nended: allowed after 0ms\n  user sees success";

    fn header(description: &str) -> Header {
        Header {
            source: "scenarios/a.yaml".to_owned(),
            description: description.to_owned(),
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for description in [
            "plain",
            "a: b",
            "say \"hi\" \\ there",
            "12",
            "-x",
            "",
            " x ",
            "日本",
            "yes",
        ] {
            let file = render(&header(description), TEXT);
            assert_eq!(
                split(&file),
                Ok((header(description), TEXT.to_owned())),
                "{file}"
            );
            assert_eq!(
                split(&file.replace('\n', "\r\n")).map(|(_, text)| text),
                Ok(TEXT.to_owned())
            );
        }
    }

    #[test]
    fn a_damaged_file_is_told_from_one_that_differs() {
        let file = render(&header("x"), TEXT);
        for (damaged, damage) in [
            (String::new(), Damage::NoHeader),
            ("---\nsource: x\n".to_owned(), Damage::NoHeader),
            ("---\nsource: x\n---\n".to_owned(), Damage::NoTrace),
            (
                file.replace("format: 1", "format: 2"),
                Damage::OtherFormat(2),
            ),
            (file.replace("format: 1", "formt: 1"), Damage::NoTrace),
            (file.replace("  user sees success", ""), Damage::CutOff),
            (file[..file.len() - 30].to_owned(), Damage::CutOff),
            (
                file.replace("flow: login", "<<<<<<< HEAD"),
                Damage::Conflict,
            ),
        ] {
            assert_eq!(split(&damaged).err(), Some(damage), "{damaged}");
        }
    }
}
