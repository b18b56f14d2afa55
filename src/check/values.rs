//! Lints about the branches of a decision: `decision_without_default` (ORD-3), `unhandled_value` for a severity or
//! a recommendation that no branch takes, `impossible_value` for a word that a value never is.

use super::ground::findings::Findings;
use super::ground::order::{Arm, Index, arms, has_default};
use super::ground::subject::Subject;
use crate::diagnostic::Diagnostic;
use crate::document::{listed, suggestion};
use crate::expr::{Expr, Scope};
use crate::flow::{Block, Kind};
use crate::value::{Map, Text, Value};

/// Judges every decision and condition.
pub fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'a>) {
    for flow in subject.flows {
        let index = Index::new(flow);
        for block in flow.blocks() {
            let found = without_default(block)
                .into_iter()
                .chain(unhandled(&index, block))
                .chain(impossible(&index, block));
            for diagnostic in found.collect::<Vec<_>>() {
                findings.add(flow, &block.slug.value, diagnostic);
            }
        }
    }
}

fn without_default(block: &Block) -> Option<Diagnostic> {
    if block.kind != Kind::Decision || has_default(block) {
        return None;
    }
    let title = format!("`{}` has no default branch", block.slug.value);
    Some(
        Diagnostic::warning("decision_without_default", &block.slug.span, title).fix(
            "add a last branch with `default: true`; when nothing matches, the block fails (ORD-3)",
        ),
    )
}

/// The words that a field of a block can be.
fn words<'a>(block: &'a Block, field: &str) -> Option<Vec<&'a str>> {
    match (block.kind, field) {
        (Kind::RiskEvaluate, "severity") => Some(vec!["low", "medium", "high", "critical"]),
        (Kind::RiskEvaluate, "recommendation") => Some(vec!["allow", "challenge", "deny"]),
        (Kind::RunCustomFlow, "outcome") => Some(vec!["allowed", "failed"]),
        (Kind::Decision | Kind::Condition, "branch") => {
            Some(arms(block).iter().map(|arm| arm.name).collect())
        }
        _ => None,
    }
}

/// The words of `step.<slug>.<field>`, when the path is one of those.
fn words_of<'a>(index: &Index<'a>, path: &[Text]) -> Option<Vec<&'a str>> {
    let [root, slug, field] = path else {
        return None;
    };
    let block = index.block(slug).filter(|_| &**root == "step")?;
    words(block, field)
}

/// A scope in which one field is known and nothing else.
struct One {
    step: Value,
}

impl Scope for One {
    fn root(&self, name: &str) -> Option<&Value> {
        (name == "step").then_some(&self.step)
    }

    fn roots(&self) -> &[&'static str] {
        &["event", "step", "session", "custom"]
    }
}

impl One {
    fn new(slug: &str, field: &str, word: &str) -> Self {
        let mut fields = Map::new();
        fields.insert(field, word);
        let mut step = Map::new();
        step.insert(slug, fields);
        One { step: step.into() }
    }
}

/// Judged only where every branch looks at this one value.
fn unhandled(index: &Index, block: &Block) -> Option<Diagnostic> {
    if block.kind != Kind::Decision || has_default(block) {
        return None;
    }
    let arms = arms(block);
    let path = &block.reads.first()?.read.path;
    let only = block.reads.iter().all(|read| read.read.path == *path);
    let words = words_of(index, path).filter(|_| only)?;
    let [_, slug, field] = path.as_slice() else {
        return None;
    };
    if !matches!(&**field, "severity" | "recommendation") {
        return None;
    }
    let missed = |word: &&str| is_missed(&arms, &One::new(slug, field, word));
    let missed: Vec<&str> = words.into_iter().filter(missed).collect();
    (!missed.is_empty()).then(|| {
        let title = format!(
            "no branch of `{}` handles {}",
            block.slug.value,
            listed(missed)
        );
        Diagnostic::warning("unhandled_value", &block.slug.span, title)
            .fix("add a branch for it, or a default branch")
    })
}

fn is_missed(arms: &[Arm], scope: &One) -> bool {
    arms.iter().all(|arm| {
        arm.when
            .is_some_and(|when| matches!(when.holds(scope), Ok(false)))
    })
}

/// Parts of a word may be looked for, and case may be changed: only plain comparisons are judged.
fn compares_plainly(when: &Expr) -> bool {
    let methods = [
        "contains",
        "startsWith",
        "endsWith",
        "matches",
        "Ascii",
        "+",
    ];
    !methods.iter().any(|method| when.source().contains(method))
}

fn impossible(index: &Index, block: &Block) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for when in arms(block).iter().filter_map(|arm| arm.when) {
        for (path, literal) in when.literals() {
            let path = path.unwrap_or_default();
            let Some(words) = words_of(index, &path).filter(|_| compares_plainly(when)) else {
                continue;
            };
            let word = match &literal {
                Value::Text(word) if words.contains(&&**word) => continue,
                Value::Text(word) => word.to_string(),
                other => crate::value::to_json_text(other),
            };
            let read = block.reads.iter().find(|read| read.read.path == path);
            let place = read.map_or(&block.slug.span, |read| &read.span);
            let title = format!("`{}` is never `{word}`", path.join("."));
            found.push(
                Diagnostic::warning("impossible_value", place, title).fix(suggestion(&word, words)),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::ground::testing::{check, login};

    /// A decision on lines from 7 on, with a branch for each `when`.
    fn decision(whens: &[&str], more: &str) -> String {
        let branches: String = whens
            .iter()
            .enumerate()
            .map(|(at, when)| format!("    - {{ branch: b{at}, when: \"{when}\" }}\n"))
            .collect();
        login(&format!(
            "- block: risk_evaluate\n- block: decision\n  slug: d\n  branches:\n{branches}{more}"
        ))
    }

    const DEFAULT: &str = "    - { branch: rest, default: true }\n";

    #[test]
    fn a_decision_has_a_default() {
        check(
            &["decision_without_default"],
            &[
                (
                    &decision(&["1 == 2"], ""),
                    &["decision_without_default warning 8 `d` has no default branch"],
                ),
                (&decision(&["1 == 2"], DEFAULT), &[]),
                (&decision(&["1 == 2", "true"], ""), &[]),
            ],
        );
    }

    #[test]
    fn every_severity_and_recommendation_is_handled() {
        let r = "step.risk-evaluate.recommendation";
        let s = "step.risk-evaluate.severity";
        check(
            &["unhandled_value"],
            &[
                (
                    &decision(&[&format!("{r} == 'allow'"), &format!("{r} == 'deny'")], ""),
                    &["unhandled_value warning 8 no branch of `d` handles `challenge`"],
                ),
                (
                    &decision(
                        &[&format!("{r} == 'allow'"), &format!("{r} != 'allow'")],
                        "",
                    ),
                    &[],
                ),
                (
                    &decision(&[&format!("{s} in ['low', 'medium']")], ""),
                    &["unhandled_value … `high`, `critical`"],
                ),
                (
                    &decision(&[&format!("{s} in ['low', 'medium']")], DEFAULT),
                    &[],
                ),
                (
                    &decision(
                        &[&format!("{s} == 'low'"), "step.risk-evaluate.score > 5"],
                        "",
                    ),
                    &[],
                ),
            ],
        );
    }

    #[test]
    fn a_value_is_compared_with_what_it_can_be() {
        check(
            &["impossible_value"],
            &[
                (
                    &decision(&["step.risk-evaluate.severity == 'hihg'"], DEFAULT),
                    &[
                        "impossible_value warning 10 `step.risk-evaluate.severity` is never `hihg` | did you mean `high`?",
                    ],
                ),
                (
                    &decision(
                        &["step.risk-evaluate.severity in ['high', 'critical']"],
                        DEFAULT,
                    ),
                    &[],
                ),
                (
                    &decision(&["step.risk-evaluate.severity.startsWith('cri')"], DEFAULT),
                    &[],
                ),
                (
                    &(decision(&["1 == 2"], DEFAULT)
                        + "      - { block: condition, config: { when: step.d.branch == 'b1' } }\n"),
                    &[
                        "impossible_value warning 12 `step.d.branch` is never `b1` | did you mean `b0`?",
                    ],
                ),
            ],
        );
    }
}
