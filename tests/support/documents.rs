//! The documents of the repository as JSON, and the schemas they are held against.

use flowproof::diagnostic::Diagnostics;
use flowproof::document::{Node, parse_documents};
use flowproof::schema::{FileKind, schema};
use flowproof::text::SourceFile;
use flowproof::value::to_json_text;
use jsonschema::Validator;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub fn validator(kind: FileKind) -> Validator {
    jsonschema::draft202012::new(&schema(kind)).expect("a schema")
}

fn nodes(name: &str, text: &str) -> Vec<Node> {
    let mut diagnostics = Diagnostics::default();
    let nodes = parse_documents(&SourceFile::new(name, text), &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{name}");
    nodes
}

/// Documents as JSON, anchors and merge keys resolved.
pub fn documents(name: &str, text: &str) -> Vec<Value> {
    let as_json = |node: &Node| to_json_text(&node.to_value());
    nodes(name, text)
        .iter()
        .map(|node| serde_json::from_str(&as_json(node)).expect("JSON"))
        .collect()
}

/// The kind of a document by the key that names it.
pub fn kind_of(document: &Value) -> FileKind {
    let has = |key| document.get(key).is_some();
    match () {
        () if has("stages") => FileKind::Flow,
        () if has("scenario") => FileKind::Scenario,
        () if has("action") => FileKind::Action,
        () if has("identities") => FileKind::Identities,
        () if has("mocks") => FileKind::Mocks,
        () => FileKind::Settings,
    }
}

/// The YAML files of a workspace, by what they hold.
pub fn workspace_files(root: &Path) -> Vec<(PathBuf, Value)> {
    let mut files = Vec::new();
    let mut folders = vec![root.join("fixtures"), root.join("scenarios")];
    let mut paths = vec![root.join("flowproof.yaml")];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(folder).into_iter().flatten() {
            let path = item.expect("an item of a folder").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                paths.push(path);
            }
        }
    }
    paths.retain(|path| path.is_file() && path.extension().is_some_and(|end| end == "yaml"));
    paths.sort();
    for path in paths {
        let text = fs::read_to_string(&path).expect("a file of the workspace");
        let found = documents("file.yaml", &text);
        files.extend(found.into_iter().map(|document| (path.clone(), document)));
    }
    files
}

/// The examples of the page about formats.
pub fn examples() -> Vec<Value> {
    let page = fs::read_to_string(repository().join("docs/formats.md")).expect("docs/formats.md");
    let blocks = page.split("```yaml\n").skip(1);
    let texts = blocks.map(|block| block.split_once("```").expect("the end of an example").0);
    texts
        .flat_map(|text| documents("formats.yaml", text))
        .collect()
}
