//! Rows of documents: what they become, and what is said about wrong ones.

use super::*;
use crate::document::{conforms, parse_document};
use crate::engine::{CallFault, CallOutcome, HttpAnswer};
use crate::latency::Latency;
use crate::text::SourceFile;
use crate::value::to_json_text;
use std::fs;
use std::path::PathBuf;

/// The mocks of `webhooks:` in `scenarios/a.yaml` below `root`, and `code line:column title; fix` of what is wrong.
fn read_in(root: &Path, text: &str, sets: &[Arc<MockSet>]) -> (Mocks, Vec<String>) {
    let mut diagnostics = Diagnostics::default();
    let file = SourceFile::new("scenarios/a.yaml", text);
    let mocks = parse_document(&file, &mut diagnostics).map(|node| {
        conforms(&node, WEBHOOKS, "`webhooks`", &mut diagnostics);
        decode_webhooks(&node, sets, root, &mut diagnostics)
    });
    let said = diagnostics.into_sorted();
    let said = said.iter().map(|d| {
        let (line, column) = d.span.as_ref().map_or((0, 0), Span::line_column);
        let fix = d.fix.as_deref().unwrap_or("");
        format!("{} {line}:{column} {}; {fix}", d.code, d.title)
    });
    (mocks.unwrap_or_default(), said.collect())
}

fn read(text: &str) -> (Mocks, Vec<String>) {
    read_in(Path::new("/nowhere"), text, &[])
}

fn answer(mock: &Mock, turn: u64) -> &HttpAnswer {
    match mock.reply(turn).map(|reply| &reply.outcome) {
        Some(CallOutcome::Answer(answer)) => answer,
        other => panic!("{other:?} is no answer"),
    }
}

#[test]
fn a_whole_mock_is_read() {
    let (mocks, said) = read(
        "- mock: fraud score\n  method: POST\n  url: https://fraud.example.com/v1/score\n  \
         query: { user: usr_01, v: 1.10, id: [1, two] }\n  headers: { X-Tenant: acme }\n  \
         json: { email: alice@example.com }\n  respond:\n    - status: 201\n      headers: { X-Id: 7 }\n      \
         json: { risk: 0.92, count: 2.0 }\n      delay: 350ms\n    - fault: timeout\n  calls: \"0..2\"\n",
    );
    assert_eq!(said, [""; 0]);
    let mock = &mocks.list[0];
    assert_eq!(
        (&*mock.name, mock.span.line_column()),
        ("fraud score", (1, 9))
    );
    assert_eq!(mock.method.as_deref(), Some("POST"));
    assert_eq!(
        format!("{:?}", mock.query),
        r#"[("user", Holds("usr_01")), ("v", Holds("1.10")), ("id", Are(["1", "two"]))]"#
    );
    assert_eq!(format!("{:?}", mock.headers), r#"[("x-tenant", "acme")]"#);
    assert_eq!(mock.calls.to_string(), "0..2");
    let first = answer(mock, 0);
    assert_eq!(
        (first.status, &*first.body),
        (201, r#"{"risk":0.92,"count":2.0}"#)
    );
    assert_eq!(
        format!("{:?}", first.headers),
        r#"[("x-id", "7"), ("content-type", "application/json")]"#
    );
    assert_eq!(to_json_text(&first.value), r#"{"risk":0.92,"count":2}"#);
    assert_eq!(mock.replies[0].delay, Some(Latency::Fixed(350)));
    assert_eq!(
        mock.replies[1].outcome,
        CallOutcome::Fault(CallFault::Timeout)
    );
}

#[test]
fn a_body_is_what_state_will_see() {
    for (respond, body, value, headers) in [
        ("{}", "", "null", 0),
        ("{ text: '' }", "", "null", 0),
        ("{ text: not json }", "not json", "\"not json\"", 0),
        ("{ text: '{\"a\": 1.0}' }", "{\"a\": 1.0}", "{\"a\":1}", 0),
        ("{ json: null }", "null", "null", 1),
        ("{ json: '' }", "\"\"", "\"\"", 1),
        (
            "{ json: 1, headers: { Content-Type: text/plain } }",
            "1",
            "1",
            1,
        ),
    ] {
        let (mocks, said) = read(&format!("- mock: m\n  respond: {respond}\n"));
        assert_eq!(said, [""; 0], "{respond}");
        let answer = answer(&mocks.list[0], 0);
        assert_eq!((&*answer.body, answer.status), (body, 200), "{respond}");
        assert_eq!(to_json_text(&answer.value), value, "{respond}");
        assert_eq!(answer.headers.len(), headers, "{respond}");
    }
}

#[test]
fn a_body_over_the_limit_is_too_large() {
    let large = "x".repeat(crate::profile::RESPONSE_BODY - 10);
    for (count, expected) in [(10, false), (11, true)] {
        let root = Folder::new(&format!("large-{count}"));
        root.write("scenarios/big.txt", &(large.clone() + &"y".repeat(count)));
        let text = "- mock: m\n  respond: { file: big.txt }\n";
        let (mocks, said) = read_in(&root.0, text, &[]);
        assert_eq!(said, [""; 0]);
        let too_large = mocks.list[0].replies[0].outcome == CallOutcome::Fault(CallFault::TooLarge);
        assert_eq!(too_large, expected, "{count}");
    }
}

#[test]
fn every_form_of_a_delay_is_read_and_wrong_ones_are_refused() {
    for (delay, expected) in [
        ("350ms", Latency::Fixed(350)),
        (
            "{p50: 120ms, p99: 900ms}",
            Latency::Percentiles { p50: 120, p99: 900 },
        ),
        ("{uniform: [100ms, 1s]}", Latency::Uniform(100, 1_000)),
        ("{samples: [2s, 90ms]}", Latency::Samples(vec![90, 2_000])),
    ] {
        let (mocks, said) = read(&format!("- mock: m\n  respond: {{ delay: {delay} }}\n"));
        assert_eq!(said, [""; 0], "{delay}");
        assert_eq!(mocks.list[0].replies[0].delay, Some(expected));
    }
    for (delay, expected) in [
        ("5", "bad_duration 2:21 `delay` takes a duration"),
        (
            "{}",
            "missing_key 2:21 a distribution of delays needs one of",
        ),
        (
            "{p50: 1s}",
            "missing_key 2:21 `p50` and `p99` stand together",
        ),
        (
            "{p50: 2s, p99: 1s}",
            "bad_latency 2:36 `p99` is less than `p50`",
        ),
        (
            "{uniform: [1s]}",
            "bad_latency 2:31 `uniform` takes two durations, found 1",
        ),
        (
            "{uniform: [2s, 1s]}",
            "bad_latency 2:31 `uniform` ends before it begins",
        ),
        (
            "{samples: []}",
            "bad_latency 2:31 `samples` is an empty list",
        ),
        ("{samples: [1]}", "bad_duration"),
        ("{samples: [1s], uniform: [1s, 2s]}", "conflicting_keys"),
        ("{samples: [1s], p99: 2s}", "missing_key"),
    ] {
        let (mocks, said) = read(&format!("- mock: m\n  respond: {{ delay: {delay} }}\n"));
        assert_eq!(said.len(), 1, "{delay}: {said:?}");
        assert!(said[0].starts_with(expected), "{delay}: {said:?}");
        assert!(mocks.list.is_empty(), "{delay}");
    }
}

#[test]
fn wrong_mocks_are_refused_at_their_place_with_what_to_write() {
    for (item, expected) in [
        (
            "{ mokc: m, respond: {} }",
            "missing_key 1:3 a mock needs `mock`",
        ),
        (
            "{ mock: '', respond: {} }",
            "bad_name 1:5 the name in `mock` is empty",
        ),
        (
            "{ mock: m, respond: [] }",
            "wrong_type 1:23 `respond` is an empty list",
        ),
        ("{ mock: m, respond: { status: 99 } }", "out_of_range 1:33"),
        ("{ mock: m, respond: { status: 600 } }", "out_of_range 1:33"),
        (
            "{ mock: m, respond: { fault: tmeout } }",
            "unknown_word 1:32 `fault` cannot be `tmeout`; did you mean `timeout`?",
        ),
        (
            "{ mock: m, respond: { fault: dns, status: 200 } }",
            "conflicting_keys 1:37",
        ),
        (
            "{ mock: m, respond: { fault: dns, headers: {} } }",
            "conflicting_keys 1:37",
        ),
        (
            "{ mock: m, respond: { json: 1, text: a } }",
            "conflicting_keys 1:34",
        ),
        (
            "{ mock: m, respond: { json: 1, fault: dns } }",
            "conflicting_keys",
        ),
        ("{ mock: m, respond: { body: 1 } }", "unknown_key 1:25"),
        ("{ mock: m, method: get, respond: {} }", "unknown_word 1:22"),
        (
            "{ mock: m, url: 'https://a.example/x?user=1', respond: {} }",
            "bad_url 1:39 `url`: a query is not matched here; end the URL before the `?` and write `query: { user: \"1\" }`",
        ),
        (
            "{ mock: m, url: 'https://a.example/{{ event.user.id }}', respond: {} }",
            "template_not_allowed 1:38 a mock takes no templates",
        ),
        (
            "{ mock: m, url: /v1, respond: {} }",
            "bad_url 1:19 `url`: this is no absolute URL",
        ),
        ("{ mock: m, url_regex: '(', respond: {} }", "bad_regex 1:26"),
        (
            "{ mock: m, url: 'https://a.b/', url_pattern: '**', respond: {} }",
            "conflicting_keys 1:35",
        ),
        (
            "{ mock: m, json: 1, json_exact: 1, respond: {} }",
            "conflicting_keys 1:23",
        ),
        (
            "{ mock: m, headers: { A: 1, a: 2 }, respond: {} }",
            "duplicate_key 1:31",
        ),
        (
            "{ mock: m, query: { a: {} }, respond: {} }",
            "wrong_type 1:26",
        ),
        (
            "{ mock: m, respond: {}, calls: 2..1 }",
            "bad_calls 1:34 `2..1` is no number of calls",
        ),
        ("{ mock: m, respond: {}, calls: -1 }", "out_of_range 1:34"),
        (
            "{ mock: m, respond: { file: /etc/passwd } }",
            "outside_workspace 1:31",
        ),
        (
            "{ mock: m, respond: { file: ../../x } }",
            "outside_workspace 1:31",
        ),
        (
            "{ use: [frad] }",
            "unknown_mock_set 1:11 there is no mock set `frad`; there is none yet",
        ),
        ("{ use: [], mock: m }", "unknown_key 1:14"),
        ("just text", "wrong_type 1:3"),
    ] {
        let (mocks, said) = read(&format!("- {item}\n"));
        let first = said.iter().any(|line| line.starts_with(expected));
        assert!(first, "{item}: {said:?}");
        assert!(
            said.len() <= 1 + usize::from(item.contains("mokc")),
            "{item}: {said:?}"
        );
        assert!(mocks.list.is_empty(), "{item}");
    }
}

#[test]
fn a_mock_without_an_answer_says_200_and_nothing() {
    let (mocks, said) = read("- { mock: m }\n");
    assert_eq!(said, [""; 0]);
    assert_eq!(answer(&mocks.list[0], 0).status, 200);
}

#[test]
fn shared_sets_come_after_the_others_and_names_stay_unique() {
    let set = |name: &str, mocks: &[&str]| {
        let mut text = format!("mocks: {name}\nwebhooks:\n");
        for mock in mocks {
            text.push_str(&format!("  - {{ mock: {mock}, respond: {{}} }}\n"));
        }
        let mut diagnostics = Diagnostics::default();
        let file = SourceFile::new(&*format!("fixtures/mocks/{name}.yaml"), text);
        let node = parse_document(&file, &mut diagnostics).expect(name);
        let set = decode_mock_set(&node, Path::new("/nowhere"), &mut diagnostics);
        assert!(diagnostics.is_empty());
        Arc::new(set.expect(name))
    };
    let sets = [set("crm", &["a", "b"]), set("mail", &["c", "own"])];
    for (text, names, expected) in [
        (
            "- use: [mail, crm]\n- { mock: x, respond: {} }\n",
            "x c own a b",
            "",
        ),
        ("- { use: [crm] }\n- { use: [mail] }\n", "a b c own", ""),
        (
            "- { use: [mail] }\n- { mock: own, respond: {} }\n",
            "own c",
            "duplicate_name 1:11",
        ),
        (
            "- { use: [crm, crm] }\n",
            "a b",
            "duplicate_name 1:16 the mock set `crm` is used twice",
        ),
        (
            "- { use: [crn] }\n",
            "",
            "unknown_mock_set 1:11 there is no mock set `crn`; did you mean `crm`?",
        ),
        (
            "- { mock: x, respond: {} }\n- { mock: x, respond: {} }\n",
            "x",
            "duplicate_name 2:11",
        ),
    ] {
        let (mocks, said) = read_in(Path::new("/nowhere"), text, &sets);
        let listed: Vec<&str> = mocks.list.iter().map(|mock| &*mock.name).collect();
        assert_eq!(listed.join(" "), names, "{text}");
        assert!(
            said.concat().starts_with(expected) && said.len() < 2,
            "{text}: {said:?}"
        );
        assert_eq!(said.is_empty(), expected.is_empty(), "{text}: {said:?}");
    }
}

#[test]
fn a_mock_set_has_a_name_and_uses_no_other() {
    for (text, expected) in [
        ("mocks: ''\nwebhooks: []\n", "bad_name"),
        ("webhooks: []\n", "missing_key"),
        ("mocks: a\nwebhooks: [{ use: [b] }]\n", "unknown_key"),
        (
            "mocks: a\nwebhooks: [{ mock: x, respond: {} }, { mock: x, respond: {} }]\n",
            "duplicate_name",
        ),
    ] {
        let mut diagnostics = Diagnostics::default();
        let file = SourceFile::new("fixtures/mocks/a.yaml", text);
        let node = parse_document(&file, &mut diagnostics).expect(text);
        decode_mock_set(&node, Path::new("/nowhere"), &mut diagnostics);
        let codes: Vec<_> = diagnostics.iter().map(|d| d.code).collect();
        assert_eq!(codes, [expected], "{text}");
    }
}

#[test]
fn files_are_read_beside_their_document_and_never_outside() {
    let root = Folder::new("files");
    root.write("scenarios/bodies/a.json", "\u{FEFF}{\"a\": 1}");
    root.write("fixtures/b.txt", "text");
    root.write("outside.txt", "secret");
    let inside = root.0.join("inside");
    fs::create_dir_all(inside.join("scenarios")).expect("folder");
    #[cfg(unix)]
    std::os::unix::fs::symlink(
        root.0.join("outside.txt"),
        inside.join("scenarios/link.txt"),
    )
    .expect("link");
    for (root, file, expected) in [
        (&root.0, "bodies/a.json", "{\"a\":1}"),
        (&root.0, "./bodies/../bodies/a.json", "{\"a\":1}"),
        (&root.0, "../fixtures/b.txt", "\"text\""),
        (
            &root.0,
            "bodies/b.json",
            "unreadable_file 1:31 `file: bodies/b.json`: there is no such file; did you mean `a.json`?",
        ),
        (
            &root.0,
            "bodies",
            "unreadable_file 1:31 `file: bodies`: it is no ordinary file",
        ),
        (&root.0, "../../etc/passwd", "outside_workspace"),
        #[cfg(unix)]
        (&inside, "link.txt", "outside_workspace"),
    ] {
        let text = format!("- {{ mock: m, respond: {{ file: {file} }} }}\n");
        let (mocks, said) = read_in(root, &text, &[]);
        let seen = match mocks.list.first() {
            Some(mock) => to_json_text(&answer(mock, 0).value),
            None => said.concat(),
        };
        assert!(seen.starts_with(expected), "{file}: {seen}");
    }
}

/// A folder of its own for one test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("flowproof-mock-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("scenarios")).expect("folder");
        Folder(path)
    }

    fn write(&self, file: &str, content: &str) {
        let path = self.0.join(file);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("folder");
        fs::write(path, content).expect("file");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
