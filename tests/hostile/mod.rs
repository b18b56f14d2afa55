//! Hostile input: what outsiders write, changed byte by byte and by structure, goes through the doors that it would
//! come through. Nothing may panic, hang or take memory without bound. Used by `tests/hostile.rs` for a short while in
//! every run of the tests, and by `examples/hostile.rs` for as long as one likes.

mod feed;
mod mutate;

use flowproof::trial::{dice, pick};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, thread};

/// One input that takes longer than this hangs, on the slowest machine.
pub const LIMIT: Duration = Duration::from_secs(20);

/// One kind of input.
pub struct Suite {
    /// Its name, and that of its folder in the corpus.
    pub name: &'static str,
    /// Words of its language.
    pub tokens: &'static [&'static str],
    /// Further seeds: folders of the repository, and the ends of names.
    pub seeds: &'static [(&'static str, &'static str)],
    /// Puts an input through its doors.
    pub feed: fn(&[u8]),
}

/// All of them.
pub const SUITES: [Suite; 5] = [
    Suite {
        name: "yaml",
        tokens: &[
            "[",
            "{",
            "- ",
            ": ",
            "&a ",
            "*a",
            "<<: *a",
            "|\n",
            ">-\n",
            "!!str ",
            "---\n",
            "...\n",
            "? ",
            "\"",
            "'",
            "#",
            "~",
            "null",
            "1e999",
            "0x7f",
            "-9223372036854775809",
            "block",
            "slug",
            "flow",
            "stages",
            "branches",
            "config",
            "cases",
            "expect",
            "faults",
            "outputs",
            "webhooks",
            "answers",
            "{{ event }}",
            "yes",
            "\u{feff}",
            "\u{2028}",
            "\r\n",
            "\t",
        ],
        seeds: &[
            ("fixtures", "yaml"),
            ("scenarios", "yaml"),
            ("templates", "yaml"),
        ],
        feed: feed::yaml,
    },
    Suite {
        name: "expression",
        tokens: &[
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "!",
            "-",
            "+",
            "*",
            "/",
            "%",
            "<",
            "<=",
            "==",
            "!=",
            "&&",
            "||",
            "? ",
            " : ",
            " in ",
            ".",
            "event.user.email",
            "step.a-b.score",
            "has(",
            "size(",
            ".matches('(a+)+$')",
            ".all(x, ",
            ".map(x, ",
            "timestamp('",
            "duration('1h')",
            "9223372036854775807",
            "1e308",
            "r\"",
            "\\u00",
            "'",
            "null",
            "true",
            ".exists_one(",
            "event",
        ],
        seeds: &[],
        feed: feed::expression,
    },
    Suite {
        name: "template",
        tokens: &[
            "{{",
            "}}",
            "{{ event.user }}",
            "{{ '{{' }}",
            "'",
            "{",
            "}",
            " ",
            "{{ event.user.email }}",
            "{{ step }}",
            "\\",
        ],
        seeds: &[],
        feed: feed::template,
    },
    Suite {
        name: "typescript",
        tokens: &[
            "(",
            ")",
            "[",
            "{",
            "}",
            "<",
            ">",
            "=>",
            "`",
            "${",
            "/*",
            "//",
            "/a/",
            "async ",
            "await ",
            "function* ",
            "class A {",
            "enum E { A }",
            "namespace N {",
            "declare ",
            "abstract ",
            "as const",
            "satisfies T",
            "!",
            "?.",
            "??",
            "...",
            "#p",
            "@d ",
            "import x from 'y'",
            "export default ",
            "import type T from 'z'",
            "throw ",
            "while(1)",
            "new Array(1e9)",
            ".repeat(1e9)",
            "JSON.parse(",
            "Symbol()",
            "for(;;)",
            "yield ",
            "let ",
            "type T = ",
            "interface I {",
            "\\u{1F600}",
            "\u{2028}",
            "1n",
            "0b1",
            "label: ",
            "with(a)",
        ],
        seeds: &[("fixtures", "ts"), ("fixtures", "js")],
        feed: feed::typescript,
    },
    Suite {
        name: "json",
        tokens: &[
            "[", "]", "{", "}", ",", ":", "\"", "\\u0000", "\\ud800", "1e999", "-0", "null",
            "true", "\"a\":", "[[", "{\"a\":", "\u{feff}", "0.1",
        ],
        seeds: &[],
        feed: feed::json,
    },
];

/// What came of a suite.
pub struct Report {
    /// Inputs that were fed.
    pub executions: u64,
    /// What went wrong, with its input.
    pub failures: Vec<(String, Vec<u8>)>,
    /// The longest that one input took.
    pub longest: Duration,
    /// That input.
    pub slowest: Vec<u8>,
}

/// Feeds the corpus as it is, then so many changed inputs, or as many as fit into the time.
pub fn run(suite: &Suite, seed: u64, cases: u64, time: Duration) -> Report {
    let corpus = corpus(suite);
    assert!(corpus.len() > 3, "{}: no corpus", suite.name);
    let started = Instant::now();
    let mut report = Report {
        executions: 0,
        failures: Vec::new(),
        longest: Duration::ZERO,
        slowest: Vec::new(),
    };
    for input in &corpus {
        feed_one(suite, input, &mut report);
    }
    for number in 0..cases {
        if started.elapsed() > time || report.failures.len() > 8 {
            break;
        }
        let mut dice = dice(seed, number);
        let Some(from) = pick(&mut dice, &corpus) else {
            break;
        };
        let input = mutate::mutated(&mut dice, from, &corpus, suite.tokens);
        feed_one(suite, &input, &mut report);
    }
    report
}

fn feed_one(suite: &Suite, input: &[u8], report: &mut Report) {
    let started = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| (suite.feed)(input)));
    let took = started.elapsed();
    report.executions += 1;
    if took > report.longest {
        (report.longest, report.slowest) = (took, input.to_vec());
    }
    if outcome.is_err() {
        report
            .failures
            .push(("it panicked".to_owned(), input.to_vec()));
    } else if took > LIMIT {
        report
            .failures
            .push((format!("it took {took:?}"), input.to_vec()));
    }
}

/// The kept inputs, and the seeds, in the order of their names.
fn corpus(suite: &Suite) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(
        &root.join("tests/hostile/corpus").join(suite.name),
        "",
        &mut files,
    );
    for (folder, end) in suite.seeds {
        collect(&root.join(folder), end, &mut files);
    }
    files.sort();
    let bytes = files.iter().filter_map(|file| fs::read(file).ok());
    // a kept file may hold several inputs, one a line
    bytes
        .flat_map(|bytes| match suite.name {
            "expression" | "template" | "json" => bytes
                .split(|byte| *byte == b'\n')
                .map(<[u8]>::to_vec)
                .collect(),
            _ => vec![bytes],
        })
        .filter(|input| !input.is_empty())
        .collect()
}

fn collect(folder: &Path, end: &str, files: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, end, files);
        } else if path.to_string_lossy().ends_with(end) {
            files.push(path);
        }
    }
}

/// Runs with the stack that the workers of flowproof have.
pub fn with_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = thread::Builder::new().stack_size(16 << 20).spawn(work);
    thread.expect("a thread").join().expect("it ends")
}

/// The most memory that the process has had, in MiB, where the system tells it.
pub fn peak_mib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}
