//! Patterns as the outputs of a run show their values: with what is hidden, hidden (ST-6).

use super::{Condition, Kind, Pattern};
use crate::trace::Redactor;
use crate::value::Text;

impl Pattern {
    /// The same with hidden values hidden, as the outputs of a run show them (ST-6).
    pub fn redacted(&self, redactor: &Redactor) -> Self {
        let mut written = self.written.clone();
        redactor.hide_value(&mut written);
        let all =
            |patterns: &[Pattern]| patterns.iter().map(|one| one.redacted(redactor)).collect();
        let kind = match &self.kind {
            Kind::Is => Kind::Is,
            Kind::List(items) => Kind::List(all(items)),
            Kind::Map(entries) => Kind::Map(
                entries
                    .iter()
                    .map(|(key, one)| (Text::from(redactor.text(key)), one.redacted(redactor)))
                    .collect(),
            ),
            Kind::All(conditions) => Kind::All(
                conditions
                    .iter()
                    .map(|condition| match condition {
                        Condition::Contains(one) => Condition::Contains(one.redacted(redactor)),
                        Condition::AnyOf(patterns) => Condition::AnyOf(all(patterns)),
                        Condition::Ordered(..) | Condition::Matches(_) | Condition::Present(_) => {
                            condition.clone()
                        }
                    })
                    .collect(),
            ),
        };
        Pattern { written, kind }
    }
}
