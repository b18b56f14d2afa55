//! The phrases that diagnostics share: lists of words, and the nearest one to what was written.

use crate::diagnostic::did_you_mean;

/// The candidate that was meant: the same but for case and `-` or `_`, else the closest one that is close enough.
pub fn nearest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    if written.len() > 100 {
        return None; // no name is that long, and distances would be dear
    }
    let plain = |text: &str| text.trim().to_ascii_lowercase().replace('-', "_");
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let wanted = plain(written);
    let same = candidates
        .iter()
        .copied()
        .find(|candidate| plain(candidate) == wanted);
    same.or_else(|| did_you_mean(written, candidates))
}

/// The fix for a word that is none of those that may stand here.
pub fn suggestion<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    match (
        nearest(written, candidates.iter().copied()),
        candidates.len(),
    ) {
        (_, 0) => "there is none yet".to_owned(),
        (Some(near), 1) => format!("did you mean `{near}`?"),
        (Some(near), _) => format!("did you mean `{near}`? there are {}", listed(candidates)),
        (None, _) => format!("write one of {}", listed(candidates)),
    }
}

/// Words in backquotes, with commas; a long list is cut.
pub fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 50;
    let words: Vec<&str> = words.into_iter().collect();
    let mut text = words
        .iter()
        .take(SHOWN)
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ");
    if words.len() > SHOWN {
        text.push_str(&format!(" and {} more", words.len() - SHOWN));
    }
    text
}
