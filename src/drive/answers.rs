//! What the user answers to prompts, by block and attempt (`answers` of a scenario).
//! Blocks are named by their paths here; the scenario has resolved slugs that are unique.

use crate::engine::{Answer, Prompt};
use crate::value::Text;
use std::collections::BTreeMap;

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

#[cfg(test)]
mod tests {
    use super::*;
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
}
