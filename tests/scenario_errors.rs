//! Every wrong scenario is an error with a place, a code, and words that say what to write.

mod support;

use flowproof::diagnostic::Diagnostics;
use flowproof::scenario::decode_file;
use flowproof::text::SourceFile;
use flowproof::workspace::Workspace;

/// `line:column code title; fix`, one line for each diagnostic.
fn found(workspace: &Workspace, text: &str) -> Vec<String> {
    let mut diagnostics = Diagnostics::default();
    decode_file(
        &SourceFile::new("scenarios/a.yaml", text),
        workspace,
        &mut diagnostics,
    );
    diagnostics
        .into_sorted()
        .iter()
        .map(|one| {
            let (line, column) = one.span.as_ref().map_or((0, 0), |span| span.line_column());
            let fix = one.fix.as_deref().unwrap_or("");
            format!("{line}:{column} {} {}; {fix}", one.code, one.title)
        })
        .collect()
}

fn loaded(name: &str) -> Workspace {
    let mut diagnostics = Diagnostics::default();
    let workspace = Workspace::load(&support::workspace(name, &[]), &mut diagnostics);
    assert!(diagnostics.is_empty(), "{:?}", diagnostics.into_sorted());
    workspace
}

/// What stands behind `scenario: a` and `flow: login`, on line 3; the place and code; words of title and fix.
const ROWS: &[(&str, &str, &[&str])] = &[
    (
        "identiti: ada",
        "3:1 unknown_key",
        &["identiti", "`identity`"],
    ),
    (
        "identity: adda",
        "3:11 unknown_identity",
        &["adda", "`ada`"],
    ),
    (
        "identity: { emial: a@b.c }",
        "3:13 unknown_key",
        &["emial", "`email`"],
    ),
    ("identity: [ada]", "3:11 wrong_type", &["identity"]),
    ("tags: smoke", "3:7 wrong_type", &["tags", "list"]),
    ("request: tour", "3:10 unknown_word", &["tour", "`tor`"]),
    ("request: { preset: tour }", "3:20 unknown_word", &["`tor`"]),
    (
        "request: { geo: { contry: US } }",
        "3:19 unknown_key",
        &["`country`"],
    ),
    (
        "client: { kind: web }",
        "3:11 unknown_key",
        &["kind", "`type`"],
    ),
    ("profile: { budgt: 1s }", "3:12 unknown_key", &["`budget`"]),
    ("profile: { budget: 1 }", "3:20 bad_duration", &["1s"]),
    (
        "clock: yesterday",
        "3:8 bad_instant",
        &["2026-01-01T00:00:00Z"],
    ),
    ("seed: -1", "3:7 out_of_range", &["from 0"]),
    (
        "snapshot: yes please",
        "3:11 wrong_type",
        &["`true` or `false`"],
    ),
    (
        "disable: [nota]",
        "3:11 unknown_action",
        &["nota", "`note`"],
    ),
    (
        "disable: [note]\nenable: [note]",
        "4:10 conflicting_keys",
        &["`note`", "keep it in one"],
    ),
    (
        "input: { pasword: wrong }",
        "3:10 unknown_key",
        &["`password`"],
    ),
    (
        "input: { refresh_token: old }",
        "3:25 unknown_word",
        &["`valid`"],
    ),
    (
        "answers: { mfaa: right }",
        "3:12 unknown_block",
        &["mfaa", "`mfa`"],
    ),
    ("answers: { mfa: rigth }", "3:17 unknown_word", &["`right`"]),
    (
        "answers: { mfa: { value: right, factr: totp } }",
        "3:33 unknown_key",
        &["`factor`"],
    ),
    (
        "answers: { note: right }",
        "3:12 unused_answer",
        &["run_custom_action"],
    ),
    (
        "edits: [{ move: note, before: mfa, after: mfa }]",
        "3:36 conflicting_keys",
        &["`after`"],
    ),
    ("edits: [{ move: note }]", "3:9 missing_key", &["`before`"]),
    (
        "edits: [{ move: note, before: issue-session }]",
        "3:17 bad_edit",
        &["Post-Auth", "within one stage"],
    ),
    (
        "edits: [{ move: credentials, after: bad-credentials }]",
        "3:37 bad_edit",
        &["own branches"],
    ),
    (
        "edits: [{ move: nota, before: mfa }]",
        "3:17 unknown_block",
        &["`note`"],
    ),
    (
        "edits: [{ set: mfa, on_error: continue }]",
        "3:21 bad_edit",
        &["mfa", "no `on_error`"],
    ),
    (
        "edits: [{ set: fraud, mode: sync }]",
        "3:23 bad_edit",
        &["no `mode`"],
    ),
    (
        "edits: [{ set: note, on_error: halts }]",
        "3:32 unknown_word",
        &["`halt`"],
    ),
    (
        "edits: [{ set: note }]",
        "3:9 missing_key",
        &["`on_error:`"],
    ),
    (
        "edits: [{ on_error: halt }]",
        "3:9 missing_key",
        &["`move`", "`set`"],
    ),
    (
        "outputs: { risk: { score: 1 } }",
        "3:12 unknown_block",
        &["`risk`"],
    ),
    (
        "outputs: { credentials: { branch: x } }",
        "3:12 bad_outputs",
        &["decision"],
    ),
    (
        "outputs: { fraud: { outcome: allowed } }",
        "3:12 bad_outputs",
        &["run_custom_flow"],
    ),
    (
        "outputs: { issue-session: { id: x } }",
        "3:12 bad_outputs",
        &["issue_session"],
    ),
    (
        "outputs: { risk-evaluate: { scor: 1 } }",
        "3:29 unknown_field",
        &["`score`"],
    ),
    (
        "outputs: { signal: { status: 1 }, fraud/signal: { status: 1 } }",
        "3:35 duplicate_key",
        &["written twice"],
    ),
    (
        "faults: [{ at: note }]",
        "3:10 missing_key",
        &["`error`", "`timeout`"],
    ),
    ("faults: [{ error: x }]", "3:10 missing_key", &["`at`"]),
    (
        "faults: [{ at: note, error: x, timeout: true }]",
        "3:32 conflicting_keys",
        &["`timeout`"],
    ),
    (
        "faults: [{ at: note, timeout: false }]",
        "3:31 bad_fault",
        &["`timeout: true`"],
    ),
    (
        "faults: [{ at: mfa, disabled: true }]",
        "3:21 bad_fault",
        &["only an action"],
    ),
    (
        "faults: [{ at: fraud/signl, error: x }]",
        "3:16 unknown_block",
        &["`fraud/signal`"],
    ),
    (
        "faults: [{ at: note, delay: 4 }]",
        "3:29 bad_duration",
        &["4s"],
    ),
    (
        "webhooks: [{ use: [shard] }]",
        "3:20 unknown_mock_set",
        &["`shared`"],
    ),
    (
        "expect: { ended: allowed }",
        "3:11 unknown_key",
        &["`ending`"],
    ),
    (
        "expect: { ending: alowed }",
        "3:19 unknown_word",
        &["`allowed`"],
    ),
    ("expect: { ending: yes }", "3:19 plain_yes_no", &["yes"]),
    (
        "expect: { terminal: block }",
        "3:21 unknown_block",
        &["`fraud/block`"],
    ),
    (
        "expect: { reason: { mathces: x } }",
        "3:19 wrong_type",
        &["`matches`"],
    ),
    (
        "expect: { halted_at: fraude }",
        "3:22 unknown_block",
        &["`fraud`"],
    ),
    (
        "expect: { error: { containes: x } }",
        "3:20 unknown_key",
        &["`contains`"],
    ),
    (
        "expect: { error: { code: expresion } }",
        "3:26 unknown_code",
        &["`expression`"],
    ),
    (
        "expect: { user_sees: error }",
        "3:22 unknown_word",
        &["`generic_error`"],
    ),
    (
        "expect: { user_sees: { prompt: mfaa } }",
        "3:32 unknown_word",
        &["`mfa`"],
    ),
    (
        "expect: { path: [identity-lokup] }",
        "3:18 unknown_block",
        &["`identity-lookup`"],
    ),
    (
        "expect: { ran: [verdict] }",
        "3:17 unknown_block",
        &["`fraud/verdict`"],
    ),
    (
        "expect: { branches: { credentials: acepted } }",
        "3:36 unknown_branch",
        &["`accepted`"],
    ),
    (
        "expect: { branches: { mfa: x } }",
        "3:28 unknown_branch",
        &["no branches"],
    ),
    (
        "expect: { state: { stepp.a.b: 1 } }",
        "3:20 bad_expression",
        &["step"],
    ),
    (
        "expect: { state: { step.risk-evalute.score: 1 } }",
        "3:20 unknown_block",
        &["`risk-evaluate`"],
    ),
    (
        "expect: { state: { custom.gat.x: 1 } }",
        "3:20 unknown_flow",
        &["`gate`"],
    ),
    (
        "expect: { state: { step.mfa.verified: { matches: '(' } } }",
        "3:51 bad_regex",
        &["RE2"],
    ),
    (
        "expect: { logs: [{ level: warning }] }",
        "3:27 unknown_word",
        &["`warn`"],
    ),
    (
        "expect: { webhooks: { nobody: { calls: 1 } } }",
        "3:23 unknown_mock",
        &["nobody"],
    ),
    (
        "expect: { audit: [{ kind: x }] }",
        "3:21 unknown_key",
        &["kind", "`type`"],
    ),
    (
        "expect: { audit: [{ outcome: sucess }] }",
        "3:30 unknown_word",
        &["`success`"],
    ),
    (
        "expect: { side_effects: { session: true } }",
        "3:27 unknown_key",
        &["`session_issued`"],
    ),
    (
        "expect: { budget: { max: 2 } }",
        "3:26 bad_duration",
        &["2s"],
    ),
    (
        "expect: { budget: { blocks: { frau: 2s } } }",
        "3:31 unknown_block",
        &["`fraud`"],
    ),
    ("cases: []", "3:8 empty_list", &["no case"]),
    ("cases: [{ expect: {} }]", "3:9 missing_key", &["`case`"]),
    (
        "cases: [{ case: a, expects: {} }]",
        "3:20 unknown_key",
        &["`expect`"],
    ),
    (
        "cases: [{ case: a, expect: { ending: x } }]",
        "3:38 unknown_word",
        &["`allowed`"],
    ),
    (
        "cases: [{ case: a }, { case: a }]",
        "3:30 duplicate_name",
        &["`a`"],
    ),
    (
        "seed: 1\n---\nscenario: a\nflow: login",
        "5:11 duplicate_name",
        &["`a`"],
    ),
    ("seed: 1\n---\n", "4:1 empty_document", &["empty"]),
    (
        "seed: 1\n---\n---\nscenario: b\nflow: login",
        "4:1 empty_document",
        &["empty"],
    ),
    (
        "seed: 1\n---\nscenario: b",
        "5:1 missing_key",
        &["`flow`", "`flow: login`"],
    ),
    (
        "cases: [{ case: a, flow: null }]",
        "3:17 missing_key",
        &["`flow`"],
    ),
    (
        "cases: [{ identity: adda }]",
        "3:21 unknown_identity",
        &["`ada`"],
    ),
    (
        "---\nflow: own\nstages: []",
        "5:1 misplaced_file",
        &["fixtures/flows/"],
    ),
    (
        "seed: 1\n---\nflow: login",
        "5:1 missing_key",
        &["`scenario`"],
    ),
];

#[test]
fn a_wrong_scenario_is_told_where_and_how_to_write_it() {
    let workspace = loaded("scenario-errors");
    let mut wrong = Vec::new();
    for (rest, place, words) in ROWS {
        let found = found(&workspace, &format!("scenario: a\nflow: login\n{rest}\n"));
        let right = |line: &String| {
            line.starts_with(&format!("{place} ")) && words.iter().all(|word| line.contains(word))
        };
        if !found.iter().any(right) {
            wrong.push(format!(
                "{rest}\n  expected {place} {words:?}\n  found {found:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_wrong_in_a_scenario_is_said_once_however_many_cases_inherit_it() {
    let workspace = loaded("scenario-errors-once");
    let text =
        "scenario: a\nflow: login\nexpect: { ending: x }\ncases: [{ case: a }, { case: b }]\n";
    assert_eq!(found(&workspace, text).len(), 1);
}

#[test]
fn an_unknown_key_of_a_case_is_said_once() {
    let workspace = loaded("scenario-errors-key");
    let text = "scenario: a\nflow: login\ncases: [{ case: a, identty: ada }]\n";
    assert_eq!(found(&workspace, text).len(), 1);
}

#[test]
fn cases_that_inherit_too_much_together_are_refused_at_once() {
    let workspace = loaded("scenario-errors-cases");
    let tags = "x, ".repeat(40_000);
    let cases: String = (0..10_000).map(|n| format!("- case: c{n}\n")).collect();
    let text = format!("scenario: a\nflow: login\ntags: [{tags}]\ncases:\n{cases}");
    let found = found(&workspace, &text);
    assert!(found[0].contains("too_large"), "{found:?}");
}
