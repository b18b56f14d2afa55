//! Every run is a fresh one: nothing leaks (ACT-6), and equal runs are equal to the last poll (DET-3).

use super::*;

#[test]
fn nothing_leaks_from_run_to_run() {
    let spoilers = [
        "globalThis.leak = 1",
        "Array.prototype.push = () => 666",
        "Object.prototype.leak = 1",
        "Array.prototype.leak = 1",
        "delete Object.prototype.hasOwnProperty",
        "JSON.stringify = () => 'leak'",
        "Math.max = () => 666",
        "Math.leak = 1",
        "Promise.prototype.then = () => 1",
        "Promise.leak = 1",
        "Date.prototype.leak = 1",
        "Date.now = () => 1",
        "globalThis.Date = null",
        "String.prototype.leak = 1",
        "Function.prototype.leak = 1",
        "(async () => {}).constructor.leak = 1",
        "console.leak = 1; console.log = null",
        "crypto.leak = 1",
        "setTimeout.leak = 1",
        "api.deny.leak = 1",
        "api.fetch.leak = 1",
        "/(leak)/.exec('leak')",
        "Symbol.leak = Symbol.for('leak')",
        "Error.prepareStackTrace = () => 'leak'",
        "Error.stackTraceLimit = 0",
        "Error.leak = 1",
        "Object.setPrototypeOf(Array.prototype, { leak: 1 })",
        "(0, eval)('var leak = 1; let leak2 = 1')",
        "Function('globalThis.leak = 1')()",
        "(function* () {}).constructor.prototype.leak = 1",
        "Promise.resolve().then(() => new Promise(() => {})).then(() => api.log('info', 'leak'))",
        "setTimeout(() => api.log('info', 'leak'), 0)",
        "Reflect.defineProperty(globalThis, 'leak', { value: 1 })",
        "for (let i = 0; i < 3333; i++) ;",
        "Math.random(); crypto.randomUUID()",
        "Object.freeze(Object.prototype); Object.freeze(globalThis)",
        "globalThis.big = 'x'.repeat(20_000_000)",
        "throw new Error('leak')",
        "Array.from({ length: 100_000 }, (_, i) => ({ i }))",
        "api.fetch('u').then(() => api.log('info', 'leak'))",
        "while (true) ;",
        "const a = []; for (;;) a.push(new Array(1000).fill(1))",
        "(function f() { f() })()",
        "new Proxy({}, { get() { throw 1 } }).x",
    ];
    let probe = script("probe.js", "export async function execute(event, api) {
        const names = Object.getOwnPropertyNames;
        const all = [globalThis, Object, Object.prototype, Array.prototype, Function.prototype, String.prototype, Promise, Promise.prototype,
            Date, Date.prototype, Math, JSON, console, crypto, Symbol, Error, setTimeout, api.deny, api.fetch, (async () => {}).constructor, (function* () {}).constructor.prototype];
        api.log('info', all.map((one) => names(one).join()).join('|'));
        api.log('info', [typeof leak, typeof leak2, [].leak, [1].push(2), Math.max(1, 2), JSON.stringify({}), Math.random(), crypto.randomUUID(), RegExp.$1,
            Object.isFrozen(Object.prototype), Object.isFrozen(globalThis), await Promise.resolve(3), Date.now(), new Error('x').stack, Object.getPrototypeOf(Array.prototype) === Object.prototype].join('|'));
        for (let i = 0; i < 9_990; i++) ;
    }");
    let fresh = Session::start(&probe, input()).1;
    assert!(!show(&fresh).contains("leak,"), "{}", show(&fresh));
    for spoiler in spoilers {
        let source = format!("export async function execute(event, api) {{ {spoiler} }}");
        Session::start(&script("spoiler.js", &source), input());
        assert_eq!(Session::start(&probe, input()).1, fresh, "{spoiler}");
    }
}

#[test]
fn a_loop_costs_what_it_counts() {
    let rows = [
        ("", 0),
        // A turn of such a loop is two steps of the counter: its condition and its way back.
        ("for (let i = 0; i < 4_990; i++) ;", 0),
        ("for (let i = 0; i < 5_000_000; i++) ;", 1_000),
        ("let i = 0; for (;;) if (++i > 5_000_000) break;", 1_000),
        ("for (let i = 0; i < 100_000; i++) await null;", 50),
        (
            "const f = () => 1; for (let i = 0; i < 50_000; i++) f();",
            15,
        ),
        (
            "event.user.tags.concat(Array(100_000).fill(0)).map((x) => x + 1)",
            20,
        ),
    ];
    for (source, expected) in rows {
        let source = format!("export async function execute(event, api) {{ {source} }}");
        assert_eq!(start("a.js", &source).1.polls, expected, "{source}");
    }
}

#[test]
fn a_reused_machine_costs_the_same_as_a_fresh_one() {
    for loops in (1..40_000).step_by(1_237) {
        let source = format!(
            "export async function execute(event, api) {{ for (let i = 0; i < {loops}; i++) {{ if (i % 100 === 0) await null; [i].map(String) }} }}"
        );
        let script = script("a.js", &source);
        let here = Session::start(&script, input()).1;
        let there = std::thread::spawn(move || Session::start(&script, input()).1)
            .join()
            .expect("a run");
        assert_eq!(here, there, "{loops}");
    }
}

#[test]
fn polls_are_summed_over_turns() {
    let source = "export async function execute(event, api) { for (let i = 0; i < 25_000; i++) ; await api.fetch('u'); for (let i = 0; i < 25_000; i++) ; }";
    let (mut session, turn) = start("a.js", source);
    assert_eq!(
        (turn.polls, show(&turn)),
        (5, "fetch 1 GET u; waiting".to_owned())
    );
    let answer = Response {
        status: 200,
        headers: Vec::new(),
        body: "".into(),
    };
    assert_eq!(session.fetched(1, Ok(answer), 0).polls, 10);
    assert_eq!(session.woke(1, 0).polls, 10);
}

#[test]
fn what_an_author_patches_works_within_the_run() {
    let rows = [
        (
            "Array.prototype.last = function () { return this.at(-1) }; api.log('info', [1, 2].last())",
            "info 2; settled",
        ),
        ("globalThis.x = 1; api.log('info', x)", "info 1; settled"),
        (
            "const e = new Error('a'); e.message = 'b'; e.toString = () => 'c'; api.log('info', `${e}`)",
            "info c; settled",
        ),
        (
            "const o = {}; o.toString = () => 'x'; o.constructor = 1; api.log('info', `${o}`)",
            "info x; settled",
        ),
        (
            "class A { toString() { return 'A' } } api.log('info', `${new A()}`)",
            "info A; settled",
        ),
    ];
    for (source, expected) in rows {
        assert_eq!(body(source), expected, "{source}");
    }
}
