//! The cost of a run of an action, start to end, in a machine that is put back for each run.

use criterion::{Criterion, criterion_group, criterion_main};
use flowproof::action::{Input, Limits, Script, Session};
use flowproof::text::SourceFile;
use flowproof::value::{Value, from_json_text};
use std::hint::black_box;
use std::sync::Arc;

const ACTION: &str = "interface Api { state: any; config: { domains: string[] }; log: any; deny(reason: string): void }
export async function execute(event: any, api: Api, context: { step: any }): Promise<void> {
  const domain: string = event.user.email.split('@')[1] ?? '';
  const allowed = api.config.domains.some((one: string): boolean => one === domain);
  api.log('info', `domain ${domain}`, { allowed });
  if (!allowed) {
    api.deny('domain_not_allowed');
  }
  api.state.set('domain', { name: domain, score: context.step['risk-evaluate'].score });
}";

const EVENT: &str = r#"{"user":{"id":"usr_01HZXA","email":"ada@example.com","phone":"+4479460000","name":"Ada Lovelace",
"email_verified":true,"app_metadata":{"tier":"enterprise","roles":["admin","billing"]},"user_metadata":{"locale":"en"},
"factors":["totp","webauthn"]},"request":{"ip":"203.0.113.7","user_agent":"Mozilla/5.0 (X11; Linux x86_64) flowproof-test",
"geo":{"country":"DE","city":"Berlin","lat":52.52,"lon":13.4},"asn":{"number":64500,"org":"Example Net","is_tor":false,
"is_vpn":false,"is_bogon":false},"device":{"id":"dev_test","trusted":false}},"client":{"id":"app_1","name":"Shop","type":"spa"},
"tenant":{"slug":"acme","name":"Acme"},"connection":{"type":"password"},"transaction":{},
"authentication":{"aal":"aal1","methods":["password"],"risk_score":12}}"#;

fn input() -> Input {
    let json = |text| from_json_text(text).unwrap_or_default();
    Input {
        event: json(EVENT),
        step: json(r#"{"risk-evaluate":{"score":42,"level":"low"}}"#),
        custom: json("{}"),
        session: Value::Null,
        config: json(r#"{"domains":["example.com","example.org"]}"#),
        secrets: Arc::default(),
        stream: 7,
        now_ms: 1_700_000_000_000,
        limits: Limits::default(),
    }
}

fn runs(criterion: &mut Criterion) {
    let input = input();
    for (name, source) in [
        ("ten lines of TypeScript", ACTION),
        ("nothing", "export function execute() {}"),
    ] {
        let Ok(script) = Script::compile(&SourceFile::new("action.ts", source)) else {
            return;
        };
        criterion.bench_function(name, |bench| {
            bench.iter(|| black_box(Session::start(&script, input.clone())));
        });
    }
    criterion.bench_function("compile", |bench| {
        let file = SourceFile::new("action.ts", ACTION);
        bench.iter(|| black_box(Script::compile(&file)));
    });
}

criterion_group!(benches, runs);
criterion_main!(benches);
