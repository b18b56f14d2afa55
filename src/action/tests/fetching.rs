//! `api.fetch`.

use super::*;

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Result<Response, FetchError> {
    Ok(Response {
        status,
        headers: headers
            .iter()
            .map(|(name, value)| (Text::from(*name), Text::from(*value)))
            .collect(),
        body: Text::from(body),
    })
}

fn refusal(code: &str) -> Result<Response, FetchError> {
    Err(FetchError {
        code: Text::from(code),
        message: Text::from("no answer"),
    })
}

/// Runs a body that makes one call, and shows the turn after its answer.
fn answered(body: &str, outcome: Result<Response, FetchError>) -> String {
    let source = format!("export async function execute(event, api) {{\n{body}\n}}");
    let (mut session, _) = start("a.js", &source);
    show(&session.fetched(1, outcome, 0))
}

#[test]
fn a_call_is_handed_out_as_written() {
    let rows = [
        (
            "'https://a.example/x?y=1'",
            r#"GET https://a.example/x?y=1 [] None"#,
        ),
        ("{ toString: () => 'u' }", "GET u [] None"),
        (
            "'u', { method: 'post', body: 'x' }",
            r#"POST u [] Some(Text("x"))"#,
        ),
        (
            "'u', { method: 'PATCH', body: '{\"a\":1}', headers: { 'Content-Type': ' a ', X: 'b' } }",
            r#"PATCH u [("content-type", "a"), ("x", "b")] Some(Map(Map({"a": Int(1)})))"#,
        ),
        (
            "'u', { headers: [['A', '1'], ['a', '2']] }",
            r#"GET u [("a", "1, 2")] None"#,
        ),
        (
            "'u', { method: undefined, headers: undefined, body: null }",
            "GET u [] None",
        ),
    ];
    for (arguments, expected) in rows {
        let source = format!(
            "export async function execute(event, api) {{\n  await api.fetch({arguments}) }}"
        );
        let (_, turn) = start("a.js", &source);
        let [Effect::Fetch(fetch)] = &turn.effects[..] else {
            panic!("{arguments}: {}", show(&turn))
        };
        let shown = format!(
            "{} {} {:?} {:?}",
            fetch.method, fetch.url, fetch.headers, fetch.body
        );
        assert_eq!(shown, expected, "{arguments}");
        assert_eq!(fetch.at, Some((2, 13)));
    }
}

#[test]
fn a_call_that_cannot_be_made_rejects() {
    let rows = [
        ("", "api.fetch takes a URL first"),
        (
            "'u', { body: 'x' }",
            "a GET request has no body; set `method`",
        ),
        (
            "'u', { method: 'POST', body: { a: 1 } }",
            "api.fetch takes its body as text; use JSON.stringify(…)",
        ),
        (
            "'u', { method: 'TRACE' }",
            "`TRACE` is no method that api.fetch can send",
        ),
        (
            "'u', { headers: { 'a b': '1' } }",
            "`a b` is no name of a header",
        ),
        (
            "'u', { headers: { a: '1\\n2' } }",
            "the header `a` has a line break in its value",
        ),
        ("'u', 5", "api.fetch takes its options as an object"),
    ];
    for (arguments, expected) in rows {
        let source = format!("  await api.fetch({arguments})");
        assert_eq!(
            body(&source),
            format!("Error: TypeError: {expected} at 2:13"),
            "{arguments}"
        );
    }
}

#[test]
fn a_response_gives_status_headers_and_body() {
    let rows = [
        (
            "const r = await api.fetch('u'); api.state.set('r', [r.status, r.ok, await r.json()])",
            r#"r=[201,true,{"a":[1]}]; settled"#,
        ),
        (
            "const r = await api.fetch('u'); api.log('info', await r.text())",
            r#"info {"a":[1]}; settled"#,
        ),
        (
            "const { headers } = await api.fetch('u'); api.state.set('h', [headers.get('X-a'), headers.get('no'), headers.has('SET')])",
            r#"h=["1, 2",null,true]; settled"#,
        ),
        (
            "const { headers } = await api.fetch('u'); api.state.set('h', [[...headers], [...headers.keys()], Object.fromEntries(headers.entries())])",
            r#"h=[[["set","c"],["x-a","1, 2"]],["set","x-a"],{"set":"c","x-a":"1, 2"}]; settled"#,
        ),
        (
            "const { headers } = await api.fetch('u'); headers.forEach((v, k) => api.log('info', k + v))",
            "info setc; info x-a1, 2; settled",
        ),
        (
            "const r = await api.fetch('u'); await r.json(); await r.text()",
            "Error: TypeError: the body of this response was read already; keep what it gave at 2:57",
        ),
    ];
    let headers = [("X-A", "1"), ("set", "c"), ("x-a", "2")];
    for (source, expected) in rows {
        assert_eq!(
            answered(source, answer(201, &headers, r#"{"a":[1]}"#)),
            expected,
            "{source}"
        );
    }
    let not_json =
        "const r = await api.fetch('u'); try { await r.json() } catch (e) { api.deny(e.name) }";
    assert_eq!(
        answered(not_json, answer(500, &[], "<html>")),
        "deny SyntaxError; settled"
    );
}

#[test]
fn a_call_without_an_answer_rejects_with_its_code_at_the_call() {
    let rows = [
        (
            "try { await api.fetch('u') } catch (e) { api.log('info', [e instanceof Error, e.name, e.code, e.message].join()) }",
            "webhook_timeout",
            "info true,FetchError,webhook_timeout,no answer; settled",
        ),
        (
            "  await api.fetch('u')",
            "webhook_timeout",
            "Error: FetchError: no answer at 2:13",
        ),
        (
            "  await api.fetch('u')",
            "no_mock",
            "no_mock: FetchError: no answer at 2:13",
        ),
        (
            "  await api.fetch('u')",
            "outbound_denied",
            "outbound_denied: FetchError: no answer at 2:13",
        ),
        (
            "  try { await api.fetch('u') } catch (e) { throw new Error('own ' + e.code) }",
            "no_mock",
            "Error: Error: own no_mock at 2:54",
        ),
        (
            "  api.fetch('u'); await new Promise(() => {})",
            "no_mock",
            "warn unhandled rejection: FetchError: no answer; stuck",
        ),
    ];
    for (source, code, expected) in rows {
        assert_eq!(answered(source, refusal(code)), expected, "{source}");
    }
}

#[test]
fn concurrent_calls_are_all_open_at_once_and_settle_in_any_order() {
    let source = "export async function execute(event, api) {
        const all = await Promise.all(['a', 'b'].map((url) => api.fetch(url)));
        api.log('info', (await Promise.all(all.map((one) => one.text()))).join());
    }";
    let (mut session, turn) = start("a.js", source);
    assert_eq!(show(&turn), "fetch 1 GET a; fetch 2 GET b; waiting");
    assert_eq!(
        show(&session.fetched(2, answer(200, &[], "B"), 0)),
        "waiting"
    );
    assert_eq!(
        show(&session.fetched(7, answer(200, &[], "?"), 0)),
        "waiting"
    );
    assert_eq!(
        show(&session.fetched(1, answer(200, &[], "A"), 0)),
        "info A,B; settled"
    );
}

#[test]
fn sessions_of_one_thread_do_not_see_each_other() {
    let source = "let n = 0; globalThis.seen ??= 0; export async function execute(event, api) { n++; globalThis.seen++; await api.fetch('u'); api.log('info', [n, globalThis.seen].join()) }";
    let (mut one, _) = start("a.js", source);
    let (mut two, _) = start("a.js", source);
    assert_eq!(
        show(&two.fetched(1, answer(200, &[], ""), 0)),
        "info 1,1; settled"
    );
    assert_eq!(
        show(&one.fetched(1, answer(200, &[], ""), 0)),
        "info 1,1; settled"
    );
}
