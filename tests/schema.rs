//! `flowproof schema`, held by a library that is not ours against every file that is shipped.

#[path = "support/documents.rs"]
mod documents;

use documents::{examples, kind_of, repository, validator, workspace_files};
use flowproof::schema::{FileKind, schema, schemas};
use jsonschema::Validator;
use serde_json::Value;

fn assert_accepted(validator: &Validator, document: &Value, name: &str) {
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
}

#[test]
fn every_schema_is_one_and_carries_its_number() {
    let all = schemas();
    for kind in FileKind::ALL {
        let schema = &all[kind.name()];
        let found = jsonschema::draft202012::meta::validate(schema);
        assert!(found.is_ok(), "{}: {found:?}", kind.name());
        assert_eq!(schema["$comment"], "format: flowproof.schema/1");
        assert_eq!(schema["additionalProperties"], false, "{}", kind.name());
    }
}

#[test]
fn every_default_is_accepted_where_it_stands() {
    fn walk(value: &Value, definitions: &Value, found: &mut usize) {
        if let (Some(default), Some(_)) = (value.get("default"), value.get("description")) {
            let mut schema = value.clone();
            schema["$defs"] = definitions.clone();
            let schema = jsonschema::draft202012::new(&schema).expect("a schema");
            assert!(schema.is_valid(default), "{default} in {value}");
            *found += 1;
        }
        match value {
            Value::Object(entries) => entries
                .values()
                .for_each(|value| walk(value, definitions, found)),
            Value::Array(items) => items
                .iter()
                .for_each(|value| walk(value, definitions, found)),
            _ => {}
        }
    }
    let mut found = 0;
    for schema in FileKind::ALL.map(schema) {
        walk(&schema, &schema["$defs"], &mut found);
    }
    assert!(found > 40, "{found} defaults");
}

#[test]
fn every_shipped_file_is_accepted() {
    for root in [repository(), repository().join("templates/init")] {
        for (path, document) in workspace_files(&root) {
            let kind = kind_of(&document);
            assert_accepted(&validator(kind), &document, &path.display().to_string());
        }
    }
    assert!(workspace_files(&repository().join("templates/init")).len() >= 12);
}

#[test]
fn the_examples_of_the_formats_are_accepted() {
    let examples = examples();
    let kinds: Vec<&str> = examples.iter().map(|one| kind_of(one).name()).collect();
    assert_eq!(
        kinds,
        ["flow", "action", "identities", "scenario", "settings"]
    );
    for document in &examples {
        let kind = kind_of(document);
        assert_accepted(&validator(kind), document, kind.name());
    }
}
