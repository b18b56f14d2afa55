//! What README and tour quote is what the binary says today: the same edits in a copy of this workspace, the same
//! commands, and every quoted line stands in the output. A `…` stands for whatever was left out.

#[path = "support/binary.rs"]
mod binary;

use std::fs;
use std::path::{Path, PathBuf};

const README: &str = include_str!("../README.md");
const TOUR: &str = include_str!("../docs/tour.md");
const BENCH: &str = include_str!("../docs/bench.md");

/// A copy of this workspace.
fn copy(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&root);
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for part in ["flowproof.yaml", "fixtures", "scenarios", "snapshots"] {
        copy_all(&here.join(part), &root.join(part));
    }
    root
}

fn copy_all(from: &Path, to: &Path) {
    if from.is_file() {
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::copy(from, to).expect("copied");
        return;
    }
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        copy_all(&entry.path(), &to.join(entry.file_name()));
    }
}

/// Every quotation of a command: the lines below it, up to the end of the block.
fn quoted<'t>(text: &'t str, command: &str) -> Vec<Vec<&'t str>> {
    let start = format!("$ {command}\n");
    let blocks = text.split(&*start).skip(1);
    let found = blocks.map(|rest| {
        let block = rest.split("```").next().unwrap_or_default();
        block.lines().collect()
    });
    found.collect()
}

fn check(root: &Path, text: &str, nth: usize, command: &str, args: &[&str]) {
    let output = binary::command(root, args).output().expect("it runs");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).expect("text");
    let quotations = quoted(text, command);
    let lines = quotations.get(nth).expect(command);
    for line in lines {
        for part in line
            .split('…')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            assert!(said.contains(part), "{command}\n{part}\n{said}");
        }
    }
}

fn edit(root: &Path, file: &str, from: &str, to: &str) {
    let path = root.join(file);
    let text = fs::read_to_string(&path).expect(file);
    assert!(text.contains(from), "{from}");
    fs::write(path, text.replacen(from, to, 1)).expect(file);
}

const LOGIN: &str = "fixtures/flows/login.yaml";

#[test]
fn the_readme_quotes_what_is_said() {
    let root = copy("documents-readme");
    let gate = "        slug: fraud\n";
    edit(
        &root,
        LOGIN,
        gate,
        &format!("{gate}        on_error: continue\n"),
    );
    let filter = "\"no answer within two seconds\"";
    check(
        &root,
        README,
        0,
        &format!("flowproof run scenarios/login --filter '{filter}'"),
        &["run", "scenarios/login", "--filter", filter],
    );
}

#[test]
fn the_page_about_the_budget_quotes_what_is_said() {
    let root = copy("documents-bench");
    let name = "a slow CRM has two seconds";
    check(
        &root,
        BENCH,
        0,
        &format!("flowproof bench \"{name}\" --samples 200"),
        &["bench", name, "--samples", "200"],
    );
}

#[test]
fn the_tour_quotes_what_is_said() {
    let root = copy("documents-tour");
    let all = ["run", "scenarios/login", "--snapshots", "check"];
    check(&root, TOUR, 0, "flowproof run scenarios/login", &all);
    let (gate, score) = ("fixtures/flows/fraud-gate.yaml", "risk_score >= 0.9");
    edit(&root, gate, score, "risk_score > 0.9");
    check(&root, TOUR, 1, "flowproof run scenarios/login", &all);
    let name = "the fraud webhook and its three branches / exactly at the limit";
    check(
        &root,
        TOUR,
        0,
        &format!("flowproof trace \"{name}\""),
        &["trace", name],
    );
    edit(&root, gate, "risk_score > 0.9", score);

    let (right, wrong) = (
        "step.risk-evaluate.recommendation",
        "step.risk-evaluate.recomendation",
    );
    edit(&root, LOGIN, right, wrong);
    check(&root, TOUR, 0, "flowproof check", &["check"]);
    edit(&root, LOGIN, wrong, right);
    let lookup = "      - block: identity_lookup\n";
    let known = TOUR.split("```yaml\n").nth(2).expect("the third block");
    let known = known
        .split("      - block: password_check")
        .next()
        .expect("blocks");
    edit(&root, LOGIN, lookup, known);
    check(&root, TOUR, 1, "flowproof check", &["check"]);
}

#[test]
fn the_scenarios_of_the_tour_come_out_as_it_says() {
    let root = copy("documents-scenarios");
    let file = root.join("scenarios/tour.yaml");
    let blocks: Vec<&str> = TOUR.split("```yaml\n").skip(3).collect();
    let blocks: Vec<&str> = blocks
        .iter()
        .filter_map(|rest| rest.split("```").next())
        .collect();
    let [first, cases, what_if, last] = blocks.as_slice() else {
        panic!("{blocks:?}");
    };
    let two = format!("{cases}{what_if}");
    let guess = "    expect: { ending: allowed }\n";
    let four = two.strip_suffix(guess).expect("the guess stands last");
    let four = format!("{four}{last}");
    for (nth, text) in [*first, *cases, &two, &four].into_iter().enumerate() {
        fs::write(&file, text).expect("written");
        let command = "flowproof run scenarios/tour.yaml";
        check(&root, TOUR, nth, command, &["run", "scenarios/tour.yaml"]);
    }
}
