//! Places in a document: a path of keys and positions, and the lists of places that are worth a look.

use serde_json::Value;

/// A path from the root of a document.
pub type Place = Vec<Key>;

/// One step of a path.
#[derive(Debug, Clone, PartialEq)]
pub enum Key {
    /// Into a map.
    Name(String),
    /// Into a list.
    At(usize),
}

/// What stands at a place.
pub fn get<'a>(document: &'a Value, place: &[Key]) -> Option<&'a Value> {
    place.iter().try_fold(document, |value, key| match key {
        Key::Name(name) => value.get(name),
        Key::At(at) => value.get(at),
    })
}

/// What stands at a place, to be changed.
pub fn get_mut<'a>(document: &'a mut Value, place: &[Key]) -> Option<&'a mut Value> {
    place.iter().try_fold(document, |value, key| match key {
        Key::Name(name) => value.get_mut(name),
        Key::At(at) => value.get_mut(at),
    })
}

/// Replaces one item of a list by several; places that are none change nothing.
pub fn splice(document: &mut Value, place: &[Key], items: Vec<Value>) {
    let Some((Key::At(at), list)) = place.split_last() else {
        return;
    };
    if let Some(Value::Array(list)) = get_mut(document, list)
        && *at < list.len()
    {
        list.splice(at..=at, items);
    }
}

/// Maps and lists, outer ones first.
pub fn containers(document: &Value) -> Vec<Place> {
    places(document, |value| value.is_object() || value.is_array())
}

/// What is neither a map nor a list.
pub fn leaves(document: &Value) -> Vec<Place> {
    places(document, |value| !value.is_object() && !value.is_array())
}

/// Blocks, outer ones first.
pub fn blocks(document: &Value) -> Vec<Place> {
    places(document, |value| value.get("block").is_some())
}

fn places(document: &Value, wanted: fn(&Value) -> bool) -> Vec<Place> {
    let mut found = Vec::new();
    gather(document, &mut Vec::new(), wanted, &mut found);
    found
}

fn gather(value: &Value, here: &mut Place, wanted: fn(&Value) -> bool, found: &mut Vec<Place>) {
    if wanted(value) {
        found.push(here.clone());
    }
    let mut deeper = |key: Key, inner: &Value| {
        here.push(key);
        gather(inner, here, wanted, found);
        here.pop();
    };
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                deeper(Key::Name(name.clone()), inner);
            }
        }
        Value::Array(items) => {
            for (at, inner) in items.iter().enumerate() {
                deeper(Key::At(at), inner);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
