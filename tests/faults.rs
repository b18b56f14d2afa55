//! `flowproof faults` as a user meets it: exit codes, the three formats, what is accepted, and what is shown to paste.

#[path = "support/binary.rs"]
mod binary;
mod support;

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

const CALM: &str = "\
scenario: a calm sign-in
flow: login
identity: ada
answers: { mfa: right }
webhooks: [{ use: [shared] }]
";

/// `login` of the shared workspace, in which the gate is continued past.
fn open_login(name: &str, allow: &str) -> String {
    let gate = "config: { flow: gate }\n        on_error: continue\n";
    let whole = support::workspace(&format!("{name}-login"), &[]);
    let file = whole.join("fixtures/flows/login.yaml");
    let login = fs::read_to_string(file).expect("the flow");
    login.replace("config: { flow: gate }\n", gate) + allow
}

fn workspace(name: &str, allow: &str, more: &[(&str, &str)]) -> PathBuf {
    let login = open_login(name, allow);
    let mut files = vec![("fixtures/flows/login.yaml", &*login)];
    files.extend(more);
    support::workspace(name, &files)
}

fn flowproof(folder: &Path, args: &[&str]) -> Output {
    binary::command(folder, args)
        .output()
        .expect("the binary runs")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

fn json(folder: &Path) -> Value {
    let output = flowproof(folder, &["faults", "login", "--format", "json"]);
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// `fault block` of every cell that fails open and is not accepted.
fn open(document: &Value) -> Vec<String> {
    let cells = document["cells"].as_array().expect("cells").iter();
    let open = cells.filter(|cell| cell["fails_open"] == true && cell["accepted"].is_null());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    open.map(|cell| format!("{} {}", text(&cell["fault"]), text(&cell["block"])))
        .collect()
}

#[test]
fn each_exit_code_says_what_happened() {
    let calm = ("scenarios/a.yaml", CALM);
    let clean = support::workspace("faults-clean", &[calm]);
    let open = workspace("faults-open", "", &[calm]);
    let broken = support::workspace("faults-broken", &[("scenarios/a.yaml", "flow: x\n")]);
    for (folder, args, expected) in [
        (&clean, &["faults", "login"][..], 0),
        (&clean, &["faults", "gate"], 0),
        (&open, &["faults", "login"], 1),
        (&open, &["faults", "login", "--format", "json"], 1),
        (&open, &["faults", "login", "--format", "html"], 1),
        (&open, &["faults", "logn"], 2),
        (&open, &["faults"], 2),
        (&open, &["run", "--format", "html"], 2),
        (&open, &["check", "--format", "html"], 2),
        (&open, &["trace", "calm", "--format", "html"], 2),
        (&broken, &["faults", "login"], 3),
        (&open, &["faults", "login", "--output", "none/a.txt"], 4),
    ] {
        let output = flowproof(folder, args);
        assert_eq!(
            output.status.code(),
            Some(expected),
            "{args:?} {}",
            err(&output)
        );
    }
    let unknown = err(&flowproof(&open, &["faults", "logn"]));
    assert!(
        unknown.contains("there is no flow `logn`: did you mean `login`?"),
        "{unknown}"
    );
    let page = err(&flowproof(&open, &["run", "--format", "html"]));
    assert!(page.contains("--format html is for `faults`"), "{page}");
    let output = flowproof(&broken, &["faults", "login", "--format", "json"]);
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(document["format"], "flowproof.faults/1");
    let diagnostics = document["diagnostics"].to_string();
    assert!(
        diagnostics.contains("\"severity\":\"error\""),
        "{diagnostics}"
    );
}

/// A custom flow that denies unless a service vouches for somebody.
const VOUCH: &str = "\
flow: gate
kind: custom
status: published
stages:
  - stage: Only
    blocks:
      - { block: call_webhook, slug: first, on_error: continue, config: { url: 'https://a.example.com/v1' } }
      - { block: call_webhook, slug: second, on_error: continue, config: { url: 'https://b.example.com/v1' } }
      - block: condition
        config: { when: has(step.first.body.ok) && step.first.body.ok || has(step.second.body.ok) && step.second.body.ok }
        then: [{ block: allow }]
        else: [{ block: deny, config: { reason: unknown } }]
";

#[test]
fn a_service_that_vouches_guards_where_a_decision_that_fails_is_continued_past() {
    let calm = CALM.replace(
        "{ use: [shared] }",
        "{ mock: any, url_pattern: 'https://**', respond: { json: { ok: true } } }",
    );
    let files = [
        ("scenarios/a.yaml", &*calm),
        ("fixtures/flows/gate.yaml", VOUCH),
    ];
    let of_service = |root: &Path| {
        let mut open = open(&json(root));
        open.retain(|cell| cell.ends_with("/first"));
        open
    };
    let halts = support::workspace("faults-vouch-halts", &files);
    assert_eq!(of_service(&halts), [""; 0]);
    let continued = workspace("faults-vouch-continued", "", &files);
    let each = ["error", "timeout", "garbage"].map(|fault| format!("{fault} fraud/first"));
    assert_eq!(of_service(&continued), each);
}

#[test]
fn a_gate_that_is_continued_past_fails_open_at_every_block_in_it() {
    let folder = workspace("faults-gate", "", &[("scenarios/a.yaml", CALM)]);
    let expected = [
        "error fraud",
        "timeout fraud",
        "error fraud/signal",
        "timeout fraud/signal",
        "garbage fraud/signal",
        "error fraud/verdict",
        "timeout fraud/verdict",
        "error fraud/pass",
        "timeout fraud/pass",
    ];
    assert_eq!(open(&json(&folder)), expected);
    let human = out(&flowproof(&folder, &["faults", "login"]));
    for part in [
        "login: what the user gets, 13 blocks × 5 faults × 1 scenario",
        "OPEN fraud  fixtures/flows/login.yaml:25:9",
        "`fraud` (a block that can deny) fails, and its `on_error: continue` lets it pass",
        "fix it:    write `on_error: halt` at `fraud`",
        "add this to scenarios/a.yaml:1, then flowproof trace scenarios/a.yaml:1",
        "faults: [{ at: fraud, error: injected }]",
        "- { fault: error, at: fraud, reason: why it may pass }",
        "no scenario reaches bad-credentials, fraud/block",
        "9 cells fail open, of 50 cells",
    ] {
        assert!(human.contains(part), "{part}\n{human}");
    }
    let widest = human.lines().take_while(|line| !line.starts_with("OPEN"));
    assert!(
        widest.map(|line| line.chars().count()).max() < Some(100),
        "{human}"
    );
}

#[test]
fn what_is_shown_can_be_pasted_and_shows_it() {
    let folder = workspace("faults-paste", "", &[("scenarios/a.yaml", CALM)]);
    let document = json(&folder);
    for cell in document["cells"].as_array().expect("cells") {
        if cell["fails_open"] == true {
            let injected = cell["open"]["inject"].as_object().expect("what to inject");
            let (key, value) = injected.iter().next().expect("one key");
            fs::write(
                folder.join("scenarios/b.yaml"),
                format!("{CALM}{key}: {value}\n"),
            )
            .expect("written");
            let trace = flowproof(&folder, &["trace", "scenarios/b.yaml", "--format", "json"]);
            let trace: Value = serde_json::from_slice(&trace.stdout).expect("JSON");
            assert_eq!(trace["scenarios"][0]["ending"], "allowed", "{cell}");
        }
    }
}

#[test]
fn without_a_scenario_a_default_identity_is_tried_and_can_be_pasted_whole() {
    let folder = workspace("faults-default", "", &[]);
    let human = out(&flowproof(&folder, &["faults", "login"]));
    assert!(
        human.contains("× a default identity (no scenario runs it)"),
        "{human}"
    );
    let path = "scenarios/regressions/login-fraud-error.yaml";
    assert!(human.contains(&format!(
        "write this to {path}, then flowproof trace {path}"
    )));
    let lines = human
        .lines()
        .skip_while(|line| !line.contains("write this to"));
    let file: Vec<&str> = lines
        .skip(1)
        .take_while(|line| line.starts_with("      "))
        .map(|line| &line[6..])
        .collect();
    fs::create_dir_all(folder.join("scenarios/regressions")).expect("a folder");
    fs::write(folder.join(path), file.join("\n")).expect("written");
    let trace = flowproof(&folder, &["trace", path, "--format", "json"]);
    let trace: Value = serde_json::from_slice(&trace.stdout).expect("JSON");
    assert_eq!(
        trace["scenarios"][0]["ending"],
        "allowed",
        "{}",
        file.join("\n")
    );
}

#[test]
fn what_the_flow_accepts_is_no_failure_and_what_it_accepts_in_vain_is_told() {
    let allow = "\
allow:
  - { fault: error, at: fraud, reason: a sign-in counts more }
  - { fault: timeout, at: fraud, reason: a sign-in counts more }
  - { fault: garbage, at: fraud/signal, reason: it never happens }
";
    let calm = ("scenarios/a.yaml", CALM);
    let folder = workspace("faults-accepted", allow, &[calm]);
    let output = flowproof(&folder, &["faults", "login"]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    assert!(
        !err(&output).contains("unused_allowance"),
        "{}",
        err(&output)
    );
    assert!(
        out(&output).contains("nothing fails open, 9 accepted, of 50 cells"),
        "{}",
        out(&output)
    );
    assert!(out(&output).contains("error at fraud: a sign-in counts more"));
    let document = json(&folder);
    assert_eq!(document["summary"]["accepted"], 9);
    let more = format!(
        "{allow}  - {{ fault: slow, at: fraud, reason: x }}
"
    );
    let folder = workspace("faults-vain", &more, &[calm]);
    let said = err(&flowproof(&folder, &["faults", "login"]));
    let title = "warning[unused_allowance]: the flow does not fail open by `slow` at `fraud`";
    assert!(said.contains(title), "{said}");
    let codes = json(&folder)["diagnostics"].to_string();
    assert_eq!(codes.matches("unused_allowance").count(), 1, "{codes}");
}

#[test]
fn a_gate_that_nobody_waits_for_fails_open() {
    let login = open_login("faults-detached", "").replace(
        "on_error: continue\n        config: { action: note }",
        "mode: fire_and_forget\n        config: { action: note }",
    );
    let login = login.replace(
        "flow: gate }\n        on_error: continue\n",
        "flow: gate }\n",
    );
    let gate = "export async function execute(event, api) {\n  if (event.request.geo.country === 'KP') api.deny('embargo');\n}\n";
    let files = [
        ("fixtures/flows/login.yaml", &*login),
        ("fixtures/actions/note.js", gate),
        ("scenarios/a.yaml", CALM),
    ];
    let folder = support::workspace("faults-detached", &files);
    assert_eq!(
        open(&json(&folder)),
        ["error note", "timeout note", "deny note"]
    );
    let human = out(&flowproof(&folder, &["faults", "login"]));
    assert!(
        human.contains("write `mode: sync`, so that the flow waits for it"),
        "{human}"
    );
}

const HOSTILE: &str = r#"
scenario: "a </td><script>alert(1)</script> & 'sign-in' with test-secret"
flow: login
identity: ada
answers: { mfa: right }
webhooks: [{ use: [shared] }]
---
scenario: "\e[31mred"
flow: login
identity: ada
answers: { mfa: right }
webhooks: [{ mock: "<img src=x>", url: "https://fraud.example.com/score", respond: { json: { score: "<b>test-secret" } } }]
outputs: { risk-evaluate: { score: 1, severity: "analytical engine", recommendation: allow } }
"#;

#[test]
fn text_of_files_has_no_power_and_secrets_are_hidden_in_every_format() {
    let allow =
        "allow: [{ fault: error, at: fraud, reason: \"<script>alert(2)</script> test-secret\" }]\n";
    let folder = workspace("faults-hostile", allow, &[("scenarios/a.yaml", HOSTILE)]);
    for format in ["human", "json", "html"] {
        let output = flowproof(
            &folder,
            &["faults", "login", "--format", format, "--color", "always"],
        );
        let shown = out(&output) + &err(&output);
        assert!(shown.contains("redacted"), "{format} {shown}");
        for hidden in ["test-secret", "analytical engine"] {
            assert!(!shown.contains(hidden), "{format} {shown}");
        }
        assert!(!shown.contains("\u{1b}[31mred"), "{format}");
    }
    let page = out(&flowproof(
        &folder,
        &["faults", "login", "--format", "html"],
    ));
    for power in ["<script", "<img", "src=", "href=", "@import", "url(", "<b>"] {
        assert!(!page.contains(power), "{power}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#39;sign-in&#39;"));
    for (opening, closing) in [
        ("<details>", "</details>"),
        ("<td", "</td>"),
        ("<tr", "</tr>"),
    ] {
        assert_eq!(
            page.matches(opening).count(),
            page.matches(closing).count(),
            "{opening}"
        );
    }
}

#[test]
fn the_page_goes_to_the_file_that_is_named_and_the_table_to_the_terminal() {
    let folder = workspace("faults-output", "", &[("scenarios/a.yaml", CALM)]);
    let args = [
        "faults",
        "login",
        "--format",
        "html",
        "--output",
        "faults.html",
    ];
    let human = out(&flowproof(&folder, &args));
    assert!(human.starts_with("login: what the user gets"), "{human}");
    let page = fs::read_to_string(folder.join("faults.html")).expect("the page");
    assert!(page.starts_with("<!doctype html>"), "{page}");
    assert!(page.contains("identity-lookup ✓"), "the path of a run");
}

#[test]
fn the_same_bytes_come_out_with_any_number_of_workers() {
    let scenarios: String = (0..9)
        .map(|at| format!("---\n{}", CALM.replace("calm", &format!("calm {at}"))))
        .collect();
    let folder = workspace("faults-jobs", "", &[("scenarios/a.yaml", &scenarios)]);
    for format in ["human", "json", "html"] {
        let with = |jobs| {
            flowproof(
                &folder,
                &["faults", "login", "--format", format, "--jobs", jobs],
            )
            .stdout
        };
        assert!(with("1") == with("7"), "{format}");
    }
}

#[test]
fn edits_of_a_scenario_are_another_flow() {
    let edited = format!("{CALM}edits: [{{ set: fraud, on_error: continue }}]\n");
    let folder = support::workspace("faults-edits", &[("scenarios/a.yaml", &edited)]);
    assert!(open(&json(&folder)).is_empty());
}

#[test]
fn a_call_that_no_mock_answers_is_told() {
    let without = CALM.replace("webhooks: [{ use: [shared] }]\n", "");
    let folder = support::workspace("faults-no-mock", &[("scenarios/a.yaml", &without)]);
    let human = out(&flowproof(&folder, &["faults", "login"]));
    let said = "assumed: no mock answers POST https://fraud.example.com/score";
    assert!(human.contains(said), "{human}");
    let document = json(&folder);
    assert_eq!(
        document["scenarios"][0]["assumed"][0],
        "POST https://fraud.example.com/score"
    );
}
