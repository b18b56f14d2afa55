//! What a flow file may say and may not: rows of wrong files with code, place and fix, and the slugs of right ones.

use super::*;
use crate::document::parse_document;
use crate::text::SourceFile;

fn decode(text: &str) -> (Option<Decoded>, Vec<String>) {
    let file = SourceFile::new("fixtures/flows/a.yaml", text);
    let mut diagnostics = Diagnostics::default();
    let decoded = parse_document(&file, &mut diagnostics)
        .and_then(|node| decode_flow(&node, &mut diagnostics));
    let said = diagnostics
        .into_sorted()
        .iter()
        .map(|d| {
            let (line, column) = d
                .span
                .as_ref()
                .map_or((0, 0), crate::text::Span::line_column);
            format!(
                "{} {line}:{column} {} | {}",
                d.code,
                d.title,
                d.fix.as_deref().unwrap_or("")
            )
        })
        .collect();
    (decoded, said)
}

/// A flow with one block list, given as the lines of it from line 5 on, six columns in.
fn flow_of(blocks: &str) -> String {
    let head = "flow: a\nstages:\n  - stage: S\n    blocks:\n";
    let lines: Vec<String> = blocks
        .lines()
        .map(|line| format!("      {line}\n"))
        .collect();
    head.to_owned() + &lines.concat()
}

/// Rows of wrong text: the only thing said has this code and place, and these words in its fix.
fn check<const N: usize>(rows: [(String, &str, &str); N]) {
    let mut departures = Vec::new();
    for (text, place, fix) in rows {
        let (decoded, said) = decode(&text);
        let sound = decoded.is_some_and(|decoded| decoded.sound);
        let right = said.len() == 1
            && said[0].starts_with(&format!("{place} "))
            && said[0]
                .split_once(" | ")
                .is_some_and(|(_, written)| written.contains(fix));
        if sound || !right {
            departures.push(format!("{text}\n  {place} … {fix}\n  {said:#?}"));
        }
    }
    assert!(departures.is_empty(), "{}", departures.join("\n"));
}

#[test]
fn a_wrong_block_is_told_with_its_place_and_fix() {
    check([
        (
            "- block: denny\n  config: { reason: x }",
            "unknown_kind 5:16",
            "did you mean `deny`?",
        ),
        (
            "- block: deny",
            "missing_key 5:16",
            "write `reason:` with text",
        ),
        (
            "- block: deny\n  config: { reason: Bad Thing }",
            "bad_reason 6:27",
            "`bad_thing`",
        ),
        (
            "- block: deny\n  reason: x\n  config: { reason: y }",
            "unknown_key 6:9",
            "write it under `config:` of the block",
        ),
        (
            "- block: deny\n  config: { reason: y, slug: x }",
            "unknown_key 6:30",
            "write it on the block itself",
        ),
        (
            "- block: deny\n  config: { reasn: y, reason: y }",
            "unknown_key 6:19",
            "did you mean `reason`?",
        ),
        (
            "- block: deny\n  on_error: halt\n  config: { reason: y }",
            "unsupported_key 6:9",
            "only `channel_otp_send`",
        ),
        (
            "- block: condition\n  config: { when: true }\n  branches: []",
            "unsupported_key 7:9",
            "write `then:` and `else:`",
        ),
        (
            "- block: parallel_webhook\n  timeout: 1s\n  config: { calls: { a: { url: 'https://a.b' } } }",
            "unsupported_key 6:9",
            "inside each of its `calls`",
        ),
        (
            "- block: decision\n  then: []\n  branches: [{ branch: a, default: true }]",
            "unsupported_key 6:9",
            "`branches:`",
        ),
        (
            "- block: call_webhook\n  mode: sync\n  config: { url: 'https://a.b' }",
            "unsupported_key 6:9",
            "only `run_custom_action` has it",
        ),
        (
            "- block: delay\n  timeout: 2s\n  config: { ms: 1 }",
            "unsupported_key 6:9",
            "only `run_custom_action`, `call_webhook` have it",
        ),
        (
            "- block: deny\n  config: { reason: y, user_message: 'hi {{ event.user.name }}' }",
            "template_not_allowed 6:48",
            "write plain text",
        ),
        (
            "- block: call_webhook\n  config: { url: http://x.y/z }",
            "bad_url 6:24",
            "write https://x.y/z",
        ),
        (
            "- block: call_webhook\n  config: { url: 'x.y/z' }",
            "bad_url 6:25",
            "write https://x.y/z",
        ),
        (
            "- block: call_webhook\n  config: { url: 'https://x', method: post }",
            "unknown_word 6:45",
            "did you mean `POST`?",
        ),
        (
            "- block: call_webhook\n  config: { url: 'https://x', headers: { 'a b': 1 } }",
            "bad_header 6:49",
            "letters, digits",
        ),
        (
            "- block: call_webhook\n  config: { url: 'https://x', headers: { a: [1] } }",
            "wrong_type 6:51",
            "write text",
        ),
        (
            "- block: call_webhook\n  config: { url: 'https://x', headers: { a: 1, A: 2 } }",
            "duplicate_key 6:54",
            "no case",
        ),
        (
            "- block: call_webhook\n  config: { url: 'https://x', ok_status: ['200-'] }",
            "bad_status 6:50",
            "200-299",
        ),
        (
            "- block: call_webhook\n  timeout: 5\n  config: { url: 'https://x' }",
            "bad_duration 6:18",
            "`5ms` or `5s`",
        ),
        ("- block: decision", "missing_key 5:9", "`branches:`"),
        (
            "- block: decision\n  branches: []",
            "missing_key 6:9",
            "write a branch",
        ),
        (
            "- block: decision\n  branches: [{branch: x}]",
            "missing_key 6:20",
            "`default: true` on the last",
        ),
        (
            "- block: decision\n  branches: [{branch: x, default: true, when: 'true'}]",
            "conflicting_keys 6:47",
            "remove `when`",
        ),
        (
            "- block: decision\n  branches: [{branch: x, default: true}, {branch: y, when: 'true'}]",
            "default_not_last 6:20",
            "behind the others",
        ),
        (
            "- block: decision\n  branches: [{branch: x, default: true}, {branch: y, default: true}]",
            "duplicate_default 6:48",
            "write `when:`",
        ),
        (
            "- block: decision\n  branches: [{branch: x, when: 'true'}, {branch: x, default: true}]",
            "duplicate_name 6:56",
            "another name",
        ),
        (
            "- block: condition\n  then:",
            "missing_key 5:16",
            "write `when:`",
        ),
        (
            "- block: condition\n  config: { when: '{{ step.a.b }}' }",
            "bad_expression 6:26",
            "write \"step.a.b\"",
        ),
        (
            "- block: allow\n- block: allow\n- block: allow\n  slug: allow-2",
            "duplicate_slug 8:15",
            "another `slug:`",
        ),
        (
            "- block: allow\n  slug: allow-2\n- block: allow\n- block: allow",
            "duplicate_slug 8:16",
            "another `slug:`",
        ),
        (
            "- block: allow\n  slug: Allow It",
            "bad_slug 6:15",
            "write `allow-it`",
        ),
        (
            "- block: delay\n  config: { ms: 500ms }",
            "wrong_type 6:23",
            "write 500,",
        ),
        (
            "- block: delay\n  config: { ms: -1 }",
            "out_of_range 6:23",
            "from 0",
        ),
        (
            "- block: mfa\n  config: { factors: [totp, web_authn] }",
            "unknown_word 6:35",
            "did you mean `webauthn`?",
        ),
        (
            "- block: mfa\n  config: { factors: totp }",
            "wrong_type 6:28",
            "write [totp]",
        ),
        (
            "- block: mfa\n  config: { attempts: 0 }",
            "out_of_range 6:29",
            "from 1",
        ),
        (
            "- block: mfa\n  config: { attempts: 1000000000 }",
            "out_of_range 6:29",
            "to 100",
        ),
        (
            "- block: risk_evaluate\n  config: { weights: { torr: 1 } }",
            "unknown_key 6:30",
            "did you mean `tor`?",
        ),
        (
            "- block: risk_evaluate\n  config: { thresholds: [60, 30, 80] }",
            "bad_thresholds 6:31",
            "[30, 60, 80]",
        ),
        (
            "- block: run_custom_action\n  timeout: 2 sec\n  config: { action: x }",
            "bad_duration 6:18",
            "write `2s`",
        ),
        (
            "- block: run_custom_action\n  mode: async\n  config: { action: x }",
            "unknown_word 6:15",
            "did you mean `sync`?",
        ),
        (
            "- block: update_user\n  config: { set: { name: x } }",
            "unknown_key 6:26",
            "`profile_update`",
        ),
        (
            "- block: parallel_webhook\n  config: { calls: { 'B c': { url: 'https://x' } } }",
            "bad_slug 6:29",
            "`a-z`",
        ),
        (
            "- block: parallel_webhook\n  config: { calls: { a: { url: 'https://x', timeout: 1 } } }",
            "bad_duration 6:60",
            "`1ms` or `1s`",
        ),
        (
            "- block: allow\n  config: { x: 1 }",
            "unknown_key 6:19",
            "takes no keys",
        ),
        ("- allow", "wrong_type 5:9", "write a map with `block`"),
        (
            "block: allow",
            "wrong_type 5:7",
            "start each item with `- `",
        ),
        (
            "- block: password_policy\n  config: { min_length: '12' }",
            "wrong_type 6:32",
            "write 12 without quotes",
        ),
        (
            "- block: identity_lookup\n  config: { must_exist: 'yes' }",
            "wrong_type 6:32",
            "write `true`, without quotes",
        ),
    ].map(|(blocks, place, fix)| (flow_of(blocks), place, fix)));
}

#[test]
fn a_wrong_flow_is_told_with_its_place_and_fix() {
    check(
        [
            ("flow: Login\nstages: []", "bad_slug 1:7", "write `login`"),
            (
                "flow: signin\nkind: system\nstages: []",
                "unknown_flow 1:7",
                "`kind: custom`",
            ),
            (
                "flow: loginn\nkind: system\nstages: []",
                "unknown_flow 1:7",
                "did you mean `login`?",
            ),
            (
                "flow: login\nstages: []",
                "reserved_slug 1:7",
                "`kind: system`",
            ),
            (
                "flow: a\nkind: sistem\nstages: []",
                "unknown_word 2:7",
                "did you mean `system`?",
            ),
            ("flow: a\nstages:", "wrong_type 2:7", "write a list"),
            ("flow: a", "missing_key 1:1", "write `stages:`"),
            ("stages: []", "missing_key 1:1", "write `flow:`"),
            ("[]", "wrong_type 1:1", "write a map with `flow`"),
            ("# nothing", "empty_document 1:1", "write its content"),
            (
                "flow: a\nstages: []\n---\nflow: b",
                "several_documents 4:1",
                "a file of its own",
            ),
            (
                "flow: a\nstages: [{stage: A b}, {stage: a-B}]",
                "duplicate_name 2:32",
                "another name",
            ),
            (
                "flow: a\nstages: [{stage: A, lock: true}]",
                "unknown_key 2:21",
                "did you mean `locked`?",
            ),
            (
                "flow: a\nstages: []\nallow: [{lint: x, at: b}]",
                "missing_key 3:9",
                "write `reason:`",
            ),
            (
                "flow: a\nstages: []\nallow: [{at: b, reason: c}]",
                "missing_key 3:9",
                "write one of",
            ),
            (
                "flow: a\nstages: []\nallow: [{lint: x, fault: error, at: b, reason: c}]",
                "conflicting_keys 3:19",
                "keep one of",
            ),
            (
                "flow: a\nstages: []\nallow: [{fault: erorr, at: b, reason: c}]",
                "unknown_word 3:17",
                "did you mean `error`?",
            ),
        ]
        .map(|(text, place, fix)| (text.to_owned(), place, fix)),
    );
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let (_, said) = decode(&flow_of(
        "- block: x\n- block: deny\n- block: mfa\n  config: { a: 1 }",
    ));
    assert_eq!(said.len(), 3, "{said:#?}");
}

#[test]
fn slugs_are_derived_in_document_order() {
    let blocks = "- block: condition\n  config: { when: true }\n  else:\n    - block: allow\n  then:\n    - block: allow\n\
        - block: allow\n  slug: done\n- block: allow\n- block: condition\n  config: { when: 'true' }";
    let (decoded, said) = decode(&flow_of(blocks));
    let flow = decoded.map(|decoded| decoded.flow);
    let flow = flow.unwrap_or_else(|| panic!("{said:#?}"));
    let slugs: Vec<&str> = flow
        .blocks()
        .iter()
        .map(|block| &*block.slug.value)
        .collect();
    assert_eq!(
        slugs,
        [
            "condition",
            "allow-2",
            "allow",
            "done",
            "allow-3",
            "condition-2"
        ]
    );
}

#[test]
fn errors_and_reads_of_expressions_point_into_the_file() {
    let when = |text: &str| format!("- block: condition\n  config: {{ when: {text} }}");
    for (blocks, place) in [
        (when("'step.a.b == )'"), "bad_expression 6:38"),
        (when("\"stepp.a.b\""), "bad_expression 6:26"),
        (
            when("event.user.email.endsWidth('x')"),
            "bad_expression 6:42",
        ),
        (
            "- block: send_email\n  config: { template: x, to: 'ü {{ event.user. }}' }".to_owned(),
            "bad_template 6:54",
        ),
    ] {
        let (_, said) = decode(&flow_of(&blocks));
        assert!(
            said.len() == 1 && said[0].starts_with(place),
            "{blocks}\n{said:#?}"
        );
    }
    let (decoded, said) = decode(&flow_of(&when("\"step.a.b == 1 && has(custom.x.y)\"")));
    let flow = decoded
        .map(|decoded| decoded.flow)
        .unwrap_or_else(|| panic!("{said:#?}"));
    let reads: Vec<String> = flow.blocks()[0]
        .reads
        .iter()
        .map(|placed| format!("{} {}", placed.span, placed.read.path.join(".")))
        .collect();
    assert_eq!(
        reads,
        [
            "fixtures/flows/a.yaml:6:26 step.a.b",
            "fixtures/flows/a.yaml:6:47 custom.x.y",
        ]
    );
}
