//! The doors: each kind of input through everything that it would go through, up to a run where it gets so far.

use flowproof::action::{Input, Limits, Script, Session};
use flowproof::check::check;
use flowproof::diagnostic::Diagnostics;
use flowproof::document::{parse_documents, source};
use flowproof::engine::Program;
use flowproof::expr::{Expr, Scope, Template};
use flowproof::flow::decode_flow;
use flowproof::report::diagnostics;
use flowproof::scenario::{arrange, decode_file};
use flowproof::text::SourceFile;
use flowproof::trial::{Trial, trials};
use flowproof::value::{Value, from_json_slice, from_json_text};
use flowproof::workspace::Workspace;
use serde_json::json;
use std::cell::OnceCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// As the kind of file that it looks like: what is wrong is told and rendered, what is right runs.
pub fn yaml(bytes: &[u8]) {
    if starts(bytes, "scenario:") {
        return scenario(bytes);
    }
    let root = folder();
    let kind = match bytes {
        bytes if starts(bytes, "flow:") => "fixtures/flows/hostile.yaml",
        bytes if starts(bytes, "action:") => "fixtures/actions/hostile.yaml",
        bytes if starts(bytes, "identities:") => "fixtures/identities/hostile.yaml",
        bytes if starts(bytes, "mocks:") => "fixtures/mocks/hostile.yaml",
        _ => "flowproof.yaml",
    };
    let path = root.join(kind);
    fs::write(&path, bytes).expect("it can be written");
    let mut found = Diagnostics::default();
    let workspace = Workspace::load(&root, &mut found);
    found.extend(check(&workspace));
    for flow in &workspace.flows {
        for trial in trials(&workspace, &[], flow) {
            trial.outcome();
        }
    }
    let _ = diagnostics::render(&found.into_sorted());
    fs::remove_file(&path).expect("it can be removed");
}

/// Among the shipped flows: what is wrong is told and rendered, what is right runs.
fn scenario(bytes: &[u8]) {
    thread_local! { static SHIPPED: OnceCell<Workspace> = const { OnceCell::new() }; }
    SHIPPED.with(|shipped| {
        let load = || {
            Workspace::load(
                Path::new(env!("CARGO_MANIFEST_DIR")),
                &mut Diagnostics::default(),
            )
        };
        let workspace = shipped.get_or_init(load);
        let mut found = Diagnostics::default();
        match source("scenarios/hostile.yaml", bytes) {
            Err(wrong) => found.push(*wrong),
            Ok(file) => {
                for scenario in decode_file(&file, workspace, &mut found) {
                    let world = Arc::new(arrange(&scenario, workspace, None));
                    if let Ok(program) = Program::link(&scenario.flow, workspace) {
                        flowproof::drive::run(&program, &world, &scenario.mocks, &scenario.answers);
                    }
                }
            }
        }
        let _ = diagnostics::render(&found.into_sorted());
    });
}

fn starts(bytes: &[u8], key: &str) -> bool {
    bytes
        .windows(key.len())
        .take(400)
        .any(|window| window == key.as_bytes())
}

/// A workspace of its own for each thread.
fn folder() -> PathBuf {
    thread_local! { static FOLDER: OnceCell<PathBuf> = const { OnceCell::new() }; }
    FOLDER.with(|folder| folder.get_or_init(make).clone())
}

fn make() -> PathBuf {
    let name = format!(
        "hostile-{}-{:?}",
        std::process::id(),
        std::thread::current().id()
    );
    let root = std::env::temp_dir().join(name.replace(['(', ')'], ""));
    for kind in ["flows", "actions", "identities", "mocks"] {
        fs::create_dir_all(root.join("fixtures").join(kind)).expect("a folder");
    }
    fs::create_dir_all(root.join("scenarios")).expect("a folder");
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    for (from, to) in [
        ("flows/fraud-gate.yaml", "flows/fraud-gate.yaml"),
        ("actions/review-queue.yaml", "actions/review-queue.yaml"),
        ("identities", "identities"),
        ("mocks", "mocks"),
    ] {
        copy(&shipped.join(from), &root.join("fixtures").join(to));
    }
    root
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        for entry in fs::read_dir(from).into_iter().flatten().flatten() {
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else if from.exists() {
        fs::copy(from, to).expect("it can be copied");
    }
}

const STATE: &str = r#"{ "event": { "user": { "email": "ada@example.com", "id": "usr_1" }, "n": 7, "list": [1, 2, 3], "text": "größe" },
 "step": { "a-b": { "score": 42 } }, "custom": {}, "session": {} }"#;

struct Fixed(Value);

impl Scope for Fixed {
    fn root(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    fn roots(&self) -> &[&'static str] {
        &flowproof::expr::ROOTS
    }
}

/// Parsed, looked through, evaluated.
pub fn expression(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match Expr::parse(&text) {
        Ok(expr) => {
            let scope = Fixed(from_json_text(STATE).expect("JSON"));
            let _ = (expr.literals(), expr.reads().len());
            let _ = (expr.eval(&scope), expr.holds(&scope));
        }
        Err(error) => assert!(
            text.get(error.range.clone()).is_some(),
            "{:?} of {text:?}",
            error.range
        ),
    }
}

/// Parsed and rendered in every way.
pub fn template(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(template) = Template::parse(&text) else {
        return;
    };
    let scope = Fixed(from_json_text(STATE).expect("JSON"));
    let _ = (
        template.render(&scope),
        template.render_text(&scope),
        template.render_url(&scope),
    );
}

/// Compiled as TypeScript; what compiles is run with small limits.
pub fn typescript(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let file = SourceFile::new("action.ts", text.into_owned());
    match Script::compile(&file) {
        Ok(script) => {
            let json = |text| from_json_text(text).unwrap_or_default();
            let input = Input {
                event: json(r#"{ "user": { "email": "ada@example.com" } }"#),
                step: json("{}"),
                custom: json("{}"),
                session: Value::Null,
                config: json("{}"),
                secrets: Arc::default(),
                stream: 7,
                now_ms: 0,
                limits: Limits {
                    compute_ms: 20,
                    heap_bytes: 4 << 20,
                    ..Limits::default()
                },
            };
            drop(Session::start(&script, input));
        }
        Err(errors) => {
            for error in errors {
                assert!(
                    file.text().get(error.range.clone()).is_some(),
                    "{:?}",
                    error.range
                );
            }
        }
    }
}

const BODY: &str = "
flow: hostile
status: published
stages:
  - stage: s
    blocks:
      - block: call_webhook
        slug: hook
        on_error: continue
        config: { url: 'https://a.example.com/', body: '{{ event.request }}' }
      - block: condition
        config: { when: 'has(step.hook.body.a.b) && step.hook.body.a.b > 1' }
      - block: log_event
        config: { type: seen, data: { body: '{{ has(step.hook.body) ? step.hook.body : null }}' } }
      - block: allow
";

/// Read as JSON, and as the body of a webhook's answer that a flow reads and writes into its log.
pub fn json(bytes: &[u8]) {
    let _ = from_json_slice(bytes);
    let mut found = Diagnostics::default();
    if let Ok(file) = source("save.json", bytes) {
        for node in parse_documents(&file, &mut found) {
            let _ = decode_flow(&node, &mut found);
        }
    }
    let mut workspace = Workspace::load(Path::new("/nowhere"), &mut Diagnostics::default());
    let flow = SourceFile::new("flow.yaml", BODY);
    let mut sound = Diagnostics::default();
    for node in parse_documents(&flow, &mut sound) {
        let decoded = decode_flow(&node, &mut sound).expect("the flow is sound");
        workspace.flows.push(Arc::new(decoded.flow));
    }
    workspace.names.flows.miss();
    let text = String::from_utf8_lossy(bytes);
    let scenario = json!({
        "scenario": "hostile",
        "flow": "hostile",
        "webhooks": [{ "mock": "m", "respond": { "text": text } }],
    });
    if let Ok(trial) = Trial::read(scenario, &workspace) {
        let outcome = trial.outcome();
        let _ = flowproof::value::to_json_text(&outcome.trace.event);
    }
}
