//! The title of a finding: the property that does not hold, or the field in which engine and reference differ,
//! with the rules that it stands for. Findings with the same title are of one kind.

/// What is compared, and the rules that decide about it.
const FIELDS: [(&str, &str); 33] = [
    ("ending", "ORD-4 ERR-1 DENY-1 BUD-2"),
    ("terminal", "ORD-4 ORD-5 ERR-7"),
    ("reason", "ERR-7 DENY-1"),
    ("halted_at", "ERR-1 DENY-1"),
    ("user_sees", "AUD-2 DENY-3"),
    ("flow_ms", "BUD-1 ORD-7"),
    ("budget_ms", "BUD-1"),
    ("harness failure", "ERR-4 DET-4"),
    ("error", "ERR-7"),
    ("path", "ORD-1 ORD-2 ORD-3"),
    ("status", "ERR-1 DENY-1 BUD-2"),
    ("continued", "ERR-2"),
    ("start_ms", "ORD-1 BUD-8"),
    ("duration_ms", "ORD-7 BUD-8"),
    ("branch", "ORD-3 ERR-6"),
    ("writes", "ST-1 ST-3"),
    ("logs_dropped", "ACT-10"),
    ("logs", "ACT-5 ST-6"),
    ("calls", "ERR-5 BUD-8"),
    ("reads", "ORD-3 ERR-6"),
    ("state", "ST-1 ST-4"),
    ("event user", "ST-5 ST-7"),
    ("event authentication", "ST-5"),
    ("event", "ST-5"),
    ("audit", "AUD-1"),
    ("session_issued", "AUD-3 ORD-5"),
    ("session_revoked", "AUD-3 ORD-5"),
    ("emails", "AUD-3"),
    ("messages", "AUD-3"),
    ("app_metadata", "AUD-3 ST-7"),
    ("custom_claims", "AUD-3"),
    ("identities", "AUD-3"),
    ("requests", "ERR-5 DET-4"),
];

/// The title of what was found; None when nothing was. A property says most, then what came of the first block
/// that differs, then how the run ended, then any other field of a block.
pub fn title(said: &[String]) -> Option<String> {
    let first = |of: fn(&str) -> Option<String>| said.iter().find_map(|line| of(line));
    let best = first(property)
        .or_else(|| first(outcome))
        .or_else(|| first(ending));
    let best = best.or_else(|| first(block_field));
    best.or_else(|| said.first().map(|line| title_of(line)))
}

/// Whether something with this title is among what was found.
pub fn shows(said: &[String], title: &str) -> bool {
    said.iter().any(|line| title_of(line) == title)
}

fn title_of(line: &str) -> String {
    let of_a_judge = property(line)
        .or_else(|| block_field(line))
        .or_else(|| field(line));
    of_a_judge.unwrap_or_else(|| without_digits(line))
}

/// `name (rules): why`
fn property(line: &str) -> Option<String> {
    let mut known = super::PROPERTIES
        .iter()
        .map(|(name, rules, ..)| format!("{name} ({rules})"));
    known.find(|title| line.starts_with(title))
}

/// `path (kind) field: expected …`
fn block_field(line: &str) -> Option<String> {
    let (what, _) = line.split_once(": expected ")?;
    let (_, rest) = what.split_once(" (")?;
    let (kind, field) = rest.split_once(") ")?;
    let (name, rules) = known(field)?;
    Some(format!("{name} of {kind} differs ({rules})"))
}

/// The same of the fields that say what came of a block.
fn outcome(line: &str) -> Option<String> {
    let fields = ["status of ", "error of ", "branch of "];
    block_field(line).filter(|title| fields.iter().any(|field| title.starts_with(field)))
}

fn ending(line: &str) -> Option<String> {
    line.starts_with("ending: ").then(|| field(line)).flatten()
}

/// `field: expected …`
fn field(line: &str) -> Option<String> {
    let (name, rules) = known(line)?;
    Some(format!("{name} differs ({rules})"))
}

fn known(text: &str) -> Option<(&'static str, &'static str)> {
    FIELDS.into_iter().find(|(name, _)| text.starts_with(name))
}

fn without_digits(line: &str) -> String {
    let words = line.chars().filter(|c| !c.is_ascii_digit());
    words.take(90).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_names_a_property_or_a_field_and_its_rules() {
        for (said, expected) in [
            (
                &["ending: expected Allowed, seen Denied"][..],
                "ending differs (ORD-4 ERR-1 DENY-1 BUD-2)",
            ),
            (
                &[
                    "flow_ms: expected 1, seen 2",
                    "b4 (delay) duration_ms: expected 1, seen 2",
                ],
                "duration_ms of delay differs (ORD-7 BUD-8)",
            ),
            (
                &[
                    "b4 (delay) status: expected Ok, seen Failed",
                    "halt halts (ERR-1): blocks behind b4",
                ],
                "halt halts (ERR-1)",
            ),
            (
                &["b (allow) writes step.b.x: expected 1, seen nothing"],
                "writes of allow differs (ST-1 ST-3)",
            ),
            (
                &["identities_created: expected [], seen [1]"],
                "identities differs (AUD-3)",
            ),
            (
                &["unreadable: unknown_key: 12"],
                "unreadable: unknown_key: ",
            ),
        ] {
            let said: Vec<String> = said.iter().map(|line| (*line).to_owned()).collect();
            assert_eq!(title(&said).as_deref(), Some(expected), "{said:?}");
        }
        assert_eq!(title(&[]), None);
    }
}
