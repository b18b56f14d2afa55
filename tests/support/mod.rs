//! A small workspace on disk for tests of the whole journey, and the ways to look at what comes of it.

pub mod folder;

use std::path::PathBuf;

const LOGIN: &str = "\
flow: login
kind: system
stages:
  - stage: Pre-Login
    blocks:
      - block: identity_lookup
      - block: password_check
      - block: decision
        slug: credentials
        branches:
          - when: \"!step.password-check.verified\"
            branch: rejected
            blocks:
              - block: deny
                slug: bad-credentials
                config: { reason: invalid_credentials, user_message: Wrong name or password }
          - branch: accepted
            default: true
  - stage: Post-Auth
    blocks:
      - block: risk_evaluate
      - block: run_custom_flow
        slug: fraud
        config: { flow: gate }
      - block: run_custom_action
        slug: note
        on_error: continue
        config: { action: note }
      - block: mfa
        config: { factors: [totp] }
  - stage: Post-Login
    blocks:
      - block: issue_session
";

const GATE: &str = "\
flow: gate
status: published
stages:
  - stage: Judge
    blocks:
      - block: call_webhook
        slug: signal
        config:
          url: \"https://fraud.example.com/score\"
          body: { email: \"{{ event.user.email }}\", token: test-secret }
      - block: decision
        slug: verdict
        branches:
          - when: step.signal.body.score > 0.5
            branch: block
            blocks: [{ block: deny, slug: block, config: { reason: high_risk } }]
          - branch: pass
            default: true
            blocks: [{ block: allow, slug: pass }]
";

const FILES: &[(&str, &str)] = &[
    ("flowproof.yaml", "secrets: { crm: test-secret }\n"),
    ("fixtures/flows/login.yaml", LOGIN),
    ("fixtures/flows/gate.yaml", GATE),
    (
        "fixtures/actions/note.yaml",
        "action: note\ntriggers: [login]\nsource: note.js\n",
    ),
    (
        "fixtures/actions/note.js",
        "export async function execute(event, api) {\n  api.log('warn', 'seen ' + event.user.email);\n  api.state.set('who', event.user.id);\n}\n",
    ),
    (
        "fixtures/identities/people.yaml",
        "identities:\n  ada:\n    id: usr_ada\n    email: ada@example.com\n    password: analytical engine\n    mfa: [totp]\n",
    ),
    (
        "fixtures/mocks/shared.yaml",
        "mocks: shared\nwebhooks:\n  - mock: low score\n    url: https://fraud.example.com/score\n    respond: { status: 200, json: { score: 0.1 } }\n",
    ),
];

/// Writes the workspace with these further files into a fresh folder of its own.
pub fn workspace(name: &str, more: &[(&str, &str)]) -> PathBuf {
    let files: Vec<_> = FILES.iter().chain(more).copied().collect();
    folder::folder(name, &files)
}
