//! What the user answers to prompts, by block and attempt (`answers` of a scenario).
//! Blocks are named by their paths here; the scenario has resolved slugs that are unique.

use crate::diagnostic::Diagnostics;
use crate::document::{Fields, Holds, Node, Shape, key, required};
use crate::engine::{Answer, Prompt};
use crate::text::Spanned;
use crate::value::Text;
use std::collections::BTreeMap;

/// What `answers` of a scenario holds.
pub const ANSWERS: Holds = Holds::MapOf(&Holds::OneOf(&[
    WORD,
    Holds::Object(&GIVEN),
    Holds::List(&Holds::OneOf(&[WORD, Holds::Object(&GIVEN)])),
]));

const WORD: Holds = Holds::Words(&["right", "wrong", "abandon"]);

/// The factors, and a passkey that is bound to hardware (`webauthn_finish` then lifts to `aal3`).
const CHOICES: &[&str] = &["totp", "otp", "webauthn", "sms", "recovery", "hardware"];

static GIVEN: Shape = Shape {
    noun: "an answer of the user",
    keys: &[
        required("value", Holds::Text, "`right`, `wrong`, or what is typed"),
        key(
            "factor",
            Holds::Words(CHOICES),
            "the factor that is chosen; `hardware` is a passkey bound to hardware",
        ),
        key("after", Holds::Duration, "how long the user takes").default("\"0ms\""),
    ],
};

/// The answers of one scenario, by block path.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers(BTreeMap<Text, Script>);

/// The answers to the prompts of one block. None stands for `abandon`.
#[derive(Debug, Clone, PartialEq)]
pub enum Script {
    /// The same at every attempt.
    Always(Option<Answer>),
    /// Attempt by attempt; behind the last one there is no answer.
    InTurn(Vec<Option<Answer>>),
}

impl Answers {
    /// Sets the answers to the prompts of the block with this path.
    pub fn insert(&mut self, block: Text, script: Script) {
        self.0.insert(block, script);
    }

    /// What the user answers; None when they never will.
    pub fn answer(&self, prompt: &Prompt) -> Option<Answer> {
        match self.0.get(&prompt.block)? {
            Script::Always(answer) => answer.clone(),
            Script::InTurn(answers) => answers
                .get(usize::try_from(prompt.attempt).ok()?)
                .cloned()
                .flatten(),
        }
    }
}

/// The answers as they are written: a block path or slug, and its script. Of the right kind is checked before (`ANSWERS`).
pub fn decode_answers(node: &Node, diagnostics: &mut Diagnostics) -> Vec<(Spanned<Text>, Script)> {
    let entries = node.as_map().unwrap_or_default().iter();
    entries
        .filter_map(|entry| {
            let block = Spanned {
                value: entry.key.clone(),
                span: entry.key_span.clone(),
            };
            Some((block, script(&entry.value, diagnostics)?))
        })
        .collect()
}

fn script(node: &Node, diagnostics: &mut Diagnostics) -> Option<Script> {
    let Some(items) = node.as_list() else {
        return answer(node, diagnostics).map(Script::Always);
    };
    let answers: Vec<_> = items.iter().map(|item| answer(item, diagnostics)).collect();
    answers
        .into_iter()
        .collect::<Option<_>>()
        .map(Script::InTurn)
}

/// One answer, where None stands for `abandon`; nothing when it is wrong.
#[expect(clippy::option_option, reason = "wrong and abandoned differ")]
fn answer(node: &Node, diagnostics: &mut Diagnostics) -> Option<Option<Answer>> {
    if let Some(word) = node.as_text() {
        let given = || Answer {
            value: word.clone(),
            factor: None,
            after_ms: 0,
        };
        return Some((**word != *"abandon").then(given));
    }
    node.as_map()?;
    let fields = Fields::open(node, &GIVEN, diagnostics)?;
    let value = fields.text("value")?;
    fields.is_sound().then(|| {
        Some(Answer {
            value,
            factor: fields.text("factor"),
            after_ms: fields.duration_ms("after").unwrap_or(0),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{conforms, parse_document};
    use crate::text::SourceFile;
    use crate::trace::PromptKind;

    fn given(value: &str) -> Option<Answer> {
        Some(Answer {
            value: value.into(),
            factor: None,
            after_ms: 0,
        })
    }

    #[test]
    fn a_list_answers_attempt_by_attempt_and_a_single_answer_repeats() {
        let mut answers = Answers::default();
        answers.insert(
            "mfa".into(),
            Script::InTurn(vec![given("wrong"), given("right"), None]),
        );
        answers.insert("otp".into(), Script::Always(given("right")));
        answers.insert("link".into(), Script::Always(None));
        for (block, attempt, expected) in [
            ("mfa", 0, Some("wrong")),
            ("mfa", 1, Some("right")),
            ("mfa", 2, None),
            ("mfa", 3, None),
            ("otp", 0, Some("right")),
            ("otp", 9, Some("right")),
            ("link", 0, None),
            ("fraud/mfa", 0, None),
        ] {
            let prompt = Prompt {
                block: block.into(),
                slug: "mfa".into(),
                kind: PromptKind::Mfa,
                attempt,
            };
            let answer = answers.answer(&prompt);
            assert_eq!(
                answer.as_ref().map(|answer| &*answer.value),
                expected,
                "{block} {attempt}"
            );
        }
    }

    /// What is read and what is said.
    fn read(text: &str) -> (Vec<(Spanned<Text>, Script)>, Vec<String>) {
        let mut diagnostics = Diagnostics::default();
        let file = SourceFile::new("a.yaml", text);
        let node = parse_document(&file, &mut diagnostics).expect(text);
        conforms(&node, ANSWERS, "`answers`", &mut diagnostics);
        let answers = decode_answers(&node, &mut diagnostics);
        let said = diagnostics.into_sorted();
        let said = said
            .iter()
            .map(|d| format!("{} {}", d.code, d.fix.as_deref().unwrap_or("")));
        (answers, said.collect())
    }

    #[test]
    fn answers_are_words_objects_or_lists_of_them() {
        let text = "mfa: [wrong, abandon, right]\n\
                    fraud/otp: { value: \"0123\", factor: totp, after: 20s }\nlink: abandon\n";
        let (answers, said) = read(text);
        assert_eq!(said, [""; 0]);
        let typed = Answer {
            value: "0123".into(),
            factor: Some("totp".into()),
            after_ms: 20_000,
        };
        let scripts: Vec<_> = answers
            .into_iter()
            .map(|(key, script)| (key.value, script))
            .collect();
        assert_eq!(
            scripts,
            [
                (
                    "mfa".into(),
                    Script::InTurn(vec![given("wrong"), None, given("right")])
                ),
                ("fraud/otp".into(), Script::Always(Some(typed))),
                ("link".into(), Script::Always(None)),
            ]
        );
    }

    #[test]
    fn wrong_answers_are_refused_with_what_to_write() {
        for (text, expected) in [
            ("mfa: rigth", "unknown_word did you mean `right`?"),
            ("mfa: 123456", "wrong_type"),
            ("mfa: { value: 123456 }", "wrong_type quote it: \"123456\""),
            (
                "mfa: { factor: totp }",
                "missing_key write `value:` with text",
            ),
            (
                "mfa: [right, { value: a, after: 2 }]",
                "bad_duration write the unit: `2ms` or `2s`",
            ),
            (
                "mfa: { value: a, factor: topt }",
                "unknown_word did you mean `totp`?",
            ),
        ] {
            let (_, said) = read(text);
            assert_eq!(said.len(), 1, "{text}: {said:?}");
            assert!(said[0].starts_with(expected), "{text}: {said:?}");
        }
    }
}
