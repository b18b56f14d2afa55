//! A case as the files of a workspace in which it can be run: what it consists of, and what it takes from the
//! workspace that all cases share.

use super::Case;
use super::generate::{ACTIONS, HURRIED, IDENTITIES, OTHER_SECRET, SECRET, source};
use crate::document::yaml;
use crate::flow::CATALOGUE;
use serde_json::{Map, Value, json};

impl Case {
    /// Path and text of each file; what the case names comes first.
    pub fn files(&self) -> Vec<(String, String)> {
        let mut files = Vec::new();
        for flow in &self.flows {
            let slug = flow["flow"].as_str().unwrap_or("flow");
            files.push((format!("fixtures/flows/{slug}.yaml"), yaml(flow)));
        }
        files.push(("scenarios/case.yaml".to_owned(), yaml(&self.scenario)));
        let said = self.said();
        for (slug, body) in ACTIONS {
            let switched = ["disable", "enable"].iter().any(|key| {
                let slugs = self.scenario.get(*key).and_then(Value::as_array);
                slugs.is_some_and(|slugs| slugs.contains(&json!(slug)))
            });
            if switched || said.contains(&format!("\"action\":\"{slug}\"")) {
                files.extend(self.action(slug, body));
            }
        }
        files.push(("fixtures/identities/people.yaml".to_owned(), people(&said)));
        files.push(("flowproof.yaml".to_owned(), self.settings(&said)));
        files.retain(|(_, text)| !text.is_empty());
        files
    }

    /// All of its documents in one text, to look for names.
    fn said(&self) -> String {
        let documents = self.flows.iter().chain([&self.scenario]);
        documents.map(Value::to_string).collect()
    }

    fn action(&self, slug: &str, body: &str) -> [(String, String); 2] {
        let mut action = Map::new();
        action.insert("action".into(), json!(slug));
        action.insert("source".into(), json!(format!("{slug}.js")));
        let flows = self.flows.iter().filter(|flow| flow["kind"] == "system");
        let triggers: Vec<&Value> = flows.filter_map(|flow| flow.get("flow")).collect();
        action.insert("triggers".into(), json!(triggers));
        if slug == "off" {
            action.insert("enabled".into(), json!(false));
        }
        if HURRIED.contains(&slug) {
            action.insert("timeout".into(), json!("120ms"));
        }
        if body.contains("api.secrets") {
            action.insert("secrets".into(), json!(["crm_token"]));
        }
        let file = |ending: &str| format!("fixtures/actions/{slug}.{ending}");
        [
            (file("yaml"), yaml(&Value::Object(action))),
            (file("js"), source(body)),
        ]
    }

    /// Those that actions ask for, and those that are written out.
    fn secrets(&self, said: &str) -> Map<String, Value> {
        let uses = |action: &str| said.contains(&format!("\"action\":\"{action}\""));
        let other = uses("undeclared") || said.contains(OTHER_SECRET);
        let own = other || uses("secret") || uses("leak") || said.contains(SECRET);
        let known = [
            ("crm_token", SECRET, own),
            ("other_token", OTHER_SECRET, other),
        ];
        let known = known.into_iter().filter(|(.., used)| *used);
        known
            .map(|(name, value, _)| (name.to_owned(), json!(value)))
            .collect()
    }

    fn settings(&self, said: &str) -> String {
        let mut settings = Map::new();
        let secrets = self.secrets(said);
        if !secrets.is_empty() {
            settings.insert("secrets".into(), Value::Object(secrets));
        }
        if !self.allowlist.is_empty() {
            settings.insert("outbound_allowlist".into(), json!(self.allowlist));
        }
        if ["breached_password", "risk_evaluate"]
            .iter()
            .any(|kind| said.contains(kind))
        {
            settings.insert("breached_passwords".into(), json!(["password1"]));
        }
        if said.contains("email_validation") {
            settings.insert("disposable_domains".into(), json!(["mailinator.com"]));
        }
        let latency = self
            .latency
            .iter()
            .filter(|(key, _)| names_a_block(key, said));
        let latency: Map<String, Value> = latency
            .map(|(key, ms)| (key.clone(), json!(format!("{ms}ms"))))
            .collect();
        if !latency.is_empty() {
            settings.insert("latency".into(), Value::Object(latency));
        }
        if settings.is_empty() {
            return String::new();
        }
        yaml(&Value::Object(settings))
    }
}

/// `latency` is by kind or by slug; others have no effect, and are refused in a file.
fn names_a_block(key: &str, said: &str) -> bool {
    let numbered = key.trim_end_matches(|c: char| c == '-' || c.is_ascii_digit());
    let by_default = format!("\"block\":\"{}\"", numbered.replace('-', "_"));
    let is_kind = CATALOGUE.iter().any(|info| info.name == key);
    is_kind || said.contains(&format!("\"slug\":\"{key}\"")) || said.contains(&by_default)
}

/// The identities that a case names, or whose addresses it mentions.
fn people(said: &str) -> String {
    let said = said.to_lowercase();
    let mentioned = |name: &str, fields: &str| {
        let named = said.contains(&format!("\"identity\":\"{name}\""));
        let address = |word: &str| {
            let word = word.trim_matches(|c| "{},'".contains(c)).to_lowercase();
            (word.contains('@') || word.starts_with('+')) && said.contains(&word)
        };
        named || fields.split(' ').any(address)
    };
    let people = IDENTITIES
        .iter()
        .filter(|(name, fields)| mentioned(name, fields));
    let lines: String = people
        .map(|(name, fields)| format!("  {name}: {fields}\n"))
        .collect();
    if lines.is_empty() {
        return lines;
    }
    format!("identities:\n{lines}")
}

/// The files of the case, each behind its path.
impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        for (path, text) in self.files() {
            writeln!(f, "# {path}\n{text}")?;
        }
        Ok(())
    }
}
