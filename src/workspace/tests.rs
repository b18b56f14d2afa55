//! Workspaces on disk: what a right one holds, and what is said about wrong ones.

use super::*;
use std::fs;

/// A folder that is removed when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let path =
            std::env::temp_dir().join(format!("flowproof-workspace-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        for (file, text) in files {
            let file = path.join(file);
            fs::create_dir_all(file.parent().expect("below the folder")).expect("folder");
            fs::write(file, text).expect("file");
        }
        Folder(path)
    }

    fn load(&self) -> (Workspace, Vec<String>) {
        let mut diagnostics = Diagnostics::default();
        let workspace = Workspace::load(&self.0, &mut diagnostics);
        let said = diagnostics
            .into_sorted()
            .iter()
            .map(|d| {
                let place = d
                    .span
                    .as_ref()
                    .map_or_else(|| d.path().to_owned(), ToString::to_string);
                format!(
                    "{} {place} {} | {}",
                    d.code,
                    d.title,
                    d.fix.as_deref().unwrap_or("")
                )
            })
            .collect();
        (workspace, said)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const LOGIN: &str = "flow: login\nkind: system\nstages:\n  - stage: Post-Auth\n    blocks:\n      - block: password_check\n";
const ACTION: &str =
    "action: a\nsource: a.js\nversion: 0.1\ntriggers: [login.post-auth]\nsecrets: [crm_token]\n";
const SOURCE: &str = "export async function execute(event, api) {}\n";
const SETTINGS: &str = "profile: { budget: 5s }\nlatency: { password_check: 60ms, password-check: { p50: 1ms, p99: 2ms } }\n\
    outbound_allowlist: [A.example.com, '*.b.example.com']\nsecrets: { crm_token: test-token }\nbudget_warning: 80%\ntenant: { slug: acme }\n";
const ALICE: &str = "identities:\n  alice: { email: a@example.com, phone: '+44', mfa: [totp], devices: [{ id: d }] }\n";

#[test]
fn a_right_workspace_is_read_whole() {
    let folder = Folder::new(
        "right",
        &[
            ("flowproof.yaml", SETTINGS),
            ("fixtures/flows/login.yaml", LOGIN),
            (
                "fixtures/flows/deep/gate.yml",
                "flow: gate\nstages: []\nstatus: published",
            ),
            (
                "fixtures/flows/json.json",
                r#"{"flow": "json", "stages": []}"#,
            ),
            ("fixtures/actions/a.yaml", ACTION),
            ("fixtures/actions/a.js", SOURCE),
            ("fixtures/identities/all.yaml", ALICE),
            (
                "fixtures/mocks/m.yaml",
                "mocks: crm\nwebhooks:\n  - mock: x\n    url: https://x.y\n    respond: { status: 204 }\n",
            ),
            ("scenarios/b.yaml", "nonsense: ["),
            ("scenarios/a/c.yml", ""),
            ("scenarios/README.md", ""),
            ("scenarios/.hidden.yaml", ""),
        ],
    );
    let (workspace, said) = folder.load();
    assert_eq!(said, [""; 0]);
    let slugs: Vec<&str> = workspace
        .flows
        .iter()
        .map(|flow| &*flow.slug.value)
        .collect();
    assert_eq!(slugs, ["gate", "json", "login"]);
    let files: Vec<&str> = workspace
        .scenario_files
        .iter()
        .map(|path| &**path)
        .collect();
    assert_eq!(files, ["scenarios/a/c.yml", "scenarios/b.yaml"]);
    let settings = &workspace.settings;
    assert_eq!(settings.profile.budget_ms, 5_000);
    assert_eq!(settings.budget_warning, Some(80));
    assert_eq!(settings.clock_ms, 1_767_225_600_000);
    assert_eq!(&*settings.tenant.name, "Test");
    assert_eq!(
        settings.outbound_allowlist.as_ref().map(|hosts| &*hosts[0]),
        Some("a.example.com")
    );
    let action = workspace.action("a").expect("the action");
    assert_eq!(action.version.as_deref(), Some("0.1"));
    let alice = workspace.identity("alice").expect("the identity");
    assert!(alice.id.starts_with("usr_"), "{}", alice.id);
    assert!(workspace.mock_set("crm").is_some());
    assert_eq!(
        find(&folder.0.join("scenarios/a")).as_deref(),
        Some(folder.0.as_path())
    );
}

/// Files of a workspace that is right but for these, and what is said, in order: `code place`, and words of the fix.
type Row<'a> = (&'a [(&'a str, &'a str)], &'a [(&'a str, &'a str)]);

const ROWS: &[Row] = &[
    (
        &[("flowproof.yaml", "profil: {}")],
        &[("unknown_key flowproof.yaml:1:1", "did you mean `profile`?")],
    ),
    (
        &[("flowproof.yaml", "# none\n")],
        &[("empty_document flowproof.yaml:1:1", "write its content")],
    ),
    (
        &[("flowproof.yaml", "secrets: { a: short }")],
        &[("short_secret flowproof.yaml:1:15", "6 or more")],
    ),
    (
        &[("flowproof.yaml", "secrets: { a: 123456 }")],
        &[("wrong_type flowproof.yaml:1:15", "quote it: \"123456\"")],
    ),
    (
        &[("flowproof.yaml", "budget_warning: 80")],
        &[("bad_share flowproof.yaml:1:17", "write `80%`")],
    ),
    (
        &[("flowproof.yaml", "clock: 2026-01-01")],
        &[("bad_instant flowproof.yaml:1:8", "2026-01-01T00:00:00Z")],
    ),
    (
        &[("flowproof.yaml", "outbound_allowlist: ['https://a.b/c']")],
        &[("bad_host flowproof.yaml:1:23", "`a.b`")],
    ),
    (
        &[("flowproof.yaml", "latency: { pasword_check: 1ms }")],
        &[(
            "unknown_block flowproof.yaml:1:12",
            "did you mean `password_check`?",
        )],
    ),
    (
        &[("flowproof.yaml", "latency: { password_check: 5 }")],
        &[("bad_duration flowproof.yaml:1:28", "`5ms` or `5s`")],
    ),
    (
        &[("flowproof.yaml", "profile: { action_heap: 32MB }")],
        &[("bad_size flowproof.yaml:1:25", "`32MiB`")],
    ),
    (
        &[("flowproof.yaml", "profile: { post_session: halt }")],
        &[("unknown_word flowproof.yaml:1:26", "`stop`")],
    ),
    (
        &[("fixtures/flows/b.yaml", LOGIN)],
        &[(
            "duplicate_slug fixtures/flows/login.yaml:1:7",
            "another name",
        )],
    ),
    (
        &[("fixtures/flows/b.yaml", "")],
        &[(
            "empty_document fixtures/flows/b.yaml:1:1",
            "write its content",
        )],
    ),
    (
        &[("fixtures/flows/b.yaml", "a\0b")],
        &[(
            "not_text fixtures/flows/b.yaml the file is binary",
            "text file",
        )],
    ),
    (
        &[("fixtures/flows/b.yaml", ALICE)],
        &[(
            "misplaced_file fixtures/flows/b.yaml:1:1",
            "fixtures/identities/",
        )],
    ),
    (
        &[("fixtures/flow/b.yaml", LOGIN)],
        &[("unknown_folder fixtures/flow ", "`fixtures/flows`")],
    ),
    (
        &[("fixtures/identities/b.yaml", ALICE)],
        &[(
            "duplicate_name fixtures/identities/b.yaml:2:3",
            "another name",
        )],
    ),
    (
        &[(
            "fixtures/identities/b.yaml",
            "identities: { bob: { phone: +4479 } }",
        )],
        &[(
            "wrong_type fixtures/identities/b.yaml:1:29",
            "quote it: \"+4479\"",
        )],
    ),
    (
        &[(
            "fixtures/identities/b.yaml",
            "identities: { a: { id: x }, b: { id: x } }",
        )],
        &[(
            "duplicate_id fixtures/identities/b.yaml:1:38",
            "another `id`",
        )],
    ),
    (
        &[(
            "fixtures/identities/b.yaml",
            "identities: { b: { email: A@example.com } }",
        )],
        &[(
            "duplicate_email fixtures/identities/b.yaml:1:27",
            "another address",
        )],
    ),
    (
        &[(
            "fixtures/actions/a.yaml",
            "action: a\nsource: ../../../a.js\n",
        )],
        &[(
            "outside_workspace fixtures/actions/a.yaml:2:9",
            "beside its metadata",
        )],
    ),
    (
        &[("fixtures/actions/a.yaml", "action: a\nsource: b.js\n")],
        &[("missing_source fixtures/actions/a.yaml:2:9", "`a.js`")],
    ),
    (
        &[("fixtures/actions/a.yaml", "action: a\nsource: a\n")],
        &[("bad_source fixtures/actions/a.yaml:2:9", ".ts")],
    ),
    (
        &[(
            "fixtures/actions/a.yaml",
            "action: a\nsource: a.js\ntriggers: [logon]",
        )],
        &[(
            "unknown_flow fixtures/actions/a.yaml:3:12",
            "did you mean `login`?",
        )],
    ),
    (
        &[(
            "fixtures/actions/a.yaml",
            "action: a\nsource: a.js\ntriggers: [login.post-aut]",
        )],
        &[(
            "unknown_stage fixtures/actions/a.yaml:3:12",
            "did you mean `post-auth`?",
        )],
    ),
    (
        &[(
            "fixtures/actions/a.yaml",
            "action: a\nsource: a.js\ntriggers: [login.Post-Auth]",
        )],
        &[("bad_slug fixtures/actions/a.yaml:3:12", "`login.post-auth`")],
    ),
    (
        &[(
            "fixtures/actions/a.yaml",
            "action: a\nsource: a.js\nsecrets: [crm_tokn]",
        )],
        &[(
            "missing_secret fixtures/actions/a.yaml:3:11",
            "did you mean `crm_token`?",
        )],
    ),
    (
        &[
            ("fixtures/mocks/m.yaml", "mocks: m\nwebhooks: []"),
            ("fixtures/mocks/n.yaml", "mocks: m\nwebhooks: []"),
        ],
        &[("duplicate_name fixtures/mocks/n.yaml:1:8", "another name")],
    ),
];

#[test]
fn what_is_wrong_is_told_with_its_place_and_fix() {
    let mut departures = Vec::new();
    for (position, (changes, expected)) in ROWS.iter().enumerate() {
        let mut files = vec![
            ("flowproof.yaml", SETTINGS),
            ("fixtures/flows/login.yaml", LOGIN),
            ("fixtures/actions/a.yaml", ACTION),
            ("fixtures/actions/a.js", SOURCE),
            ("fixtures/identities/all.yaml", ALICE),
        ];
        if changes.iter().any(|(name, _)| *name == "flowproof.yaml") {
            files.retain(|(name, _)| !name.contains("actions"));
        }
        files.extend_from_slice(changes);
        let (_, said) = Folder::new(&format!("wrong-{position}"), &files).load();
        let right = said.len() == expected.len()
            && said.iter().zip(*expected).all(|(said, (place, fix))| {
                let (start, end) = said.split_once(" | ").unwrap_or_default();
                start.starts_with(place) && end.contains(fix)
            });
        if !right {
            departures.push(format!("{changes:?}\n  {expected:?}\n  {said:#?}"));
        }
    }
    assert!(departures.is_empty(), "{}", departures.join("\n"));
}

#[test]
#[cfg(unix)]
fn links_that_leave_the_workspace_are_refused_and_circles_end() {
    let outside = Folder::new("outside", &[("flow.yaml", LOGIN)]);
    let folder = Folder::new("links", &[("fixtures/flows/login.yaml", LOGIN)]);
    let flows = folder.0.join("fixtures/flows");
    std::os::unix::fs::symlink(outside.0.join("flow.yaml"), flows.join("out.yaml")).expect("link");
    std::os::unix::fs::symlink(&outside.0, flows.join("out")).expect("link");
    let (workspace, said) = folder.load();
    assert_eq!(workspace.flows.len(), 1);
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(
        said.iter()
            .all(|said| said.starts_with("outside_workspace ")),
        "{said:#?}"
    );
    std::os::unix::fs::symlink(".", flows.join("again")).expect("link");
    assert_eq!(folder.load().1.len(), 2, "a file is read once");
    let settings = folder.0.join("flowproof.yaml");
    std::os::unix::fs::symlink(outside.0.join("flow.yaml"), &settings).expect("link");
    assert_eq!(folder.load().1.len(), 3, "the settings stay inside too");
    std::fs::remove_file(settings).expect("link");
    std::os::unix::fs::symlink(&folder.0, folder.0.join("scenarios")).expect("link");
    let (workspace, _) = folder.load();
    assert!(workspace.scenario_files.len() < 10);
}
