//! What an action may do and see.

use super::*;

#[test]
fn the_doors_of_api_become_effects() {
    let rows = [
        ("api.deny('a'); api.deny('b')", "deny a; settled"),
        ("api.deny()", "deny denied; settled"),
        ("api.deny('')", "deny denied; settled"),
        ("api.access.deny('a')", "deny a; settled"),
        ("api.deny('a'); throw 1", "deny a; Error: 1"),
        (
            "api.state.set('k', [1, 1.5, 2**53, 2**60, -0, 'é', null, true])",
            r#"k=[1,1.5,9007199254740992,1.152921504606847e+18,0,"é",null,true]; settled"#,
        ),
        (
            "api.state.set('k', { b: 1, a: { c: [] } })",
            r#"k={"b":1,"a":{"c":[]}}; settled"#,
        ),
        (
            "api.state.set('k', event)",
            r#"k={"user":{"email":"ada@example.com","tags":["a"]},"n":1.5}; settled"#,
        ),
        (
            "api.state.set('k', new (class { x = 1; m() {} })())",
            r#"k={"x":1}; settled"#,
        ),
        (
            "const o = {}; api.state.set('k', [o, o])",
            "k=[{},{}]; settled",
        ),
        (
            "api.state.set('k', new Proxy({ a: 1 }, {}))",
            r#"k={"a":1}; settled"#,
        ),
        (
            "api.state.set('__proto__', JSON.parse('{\"__proto__\": 1}'))",
            r#"__proto__={"__proto__":1}; settled"#,
        ),
        (
            "api.log('warn', 'm', { a: 1 })",
            r#"warn m {"a":1}; settled"#,
        ),
        (
            "api.log('info', 'm', [undefined, () => 1, new Date(0), 1n, Symbol('s'), NaN, new Map(), /x/g, new Error('e')])",
            r#"info m [null,"[function]","1970-01-01T00:00:00.000Z","1n","[symbol]","NaN","[Map]","/x/g","Error: e"]; settled"#,
        ),
        (
            "const o = {}; o.o = o; console.log(o, 'a', 1, undefined)",
            r#"info {"o":"[cycle]"} a 1 undefined; settled"#,
        ),
        (
            "console.debug('a'); console.info('b'); console.warn('c'); console.error(new TypeError('d'))",
            "debug a; info b; warn c; error TypeError: d; settled",
        ),
        (
            "api.user.setAppMetadata({ tier: 'gold' })",
            r#"metadata {"tier":"gold"}; settled"#,
        ),
        (
            "api.session.setCustomClaim('role', 'admin')",
            r#"claim role="admin"; settled"#,
        ),
        (
            "api.accessToken.setCustomClaim('n', 1)",
            "claim n=1; settled",
        ),
        (
            "api.log('info', api.secrets.get('token'))",
            "info s3cret; settled",
        ),
        (
            "api.log('info', api.config.domains[0])",
            "info example.com; settled",
        ),
        (
            "api.log('info', context.step === step && context.session === session && context.custom === custom)",
            "info true; settled",
        ),
        (
            "api.log('info', step['risk-evaluate'].score)",
            "info 42; settled",
        ),
    ];
    for (source, expected) in rows {
        assert_eq!(body(source), expected, "{source}");
    }
}

#[test]
fn what_is_not_json_is_refused_at_the_call() {
    let rows = [
        ("() => 1", "it is a function; pass what it returns"),
        (
            "{ a: { b: [1, () => 1] } }",
            "`a.b[1]` is a function; pass what it returns",
        ),
        ("new Date()", "it is a Date; use toISOString() or getTime()"),
        ("{ n: 1n }", "`n` is a BigInt; use Number(…) or String(…)"),
        ("[Symbol()]", "`[0]` is a symbol; use text"),
        ("undefined", "it is undefined; write null or leave it out"),
        ("[, 1]", "`[0]` is undefined; write null or leave it out"),
        ("NaN", "it is NaN or Infinity; use null or a number"),
        (
            "(() => { const o = {}; o.o = [o]; return o })()",
            "`o[0]` is a cycle; pass only the part that is needed",
        ),
        ("new Map()", "it is a Map; use Object.fromEntries(…)"),
        ("Promise.resolve(1)", "it is a promise; await it"),
        ("new Uint8Array(2)", "it is binary data; use Array.from(…)"),
    ];
    for (value, expected) in rows {
        let source = format!(
            "try {{ api.state.set('k', {value}) }} catch (e) {{ api.log('info', e.name + e.message) }}"
        );
        let expected =
            format!("info TypeErrorapi.state.set takes JSON only, but {expected}; settled");
        assert_eq!(body(&source), expected, "{value}");
    }
    let deep = "let o = 1; for (let i = 0; i < 200; i++) o = [o]; try { api.state.set('k', o) } catch (e) { api.deny(e.name) }";
    assert_eq!(body(deep), "deny TypeError; settled");
}

#[test]
fn wrong_arguments_throw_a_type_error() {
    let rows = [
        "api.state.set('', 1)",
        "api.state.set(1, 1)",
        "api.log('loud', 'x')",
        "api.log()",
        "api.user.setAppMetadata([1])",
        "api.user.setAppMetadata('x')",
        "api.session.setCustomClaim('', 1)",
        "setTimeout('x', 1)",
        "crypto.getRandomValues([1])",
        "crypto.getRandomValues(new Float64Array(1))",
    ];
    for source in rows {
        let caught = format!("try {{ {source} }} catch (e) {{ api.deny(e.name) }}");
        assert_eq!(body(&caught), "deny TypeError; settled", "{source}");
    }
}

#[test]
fn inputs_are_frozen_all_the_way_down() {
    let rows = [
        "event.x = 1",
        "event.user.email = 1",
        "delete event.user",
        "event.user.tags.push(1)",
        "event.user.tags[0] = 1",
        "step.x = 1",
        "step['risk-evaluate'].score = 1",
        "custom.x = 1",
        "session.id = 1",
        "context.step = 1",
        "api.x = 1",
        "api.deny = 1",
        "api.state.set = 1",
        "api.config = 1",
        "api.config.domains.length = 0",
        "globalThis.step = 1",
        "step = 1",
        "Object.setPrototypeOf(event, null)",
    ];
    for source in rows {
        let caught = format!("try {{ {source} }} catch (e) {{ api.deny(e.name) }}");
        assert_eq!(body(&caught), "deny TypeError; settled", "{source}");
    }
}

#[test]
fn the_clock_stands_still_until_something_wakes_the_action() {
    let source = "export async function execute(event, api) {
        const show = () => [Date.now(), +new Date(), new Date().toISOString(), Date().slice(0, 24)].join(' ');
        api.log('info', show());
        const t = Date.now(); for (let i = 0; i < 1000; i++) if (Date.now() !== t) throw 1;
        await new Promise((done) => setTimeout(done, 1500.7, 'a'));
        api.log('info', show());
        api.log('info', [new Date(0) instanceof Date, new Date(2020, 0, 2, 3).toISOString(), new Date('2020-01-01').getTime(),
            Date.UTC(2020, 0), Date.parse('1970-01-01T00:00:01Z'), new (class extends Date {})(5).getTime(), new Date(0).constructor === Date,
            Date.length, Date.name, new Date(0).getTimezoneOffset()].join(' '));
    }";
    let (mut session, turn) = start("a.js", source);
    let first = "info 1700000000000 1700000000000 2023-11-14T22:13:20.000Z Tue Nov 14 2023 22:13:20; timer 1 1500; waiting";
    assert_eq!(show(&turn), first);
    let second = "info 1700000001500 1700000001500 2023-11-14T22:13:21.500Z Tue Nov 14 2023 22:13:21; \
        info true 2020-01-02T03:00:00.000Z 1577836800000 1577836800000 1000 5 true 7 Date 0; settled";
    assert_eq!(show(&session.woke(1, 1_700_000_001_500)), second);
}

#[test]
fn timers_fire_with_their_arguments_and_can_be_cancelled() {
    let source = "export async function execute(event, api) {
        const gone = setTimeout(() => api.deny('gone'), 10); clearTimeout(gone); clearTimeout(gone); clearTimeout('x');
        await new Promise((done) => setTimeout((a, b) => { api.log('info', a + b); done() }, -5, 1, 2));
        setTimeout(() => { throw new Error('stray') });
        await new Promise((done) => setTimeout(done, Infinity));
    }";
    let (mut session, turn) = start("a.js", source);
    assert_eq!(show(&turn), "timer 1 10; cancel 1; timer 2 0; waiting");
    assert_eq!(
        show(&session.woke(2, 0)),
        "info 3; timer 3 0; timer 4 2147483647; waiting"
    );
    assert_eq!(show(&session.woke(3, 0)), "waiting");
    assert_eq!(show(&session.woke(9, 0)), "waiting");
    assert_eq!(
        show(&session.woke(4, 0)),
        "warn unhandled rejection: Error: stray; settled"
    );
}

#[test]
fn chance_comes_from_the_seed() {
    let source = "export function execute(event, api) { api.log('info', [Math.random(), crypto.randomUUID(), crypto.getRandomValues(new Uint8Array(4)).join(), crypto.getRandomValues(new Uint16Array(new ArrayBuffer(8), 2, 2)).join()].join(' ')) }";
    let script = script("a.js", source);
    let run = |stream| show(&Session::start(&script, Input { stream, ..input() }).1);
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}

#[test]
fn absent_things_are_absent() {
    let names = "WeakRef FinalizationRegistry performance SharedArrayBuffer Atomics setInterval fetch process require Deno navigator print scriptArgs std os";
    for name in names.split(' ') {
        assert_eq!(
            body(&format!("api.log('info', typeof {name})")),
            "info undefined; settled",
            "{name}"
        );
    }
}

#[test]
fn lines_of_log_over_the_limit_are_dropped_and_counted() {
    let script = script(
        "a.js",
        "export function execute(e, api) { for (let i = 0; i < 5; i++) api.log('info', i); console.log(1) }",
    );
    let mut input = input();
    input.limits.log_lines = 2;
    assert_eq!(
        show(&Session::start(&script, input).1),
        "info 0; info 1; dropped 4; settled"
    );
}
