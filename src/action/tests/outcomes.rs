//! How an action ends, and what the file must be.

use super::*;

#[test]
fn every_way_of_exporting_execute_works() {
    let rows = [
        (
            "export async function execute(event, api) { api.deny('x') }",
            "deny x; settled",
        ),
        (
            "export function execute(event, api) { api.deny('x') }",
            "deny x; settled",
        ),
        (
            "export const execute = async (event, api) => { api.deny('x') }",
            "deny x; settled",
        ),
        (
            "const f = (event, api) => api.deny('x'); export { f as execute }",
            "deny x; settled",
        ),
        (
            "const f = (event, api) => api.deny('x'); export { f as 'execute' }",
            "deny x; settled",
        ),
        (
            "export const { execute } = { execute(e, api) { api.deny('x') } }",
            "deny x; settled",
        ),
        (
            "await null; export function execute(e, api) { api.deny('x') }",
            "deny x; settled",
        ),
        (
            "export function execute(e, api) { return { then(f) { api.deny('x'); f() } } }",
            "deny x; settled",
        ),
        (
            "export const execute = 5",
            "Error: TypeError: `execute` is not a function",
        ),
        (
            "export function execute() { return { then() {} } }",
            "stuck",
        ),
        (
            "await new Promise(() => {}); export function execute() {}",
            "stuck",
        ),
        (
            "throw new Error('early'); export function execute() {}",
            "Error: Error: early at 1:11",
        ),
        (
            "await null;\nawait Promise.reject(new TypeError('x')); export function execute() {}",
            "Error: TypeError: x at 2:26",
        ),
        ("export function execute() { throw 'text' }", "Error: text"),
        (
            "export function execute() { throw { a: [1] } }",
            r#"Error: {"a":[1]}"#,
        ),
        (
            "export function execute() { throw undefined }",
            "Error: undefined",
        ),
        ("export function execute() { throw null }", "Error: null"),
        (
            "export async function execute() { await new Promise(() => {}) }",
            "stuck",
        ),
        (
            "export async function execute() { setTimeout(() => {}, 5); await new Promise(() => {}) }",
            "timer 1 5; waiting",
        ),
    ];
    for (source, expected) in rows {
        assert_eq!(show(&start("a.js", source).1), expected, "{source}");
    }
}

#[test]
fn what_is_no_action_is_an_error_of_the_file_with_its_place() {
    let rows = [
        (
            "a.js",
            "export function run() {}",
            "1:1 the action does not export `execute`",
        ),
        (
            "a.js",
            "export default function execute() {}",
            "1:1 the action does not export `execute`",
        ),
        (
            "a.ts",
            "export declare function execute(): void;",
            "1:1 the action does not export `execute`",
        ),
        (
            "a.ts",
            "type T = 1; export type { T as execute }",
            "1:1 the action does not export `execute`",
        ),
        (
            "a.js",
            "import fs from 'fs';\nexport function execute() {}",
            "1:1 `import` is not available in actions",
        ),
        (
            "a.ts",
            "import { type A } from 'a';\nexport function execute() {}",
            "1:1 `import` is not available in actions",
        ),
        (
            "a.js",
            "import 'a';\nexport function execute() {}",
            "1:1 `import` is not available in actions",
        ),
        (
            "a.js",
            "export * from 'a';\nexport function execute() {}",
            "1:1 `export * from` is not available in actions",
        ),
        (
            "a.js",
            "export { a } from 'a';\nexport function execute() {}",
            "1:1 `export … from` is not available in actions",
        ),
        (
            "a.js",
            "export async function execute() {\n  await import('x') }",
            "2:9 `import()` is not available in actions",
        ),
        (
            "a.ts",
            "import x = require('x');\nexport function execute() {}",
            "1:1 `import x = …` is not available in actions",
        ),
        (
            "a.ts",
            "@sealed class A {}\nexport function execute() {}",
            "1:1 decorators are not available in actions",
        ),
        (
            "a.ts",
            "class A { @sealed m() {} }\nexport function execute() {}",
            "1:11 decorators are not available in actions",
        ),
        (
            "a.ts",
            "namespace N { export const x = 1 }\nexport function execute() {}",
            "1:1 a namespace with values cannot be erased",
        ),
        (
            "a.js",
            "export function execute() { let x = ; }",
            "1:37 syntax error: unexpected token",
        ),
        (
            "a.js",
            "export function execute(a: string) {}",
            "1:26 syntax error: expected `,` or `)` but found `:`",
        ),
        (
            "a.js",
            "export function execute() {\n  return /(/.test('a');\n}",
            "2:11 syntax error: invalid regular expression: Unterminated capturing group",
        ),
        (
            "a.js",
            "export function execute() {\n  let é = 1; let é = 2;\n}",
            "2:20 syntax error: invalid redefinition of lexical identifier",
        ),
    ];
    for (name, source, expected) in rows {
        let file = SourceFile::new(name, source);
        let errors = Script::compile(&file).expect_err(source);
        let (line, column) = file.line_column(errors[0].range.start);
        assert_eq!(
            format!("{line}:{column} {}", errors[0].message),
            expected,
            "{source}"
        );
    }
}

#[test]
fn errors_are_placed_where_they_were_made() {
    let rows = [
        ("  throw new Error('x')", "Error: Error: x at 2:13"),
        (
            "  const é = 'ü'; null.foo",
            "Error: TypeError: cannot read property 'foo' of null at 2:18",
        ),
        (
            "  const make = () => new Error('x');\n  const e = make();\n  throw e",
            "Error: Error: x at 2:26",
        ),
        (
            "  await null;\n  missing()",
            "Error: ReferenceError: missing is not defined at 3:3",
        ),
        (
            "  api.state.set('', 1)",
            "Error: TypeError: api.state.set takes a key first: text that is not empty at 2:13",
        ),
        (
            "  api.secrets.get('x')",
            "Error: Error: secret `x` is not declared; add it to `secrets` of the action at 2:15",
        ),
        (
            "  [1].map(() => { throw new RangeError('x') })",
            "Error: RangeError: x at 2:29",
        ),
        (
            "  class Mine extends Error {}\n  throw new Mine('x')",
            "Error: Error: x at 3:13",
        ),
        (
            "  const e = new Error('x'); e.name = 'Own'; throw e",
            "Error: Own: x at 2:17",
        ),
        (
            "  const e = new Error('x'); e.stack = 'at (a.js:9)'; throw e",
            "Error: Error: x",
        ),
        (
            "  throw new Error(\n    'a' + event.n\n  )",
            "Error: Error: a1.5 at 2:13",
        ),
        (
            "  throw new Error(\n    'a' + event.x.y\n  )",
            "Error: TypeError: cannot read property 'y' of undefined at 3:11",
        ),
        (
            "  api.state.set(\n    'k',\n    [event, () => 1]\n  )",
            "Error: TypeError: api.state.set takes JSON only, but `[1]` is a function; pass what it returns at 2:13",
        ),
        (
            "  JSON.parse('{')",
            "Error: SyntaxError: Expected property name or '}' in JSON at position 1 (line 1 column 2) at 2:8",
        ),
    ];
    for (source, expected) in rows {
        assert_eq!(body(source), expected, "{source}");
    }
}

#[test]
fn a_settled_action_drops_what_is_pending_and_logs_what_nobody_handled() {
    let rows = [
        (
            "Promise.reject(new Error('lost'));",
            "warn unhandled rejection: Error: lost; settled",
        ),
        ("Promise.reject(1).catch(() => {});", "settled"),
        (
            "const p = Promise.reject(1); await null; p.catch(() => {});",
            "settled",
        ),
        (
            "Promise.resolve().then(() => {}).then(() => {}).then(() => {}).then(() => api.deny('late'));",
            "settled",
        ),
        (
            "setTimeout(() => api.deny('late'), 1);",
            "timer 1 1; settled",
        ),
        (
            "queueMicrotask(() => { throw new Error('stray') }); await null; await null;",
            "warn unhandled rejection: Error: stray; settled",
        ),
        (
            "api.fetch('https://a.example');",
            "fetch 1 GET https://a.example; settled",
        ),
        (
            "Promise.reject(new Error('lost')); throw new Error('own')",
            "warn unhandled rejection: Error: lost; Error: Error: own at 2:46",
        ),
    ];
    for (source, expected) in rows {
        assert_eq!(body(source), expected, "{source}");
    }
}

#[test]
fn a_dead_session_says_only_how_it_ended() {
    let (mut session, turn) = start("a.js", "export function execute(e, api) { api.deny('x') }");
    assert_eq!(show(&turn), "deny x; settled");
    assert_eq!(show(&session.woke(1, 5)), "settled");
}

#[test]
fn crlf_and_a_byte_order_mark_do_not_move_places() {
    let source = "\u{feff}// é\r\nexport function execute() {\r\n  throw new Error('x')\r\n}";
    for name in ["a.js", "a.ts"] {
        assert_eq!(
            show(&start(name, source).1),
            "Error: Error: x at 3:13",
            "{name}"
        );
    }
}

#[test]
fn reads_that_spell_a_slug_as_a_subtraction_are_found() {
    let rows = [
        ("step.risk-evaluate.score", "step['risk-evaluate'].score"),
        (
            "step.risk-evaluate.score > 30",
            "step['risk-evaluate'].score",
        ),
        ("1 + step.risk-evaluate", "step['risk-evaluate']"),
        (
            "context.step.risk-evaluate.a.b",
            "context.step['risk-evaluate'].a.b",
        ),
        ("custom.one-two-three.x", "custom['one-two-three'].x"),
        ("step.risk - evaluate.score", ""),
        ("step.risk-evaluated.score", ""),
        ("other.risk-evaluate.score", ""),
    ];
    for (read, expected) in rows {
        let source = format!("export function execute() {{ return {read} }}");
        for name in ["a.js", "a.ts"] {
            let found = script(name, &source).hyphenated_reads(&[
                "risk-evaluate",
                "one-two",
                "one-two-three",
            ]);
            let found = found.first().map_or("", |(_, spelling)| spelling);
            assert_eq!(found, expected, "{read}");
        }
    }
}
