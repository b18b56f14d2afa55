//! The formats of `run` that other systems read: each holds every scenario, in input order, whatever its name, and is
//! the same at any number of workers; a file that does not load is told in each of them.

#[path = "support/binary.rs"]
mod binary;
#[path = "support/said.rs"]
mod said;
mod support;

use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

const SCENARIOS: &str = r#"
scenario: calm
flow: login
identity: ada
webhooks: [{ use: [shared] }]
answers: { mfa: right }
expect: { ending: allowed }
---
scenario: "100% wrong, #1: <&> \\ é ]]>"
flow: login
identity: ada
webhooks: [{ use: [shared] }]
answers: { mfa: right }
expect:
  ending: denied
---
scenario: unheard
flow: login
identity: ada
webhooks: []
expect: { ending: allowed }
"#;
const NAMES: [&str; 3] = ["calm", "100% wrong, #1: <&> \\ é ]]>", "unheard"];

fn workspace(name: &str) -> PathBuf {
    support::workspace(name, &[("scenarios/a.yaml", SCENARIOS)])
}

/// Exit code and standard output.
fn said(root: &Path, args: &[&str]) -> (i32, String) {
    let (code, out, _) = said::said(root, args);
    (code, out)
}

#[test]
fn every_format_is_the_same_at_any_number_of_workers() {
    let root = workspace("reports-jobs");
    for format in ["jsonl", "junit", "tap", "github"] {
        let once = said(&root, &["run", "--format", format, "--jobs", "1"]);
        assert_eq!(once.0, 1, "{format}");
        assert_eq!(
            once,
            said(&root, &["run", "--format", format, "--jobs", "3"])
        );
    }
}

#[test]
fn lines_of_json_are_those_of_the_document() {
    let root = workspace("reports-jsonl");
    let (_, lines) = said(&root, &["run", "--format", "jsonl"]);
    let (_, document) = said(&root, &["run", "--format", "json"]);
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let mut lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let kinds: Vec<String> = lines
        .iter_mut()
        .map(|line| line.as_object_mut().expect("an object"))
        .map(|line| line.shift_remove("type").expect("a type"))
        .map(|kind| kind.as_str().expect("a word").to_owned())
        .collect();
    assert_eq!(
        kinds,
        [
            "run",
            "scenario",
            "scenario",
            "scenario",
            "diagnostic",
            "summary"
        ]
    );
    assert_eq!(lines[0]["format"], document["format"]);
    for (at, scenario) in document["scenarios"]
        .as_array()
        .expect("a list")
        .iter()
        .enumerate()
    {
        assert_eq!(lines[at + 1], *scenario);
    }
    assert_eq!(lines[4], document["diagnostics"][0]);
    assert_eq!(lines[5], document["summary"]);
}

#[test]
fn junit_counts_and_tells_failures_from_errors() {
    let root = workspace("reports-junit");
    let (_, xml) = said(&root, &["run", "--format", "junit"]);
    let report = Report::deserialize(xml.as_bytes()).expect("JUnit");
    assert_eq!((report.tests, report.failures, report.errors), (3, 1, 1));
    assert_eq!(report.test_suites.len(), 1);
    let suite = &report.test_suites[0];
    assert_eq!(suite.name.as_str(), "scenarios/a.yaml");
    let cases: Vec<_> = suite.test_cases.iter().collect();
    let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, NAMES);
    assert!(matches!(cases[0].status, TestCaseStatus::Success { .. }));
    for (case, expected, said) in [
        (
            cases[1],
            NonSuccessKind::Failure,
            "ended `allowed` instead of `denied`",
        ),
        (cases[2], NonSuccessKind::Error, "no mock answers POST"),
    ] {
        let TestCaseStatus::NonSuccess {
            kind,
            message,
            description,
            ..
        } = &case.status
        else {
            panic!("{case:?}");
        };
        assert_eq!(*kind, expected);
        let message = message.as_ref().expect("a message").as_str();
        assert!(message.contains(said), "{message}");
        let description = description.as_ref().expect("a description").as_str();
        assert!(
            description.contains("run it again: flowproof run"),
            "{description}"
        );
        assert_eq!(case.extra["file"].as_str(), "scenarios/a.yaml");
    }
    assert_eq!(cases[1].extra["line"].as_str(), "9");
}

#[test]
fn tap_has_a_plan_a_point_for_each_and_a_block_where_one_does_not_hold() {
    let root = workspace("reports-tap");
    let (_, tap) = said(&root, &["run", "--format", "tap"]);
    assert!(
        tap.starts_with("TAP version 14\n1..3\nok 1 - calm\nnot ok 2 - "),
        "{tap}"
    );
    let points: Vec<&str> = tap
        .lines()
        .filter(|line| line.contains("ok ") && !line.starts_with(' '))
        .collect();
    assert_eq!(
        points,
        [
            "ok 1 - calm",
            "not ok 2 - 100% wrong, \\#1: <&> \\\\ é ]]>",
            "not ok 3 - unheard",
        ]
    );
    let blocks: Vec<&str> = tap.split("\n  ---\n").skip(1).collect();
    assert_eq!(blocks.len(), 2);
    for (block, severity) in blocks.iter().zip(["fail", "error"]) {
        assert!(
            block.contains(&format!("\n  severity: \"{severity}\"\n")),
            "{block}"
        );
        assert!(block.contains("\n  ...\n"), "{block}");
    }
}

#[test]
fn annotations_stand_where_the_expectation_is_written_and_nothing_escapes_its_line() {
    let root = workspace("reports-github");
    let (_, said_here) = said(&root, &["run", "--format", "github"]);
    let (warnings, lines): (Vec<&str>, Vec<&str>) = said_here
        .lines()
        .partition(|line| line.starts_with("::warning file=fixtures/flows/login.yaml,"));
    assert_eq!(warnings.len(), 1, "{said_here}");
    assert_eq!(lines.len(), 3, "{said_here}");
    assert!(
        lines[0].starts_with(
            "::error file=scenarios/a.yaml,line=15,col=3,title=failed 100%25 wrong%2C #1%3A <&> \\ é ]]>::ending: "
        ),
        "{said_here}"
    );
    assert!(
        lines[0].contains("%0A    expected  denied%0A"),
        "{said_here}"
    );
    assert!(
        lines[1].starts_with("::error file=scenarios/a.yaml,line=17,col=11,"),
        "{said_here}"
    );
    assert_eq!(lines[2], "1 failed, 1 errored, 1 passed of 3 scenarios");
    // seen from the folder above, places begin there
    let above = root.parent().expect("a folder");
    let (_, said_above) = said(
        above,
        &["run", "--format", "github", "--workspace", "reports-github"],
    );
    assert!(
        said_above.contains("\n::error file=reports-github/scenarios/a.yaml,line=15,"),
        "{said_above}"
    );
}

#[test]
fn a_file_that_does_not_load_is_told_in_each_format() {
    let broken = SCENARIOS.replace(
        "flow: login\nidentity: ada\nwebhooks: []",
        "flow: logn\nidentity: ada\nwebhooks: []",
    );
    let root = support::workspace("reports-broken", &[("scenarios/a.yaml", &broken)]);
    for (format, expected) in [
        (
            "jsonl",
            "{\"type\":\"diagnostic\",\"code\":\"unknown_flow\"",
        ),
        (
            "junit",
            "<error message=\"there is no flow `logn`\" type=\"unknown_flow\">",
        ),
        (
            "tap",
            "Bail out! 1 error, the first: there is no flow `logn`",
        ),
        (
            "github",
            "::error file=scenarios/a.yaml,line=18,col=7,title=unknown_flow::there is no flow `logn`%0A",
        ),
    ] {
        let (code, said) = said(&root, &["run", "--format", format]);
        assert_eq!(code, 3, "{format}");
        assert!(said.contains(expected), "{format}\n{said}");
    }
    let (code, said) = said(&root, &["check", "--format", "github"]);
    assert_eq!(code, 3);
    assert!(
        said.contains("\n::error file=scenarios/a.yaml,line=18,"),
        "{said}"
    );
}

#[test]
fn a_format_that_a_command_does_not_have_is_wrong_usage() {
    let root = workspace("reports-usage");
    for args in [
        ["run", "--format", "html"],
        ["check", "--format", "junit"],
        ["accept", "--format", "tap"],
    ] {
        let output = binary::command(&root, &args)
            .output()
            .expect("the binary runs");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let said = String::from_utf8(output.stderr).expect("text");
        assert!(said.contains("write human or json"), "{said}");
    }
}

#[test]
fn the_page_holds_every_scenario_and_nothing_from_outside() {
    let root = workspace("reports-page");
    let page = |folder: &str, jobs: &str| {
        let (code, said) = said(
            &root,
            &["run", "--report", folder, "--coverage", "--jobs", jobs],
        );
        assert_eq!(code, 1);
        assert!(said.contains("1 failed, 1 errored, 1 passed of 3 scenarios"));
        std::fs::read_to_string(root.join(folder).join("index.html")).expect("a page")
    };
    let once = page("site/new", "1");
    assert_eq!(once, page("again", "3"));
    for part in [
        "<h1>2 of 3 scenarios not passed</h1>",
        "100% wrong, #1: &lt;&amp;&gt; \\ é ]]&gt;",
        "the run ended `allowed` instead of `denied`",
        "no mock answers POST https://fraud.example.com/score",
        "fraud/verdict → pass",
        "<h2>Coverage</h2>",
        "bad-credentials is never reached",
        "run it again: ",
    ] {
        assert!(once.contains(part), "{part}");
    }
    for part in [
        "<script",
        "src=",
        "href=",
        "<link",
        "test-secret",
        "analytical engine",
    ] {
        assert!(!once.contains(part), "{part}");
    }
    std::fs::write(root.join("taken"), "mine").expect("a file");
    assert_eq!(said(&root, &["run", "--report", "taken"]).0, 4);
}

#[test]
fn choices_of_the_profile_that_are_not_the_default_are_named() {
    let chosen = SCENARIOS.replacen("answers:", "profile: { post_session: stop }\nanswers:", 2);
    let root = support::workspace("reports-profile", &[("scenarios/a.yaml", &chosen)]);
    let (_, told) = said(&root, &["run", "--report", "site"]);
    let page = fs::read_to_string(root.join("site/index.html")).expect("a page");
    let named = |text: &str| text.matches("profile post_session: stop").count();
    assert_eq!((named(&told), named(&page)), (1, 2), "{told}");
    let usual = said(&workspace("reports-usual"), &["run"]).1;
    assert!(!usual.contains("profile"), "{usual}");
}

const HOSTILE: &str = r#"
scenario: "tab\t nl\nnot ok 2 - x\r nul\0 nel\u0085 ls\u2028 ps\u2029 bom\ufeff fffe\ufffe ffff\uffff"
flow: login
identity: ada
webhooks: [{ use: [shared] }]
answers: { mfa: right }
expect:
  reason: "tab\t nl\nnot ok 2 - x\r nul\0 nel\u0085 ls\u2028 ps\u2029 bom\ufeff fffe\ufffe ffff\uffff"
"#;
const SHOWN: &str = "tab� nl�not ok 2 - x� nul� nel� ls� ps� bom\u{feff} fffe� ffff�";

#[test]
fn no_character_of_a_name_breaks_a_format() {
    let root = support::workspace("reports-hostile", &[("scenarios/a.yaml", HOSTILE)]);
    let (_, xml) = said(&root, &["run", "--format", "junit"]);
    let report = Report::deserialize_from_str(&xml).expect("JUnit");
    assert_eq!(report.test_suites[0].test_cases[0].name.as_str(), SHOWN);
    assert!(!xml.contains(['\u{fffe}', '\u{ffff}', '\u{85}']), "{xml}");
    let (_, tap) = said(&root, &["run", "--format", "tap"]);
    // every line end that some reader knows
    let ends = [
        '\r', '\u{85}', '\u{2028}', '\u{2029}', '\u{fffe}', '\u{ffff}', '\0',
    ];
    assert!(!tap.contains(ends), "{tap}");
    assert!(tap.contains(&format!("\nnot ok 1 - {SHOWN}\n")), "{tap}");
    let escaped = "nul\\u0000 nel\\u0085 ls\\u2028 ps\\u2029 bom\\ufeff fffe\\ufffe ffff\\uffff";
    assert!(tap.contains(escaped), "{tap}");
    let block = tap
        .split("  ---\n")
        .nth(1)
        .and_then(|rest| rest.split("  ...\n").next());
    let mut block = block.expect("a block").lines();
    assert!(block.all(|line| line.starts_with("  ")), "{tap}");
}

#[test]
fn annotations_lead_from_the_folder_of_the_command_to_the_file() {
    // Outside of every workspace: where the target folder is in the checkout, the tests' folders are in its workspace.
    let above = &*env::temp_dir().join(format!("flowproof-places-{}", process::id()));
    let name = "inner";
    let root = workspace(above.join(name).to_str().expect("a path in Unicode"));
    let file = format!("{name}/scenarios/a.yaml");
    let from = |folder: &Path, args: &[&str]| {
        let mut all = vec!["--format", "github"];
        all.extend(args);
        let (_, out) = said(folder, &all);
        let mut files = out
            .split(" file=")
            .skip(1)
            .filter_map(|rest| rest.split(',').next());
        let file = files.find(|file| file.ends_with("scenarios/a.yaml"));
        file.map(str::to_owned)
    };
    for (folder, args, expected) in [
        (&*root, &["run"][..], "scenarios/a.yaml"),
        (above, &["run", &*file], &*file),
        (above, &["run", "--workspace", name], &*file),
        (&*root.join("scenarios"), &["run"], "../scenarios/a.yaml"),
    ] {
        assert_eq!(from(folder, args).as_deref(), Some(expected), "{args:?}");
    }
    fs::remove_dir_all(above).expect("it can be removed");
}
