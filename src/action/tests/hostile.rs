//! Nothing an action does crashes, hangs or exhausts the process.

use super::*;

fn kind(source: &str) -> String {
    let source = format!("export async function execute(event, api) {{ {source} }}");
    let (_, turn) = start("a.js", &source);
    match turn.state {
        TurnState::Failed(failure) => format!("{:?}", failure.kind),
        other => format!("{other:?}"),
    }
}

#[test]
fn endless_work_is_stopped_at_exactly_the_compute_limit() {
    let rows = [
        "while (true) ;",
        "await null; while (true) ;",
        "try { while (true) ; } catch {} finally { while (true) ; }",
        "for (;;) await null",
        "try { while (true) ; } catch { return 1 }",
        "/^(a+)+$/.test('a'.repeat(40) + 'b')",
        "/(a*)*\\1b/.test('a'.repeat(40))",
        "for (;;) { try { await Promise.reject(1) } catch {} }",
        "[].includes.call({ length: 2 ** 53 - 1 }, 1)",
        "const t = Date.now() + 5; while (Date.now() < t) ;",
        "new Promise(function f(r) { Promise.resolve().then(() => f(r)) }); await new Promise(() => {})",
        "[1, 2, 3].sort(() => { for (;;) ; })",
        "JSON.parse('[1]', () => { for (;;) ; })",
        "`${{ toString() { for (;;) ; } }}`",
        "api.state.set('x', { get a() { for (;;) ; } })",
        "api.state.set('x', new Proxy({}, { ownKeys() { for (;;) ; } }))",
        "console.log({ get a() { for (;;) ; } })",
        "throw { get a() { for (;;) ; } }",
    ];
    for source in rows {
        let whole = format!("export async function execute(event, api) {{ {source} }}");
        let script = script("a.js", &whole);
        let mut input = input();
        input.limits.compute_ms = 20;
        let turn = Session::start(&script, input).1;
        let TurnState::Failed(failure) = &turn.state else {
            panic!("{source}: {turn:?}")
        };
        assert_eq!(
            (&failure.kind, turn.polls),
            (&FailureKind::Compute, 100),
            "{source}"
        );
    }
}

#[test]
fn memory_is_bounded() {
    let rows = [
        "const a = []; for (;;) a.push(new Array(1000).fill(1))",
        "let s = 'x'; for (;;) s += s + Math.random()",
        "const m = new Map(); for (let i = 0; ; i++) m.set(i, {})",
        "'x'.repeat(2 ** 26)",
        "new Uint8Array(2 ** 26)",
        "new ArrayBuffer(2 ** 26)",
        "for (;;) { try { new Uint8Array(2 ** 26) } catch {} }",
        "const s = 'x'.repeat(2 ** 20); for (;;) api.log('info', s)",
        "const s = 'x'.repeat(2 ** 20); for (;;) api.state.set('k', s)",
        "const a = Array(1000).fill(0); for (;;) api.state.set('k', a)",
        "for (;;) setTimeout(() => {})",
        "for (;;) api.fetch('u')",
        "for (;;) api.session.setCustomClaim('a', 1)",
        "const a = []; a.length = 2 ** 32 - 1; console.log(a)",
        "let o = {}; for (let i = 0; i < 1e7; i++) o = { o }",
        "Array.from({ length: 1e9 })",
        "let b = 1n; for (;;) b = b << 10000n | b",
        "for (;;) Promise.reject(new Error('x'))",
    ];
    for source in rows {
        let found = kind(source);
        assert!(found == "Memory" || found == "Error", "{source}: {found}");
        assert_eq!(kind(""), "Settled", "after {source}");
    }
}

#[test]
fn every_size_of_heap_ends_cleanly() {
    let script = script(
        "a.js",
        "export async function execute(event, api) { const all = []; for (let i = 0; i < 300; i++) { all.push({ i, s: 'x'.repeat(i) }); await null; try { JSON.parse(JSON.stringify(all)) } catch (e) { api.log('info', String(e)) } } api.state.set('all', all) }",
    );
    for heap_bytes in (0..1 << 20).step_by(79_193) {
        let mut input = input();
        input.limits.heap_bytes = heap_bytes;
        let turn = Session::start(&script, input.clone()).1;
        assert_eq!(turn, Session::start(&script, input).1, "{heap_bytes}");
        let ended = matches!(
            &turn.state,
            TurnState::Settled
                | TurnState::Failed(Failure {
                    kind: FailureKind::Memory,
                    ..
                })
        );
        assert!(ended, "{heap_bytes}: {:?}", turn.state);
    }
}

#[test]
fn endless_depth_is_stopped() {
    let rows = [
        ("(function f() { f() })()", "Stack"),
        ("const f = async () => { await f() }; await f()", "Stack"),
        ("try { (function f() { f() })() } catch {}", "Settled"),
        ("JSON.parse('['.repeat(100000))", "Stack"),
        (
            "let o = []; for (let i = 0; i < 1e5; i++) o = [o]; JSON.stringify(o)",
            "Stack",
        ),
        (
            "let o = []; for (let i = 0; i < 1e5; i++) o = [o]; console.log(o)",
            "Settled",
        ),
        (
            "let o = {}; for (let i = 0; i < 1e5; i++) o = new Proxy(o, {}); o.x",
            "Stack",
        ),
        ("new Function('('.repeat(1e5))", "Stack"),
        (
            "class A { get a() { return this.a } } console.log({ ...new A(), b: new A().a })",
            "Stack",
        ),
        (
            "api.state.set('k', { get a() { return (function f() { f() })() } })",
            "Stack",
        ),
        (
            "const o = { toString() { return `${o}` } }; api.deny(o)",
            "Stack",
        ),
        ("new RegExp('('.repeat(1e5))", "Error"),
    ];
    for (source, expected) in rows {
        assert_eq!(kind(source), expected, "{source}");
    }
}

#[test]
fn proxies_and_getters_that_throw_are_ordinary_errors() {
    let rows = [
        "api.state.set('k', { get a() { throw new Error('g') } })",
        "api.deny({ toString() { throw new Error('g') } })",
        "api.deny(Symbol())",
        "api.log('info', { get a() { throw new Error('g') } })",
        "await api.fetch('u', { get method() { throw new Error('g') } })",
        "await api.fetch('u', new Proxy({}, { get() { throw 1 } }))",
        "api.user.setAppMetadata(new Proxy({}, { ownKeys() { throw 1 } }))",
        "setTimeout(() => 1, { valueOf() { throw 1 } })",
        "throw new Proxy({}, { get() { throw 1 }, ownKeys() { throw 1 } })",
        "const e = new Error('x'); Object.defineProperty(e, 'message', { get() { throw 1 } }); throw e",
        "const e = new Error('x'); Object.defineProperty(e, 'stack', { get() { throw 1 } }); throw e",
        "new Date({ valueOf() { throw 1 } })",
        "api.state.set('k', Object.create(null, { a: { enumerable: true, get() { throw 1 } } }))",
    ];
    for source in rows {
        assert_eq!(kind(source), "Error", "{source}");
    }
}

#[test]
fn hostile_sources_are_refused_or_run_but_never_crash() {
    let many = 4_000;
    let rows = [
        "(".repeat(many),
        "[".repeat(many),
        "{".repeat(many),
        "!".repeat(many),
        "a=>".repeat(many),
        "-+".repeat(many),
        "`${".repeat(many),
        "a?".repeat(many),
        "new ".repeat(many),
        "if(a)".repeat(many),
        "x=".repeat(many),
        "class{".repeat(many),
        "<".repeat(many),
        "let a: ".to_owned() + &"A<".repeat(many),
        "let a: ".to_owned() + &"[".repeat(many),
        "a+".repeat(many) + "a",
        "a.".repeat(many) + "a",
        "f(".repeat(many),
        "async ".repeat(many),
        "\u{0}".to_owned(),
        "\u{2028}".repeat(9),
        "/*".to_owned(),
        "'".to_owned(),
        "type A = ".to_owned() + &"keyof ".repeat(many) + "A",
        "a as ".repeat(many) + "a",
        "a!".repeat(many),
        "enum A {".repeat(many),
    ];
    for source in rows {
        for name in ["a.js", "a.ts"] {
            let whole = format!("{source}\nexport function execute() {{}}");
            let _ = Script::compile(&SourceFile::new(name, whole));
            let whole = format!("export function execute() {{}}\n{source}");
            let _ = Script::compile(&SourceFile::new(name, whole));
        }
    }
}
