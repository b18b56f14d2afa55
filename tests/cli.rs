//! The binary as a user meets it: each exit code, where results and problems go, and what a failure shows.

#[path = "support/binary.rs"]
mod binary;
mod support;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

const PASSING: &str = "\
scenario: a calm sign-in
flow: login
identity: ada
tags: [calm]
answers: { mfa: right }
webhooks: [{ use: [shared] }]
expect: { ending: allowed }
";

const FAILING: &str = "\
scenario: a stormy sign-in (tor) and more
flow: login
identity: ada
webhooks: [{ mock: high, url: \"https://fraud.example.com/score\", respond: { status: 200, json: { score: 1 } } }]
expect:
  state:
    custom.gate.body.score: 0.2 # test-secret
  branches: { fraud/verdict: pass }
";

const BROKEN: &str = "scenario: a\nflow: logn\n";

fn flowproof(folder: &Path, args: &[&str]) -> Output {
    binary::command(folder, args)
        .output()
        .expect("the binary runs")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it ends by itself")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

#[test]
fn each_exit_code_says_what_happened() {
    let root = support::workspace(
        "cli-codes",
        &[
            ("scenarios/pass.yaml", PASSING),
            ("scenarios/more/fail.yaml", FAILING),
        ],
    );
    let broken = support::workspace("cli-broken", &[("scenarios/a.yaml", BROKEN)]);
    let empty = support::workspace("cli-empty", &[]);
    for (folder, args, expected) in [
        (&root, &["run", "scenarios/pass.yaml"][..], 0),
        (&root, &["run", "scenarios/pass.yaml:4"], 0),
        (&root, &["run", "--filter", "tag:calm"], 0),
        (&root, &["check"], 0),
        (&root, &["trace", "calm"], 0),
        (&root, &["--help"], 0),
        (&root, &["--version"], 0),
        (&root, &["run"], 1),
        (&root, &["run", "scenarios/more"], 1),
        (&root, &["run", "scenarios/none.yaml"], 2),
        (&root, &["run", "--filter", "tag:"], 2),
        (&root, &["run", "--workspace", "nowhere"], 2),
        (&root, &["run", "--workspace", "scenarios/more"], 2),
        (&root, &["run", "/"], 2),
        (&root, &["run", "--jobs", "0"], 2),
        (&root, &["trace", "sign-in"], 2),
        (&root, &["nonsense"], 2),
        (&broken, &["run"], 3),
        (&broken, &["check"], 3),
        (&broken, &["trace", "a"], 3),
        (&root, &["run", "--output", "nowhere/x.json"], 4),
        (&root, &["run", "--filter", "nobody"], 5),
        (&root, &["run", "fixtures"], 5),
        (&root, &["trace", "nobody"], 5),
        (&empty, &["run"], 5),
    ] {
        let output = flowproof(folder, args);
        assert_eq!(
            code(&output),
            expected,
            "{args:?}\n{}{}",
            out(&output),
            err(&output)
        );
        if ![0, 1].contains(&expected) {
            let said = format!("{}{}", out(&output), err(&output));
            assert!(said.contains("error"), "{args:?} says why: {said}");
        }
    }
}

#[test]
fn a_failure_shows_place_expectation_values_and_the_command_that_runs_it_again() {
    let root = support::workspace("cli-failure", &[("scenarios/fail.yaml", FAILING)]);
    let shown = out(&flowproof(&root, &["run"]));
    for part in [
        "✗ failed a stormy sign-in (tor) and more",
        "scenarios/fail.yaml:1:11",
        "state.custom.gate.body.score",
        "expected  0.2",
        "seen      1",
        "scenarios/fail.yaml:7:5  custom.gate.body.score: 0.2 # <redacted>",
        "branches.fraud/verdict",
        "denied at fraud/block (high_risk)",
        "⊘ fraud/block",
        "read   step.signal.body.score = 1",
        "1 failed of 1 scenario",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    let command = shown
        .lines()
        .find_map(|line| line.trim().strip_prefix("run it again: "));
    let command = command
        .expect("the command")
        .replace("flowproof", env!("CARGO_BIN_EXE_flowproof"));
    let again = Command::new("sh")
        .args(["-c", &command])
        .current_dir(&root)
        .output();
    let again = again.expect("a shell");
    assert!(out(&again).contains("1 failed of 1 scenario"), "{command}");
}

#[test]
fn json_is_the_same_with_any_number_of_workers_and_goes_where_it_is_asked_for() {
    let files = [("scenarios/a.yaml", PASSING), ("scenarios/b.yaml", FAILING)];
    let root = support::workspace("cli-json", &files);
    let one = flowproof(&root, &["run", "--format", "json", "--jobs", "1"]);
    let four = flowproof(&root, &["run", "--format", "json", "--jobs", "4"]);
    assert_eq!(one.stdout, four.stdout);
    assert!(out(&one).starts_with("{\n  \"format\": \"flowproof.run/1\",\n"));
    assert!(!out(&one).contains("test-secret"));
    let beside = flowproof(&root, &["run", "--format", "json", "--output", "r.json"]);
    assert!(
        out(&beside).contains("1 failed, 1 passed of 2 scenarios"),
        "{}",
        out(&beside)
    );
    assert_eq!(fs::read(root.join("r.json")).expect("the file"), one.stdout);
    let left: Vec<_> = fs::read_dir(&root)
        .expect("the folder")
        .filter_map(|item| item.expect("an item").file_name().into_string().ok())
        .filter(|name| name.contains("partial"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_workspace_that_does_not_load_is_told_whole() {
    let files = [
        ("scenarios/a.yaml", BROKEN),
        (
            "scenarios/b.yaml",
            "scenario: b\nflow: logn\nidentity: adda\n",
        ),
    ];
    let root = support::workspace("cli-unloadable", &files);
    let run = flowproof(&root, &["run", "--format", "json"]);
    for part in [
        "scenarios/a.yaml:2:7",
        "scenarios/b.yaml:2:7",
        "scenarios/b.yaml:3:11",
        "did you mean `login`?",
        "3 errors",
    ] {
        assert!(err(&run).contains(part), "{part}\n{}", err(&run));
    }
    assert!(out(&run).contains("\"diagnostics\": ["), "{}", out(&run));
    let check = flowproof(&root, &["check"]);
    assert!(out(&check).contains("3 errors"), "{}", out(&check));
    let json = out(&flowproof(&root, &["check", "--format", "json"]));
    assert!(
        json.starts_with("{\n  \"format\": \"flowproof.check/1\",\n"),
        "{json}"
    );
}

#[test]
fn warnings_are_errors_only_where_that_is_asked_for() {
    let text = PASSING
        .replace("a calm sign-in", "on")
        .replace("[calm]", "[off]");
    let root = support::workspace("cli-strict", &[("scenarios/a.yaml", text.as_str())]);
    assert_eq!(code(&flowproof(&root, &["check"])), 0);
    assert_eq!(code(&flowproof(&root, &["run"])), 0);
    let strict = flowproof(&root, &["check", "--strict"]);
    assert_eq!(code(&strict), 3);
    let said = out(&strict);
    assert_eq!(said.matches("error[plain_yes_no]").count(), 2, "{said}");
    assert!(!said.contains("warning["), "{said}");
}

#[test]
fn colour_comes_only_where_it_is_wanted() {
    let root = support::workspace("cli-colour", &[("scenarios/a.yaml", PASSING)]);
    for (args, coloured) in [
        (&["run"][..], false),
        (&["run", "--color", "never"], false),
        (&["run", "--color", "always"], true),
    ] {
        let output = flowproof(&root, args);
        assert_eq!(out(&output).contains('\u{1b}'), coloured, "{args:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let root = support::workspace("cli-pipe", &[("scenarios/a.yaml", PASSING)]);
    let mut child = binary::command(&root, &["run", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(!err(&output).contains("panicked"), "{}", err(&output));
}

#[test]
fn a_document_that_is_not_there_is_told_so() {
    let root = support::workspace("cli-compare", &[("a.json", "{}")]);
    let there = root.join("a.json");
    let there = there.to_str().expect("text");
    for args in [["trace", "gone.json", there], ["trace", there, "gone.json"]] {
        let said = err(&flowproof(&root, &args));
        assert!(said.contains("gone.json does not exist"), "{said}");
    }
}

#[test]
fn a_trace_is_a_tree_with_calls_writes_logs_and_side_effects() {
    let root = support::workspace("cli-trace", &[("scenarios/a.yaml", PASSING)]);
    let shown = out(&flowproof(&root, &["trace", "scenarios/a.yaml"]));
    for part in [
        "a calm sign-in",
        "allowed at issue-session after",
        "✓ fraud/signal",
        "sent   POST https://fraud.example.com/score → 200 by `low score`, 0ms",
        "✓ fraud/verdict → pass",
        "log    warn seen ada@example.com",
        "wrote  step.note.who = usr_ada",
        "custom_flow.invoked",
        "a session is issued",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    let json = out(&flowproof(&root, &["trace", "calm", "--format", "json"]));
    assert!(json.contains("\"verdict\": \"passed\""), "{json}");
}

/// Waits until a process has its own way with SIGINT: the run begins right behind that. Where the system does not tell,
/// a while has to do.
#[cfg(unix)]
fn handles_interrupts(pid: &str) {
    let status = format!("/proc/{pid}/status");
    let caught = |text: &str| {
        let mask = text.lines().find_map(|line| line.strip_prefix("SigCgt:"))?;
        Some(u64::from_str_radix(mask.trim(), 16).ok()? & 2 != 0)
    };
    for _ in 0..600 {
        std::thread::sleep(std::time::Duration::from_millis(100));
        match fs::read_to_string(&status).ok().as_deref().and_then(caught) {
            Some(true) => break,
            Some(false) => {}
            None => return std::thread::sleep(std::time::Duration::from_secs(2)),
        }
    }
    // the handler stands; the first runs take longest
    std::thread::sleep(std::time::Duration::from_millis(1_000));
}

#[cfg(unix)]
#[test]
fn an_interrupt_reports_what_was_finished() {
    let root = support::workspace("cli-interrupt", &[("scenarios/a.yaml", PASSING)]);
    let child = binary::command(&root, &["run", "--repeat", "1000000000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let pid = child.id().to_string();
    handles_interrupts(&pid);
    let sent = Command::new("kill").args(["-INT", &pid]).status();
    assert!(sent.expect("kill runs").success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(code(&output), 130, "{}", err(&output));
    assert!(
        out(&output).contains("1 passed of 1 scenario"),
        "{}",
        out(&output)
    );
}

#[test]
fn a_request_that_its_action_does_not_wait_for_names_its_mock_all_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let args = [
        "run",
        "scenarios/semantics",
        "--filter",
        "\"what is open is dropped\"",
        "--snapshots",
        "off",
        "--format",
        "json",
    ];
    let output = flowproof(root, &args);
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let entries = said["scenarios"][0]["trace"].as_array().expect("a trace");
    let calls = entries
        .iter()
        .flat_map(|entry| entry["calls"].as_array().expect("calls"));
    let mocks: Vec<_> = calls.map(|call| call["mock"].as_str()).collect();
    assert_eq!(mocks, [Some("open")]);
}

#[test]
fn a_path_without_scenarios_is_answered_with_what_to_type() {
    let root = support::workspace("cli-none", &[]);
    for (args, said) in [
        (&["run"][..], "there is none under `scenarios/` yet"),
        (
            &["run", "fixtures/flows/login.yaml"],
            "`fixtures/flows/login.yaml` holds none; `flowproof run --filter flow:login` runs",
        ),
        (
            &["run", "fixtures/mocks"],
            "`fixtures/mocks` holds none; scenarios stand under `scenarios/`",
        ),
        (&["run", "--filter", "nobody"], "--filter selects none"),
    ] {
        let output = flowproof(&root, args);
        assert_eq!(code(&output), 5);
        assert!(err(&output).contains(said), "{args:?}\n{}", err(&output));
    }
}

#[test]
fn shards_share_the_scenarios_and_an_empty_one_passes() {
    let two = format!(
        "{PASSING}---\n{}",
        PASSING.replace("a calm sign-in", "another")
    );
    let root = support::workspace("cli-shards", &[("scenarios/a.yaml", &two)]);
    let names = |shard: &str| -> Vec<String> {
        let output = flowproof(&root, &["run", "--shard", shard, "--format", "json"]);
        assert_eq!(code(&output), 0, "{}", err(&output));
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let scenarios = said["scenarios"].as_array().expect("scenarios").iter();
        scenarios
            .map(|one| one["name"].as_str().expect("a name").to_owned())
            .collect()
    };
    assert_eq!(names("1/3"), ["a calm sign-in"]);
    assert_eq!(names("2/3"), ["another"]);
    assert_eq!(names("3/3"), [""; 0]);
    let nobody = flowproof(&root, &["run", "--shard", "1/2", "--filter", "nobody"]);
    assert_eq!(code(&nobody), 5);
    let auto = |index: &str| {
        binary::command(&root, &["run", "--shard", "auto"])
            .env("CI_NODE_INDEX", index)
            .env("CI_NODE_TOTAL", "2")
            .output()
            .expect("the binary runs")
    };
    let second = auto("2");
    assert_eq!(code(&second), 0);
    assert!(
        err(&second).contains("shard 2/2: 1 of 2 scenarios"),
        "{}",
        err(&second)
    );
    assert_eq!(code(&auto("3")), 2);
}

#[test]
fn coverage_names_what_no_scenario_comes_past_and_can_be_asked_for() {
    let root = support::workspace("cli-coverage", &[("scenarios/a.yaml", PASSING)]);
    let output = flowproof(&root, &["run", "--coverage"]);
    assert_eq!(code(&output), 0);
    for part in [
        "login   69.2%  blocks 8 of 9, branches 1 of 2, errors 0 of 2",
        "never reached  bad-credentials            fixtures/flows/login.yaml:15:23",
        "never failed   note (on_error: continue)",
        "gate    ",
        "never taken    verdict → block",
    ] {
        assert!(out(&output).contains(part), "{part}\n{}", out(&output));
    }
    let json = flowproof(&root, &["run", "--coverage", "--format", "json"]);
    let said: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let login = &said["coverage"]["flows"][1];
    assert_eq!(login["flow"], "login");
    let points = login["points"].as_array().expect("a list").iter();
    let taken: Vec<&str> = points
        .filter(|one| one["scenarios"] == 0)
        .map(|one| one["what"].as_str().expect("a word"))
        .collect();
    assert_eq!(taken, ["branch", "block", "error", "error"]);
    for (least, expected) in [("10", 0), ("99.9", 1), ("100%", 1)] {
        let output = flowproof(&root, &["run", "--coverage-min", least]);
        assert_eq!(code(&output), expected, "{least}");
        let told = err(&output).contains("--coverage-min asks for");
        assert_eq!(told, expected == 1, "{}", err(&output));
    }
    // a flow that no scenario runs is not covered, unless less than everything was asked for
    let more = [
        ("scenarios/a.yaml", PASSING),
        (
            "fixtures/flows/idle.yaml",
            "flow: idle\nstages: [{ stage: A, blocks: [{ block: allow }] }]\n",
        ),
    ];
    let root = support::workspace("cli-coverage-idle", &more);
    let idle = |args: &[&str]| out(&flowproof(&root, args)).contains("idle ");
    assert!(idle(&["run", "--coverage"]));
    assert!(!idle(&["run", "scenarios/a.yaml", "--coverage"]));
}

#[cfg(unix)]
#[test]
fn watching_runs_again_after_a_change_until_it_is_interrupted() {
    let root = support::workspace("cli-watch", &[("scenarios/a.yaml", PASSING)]);
    let mut child = binary::command(&root, &["run", "--watch"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let pid = child.id().to_string();
    // a change that is not seen ends the test, not the patience of whoever waits for it
    let guarded = pid.clone();
    std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_secs(60));
        Command::new("kill").args(["-KILL", &guarded]).status()
    });
    let mut until = |part: &str| {
        let found = lines.find(|line| line.as_ref().is_ok_and(|line| line.contains(part)));
        assert!(found.is_some(), "{part}");
    };
    until("1 passed of 1 scenario");
    let write = |text: &str| {
        fs::write(root.join("scenarios/a.yaml"), text).expect("a file can be written");
    };
    write(&PASSING.replace("ending: allowed", "ending: denied"));
    until("1 failed of 1 scenario");
    // a file that does not load ends nothing
    write(BROKEN);
    write(PASSING);
    until("1 passed of 1 scenario");
    let sent = Command::new("kill").args(["-INT", &pid]).status();
    assert!(sent.expect("kill runs").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
}
