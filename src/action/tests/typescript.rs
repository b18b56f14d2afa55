//! Types are erased, not checked, and what is left behaves and stands as it did (ACT-11).

use super::*;

/// Runs a TypeScript module whose `execute` logs `result`.
fn result(module: &str) -> String {
    let source = format!(
        "{module}\nexport async function execute(event: unknown, api: any): Promise<void> {{ api.log('info', String(result)) }}"
    );
    show(&start("a.ts", &source).1)
}

#[test]
fn types_vanish() {
    let rows = [
        (
            "interface A { x: string }\ntype B = A | null; const result: number = 1",
            "1",
        ),
        (
            "import type { A } from 'a'; import type B from 'b'; export type { A }; export type * from 'c'; const result = 1 as A as any satisfies B",
            "1",
        ),
        (
            "declare const g: number; declare function f(): void; declare class C {} declare enum E { A } declare module 'm' { export const a: 1 } declare global { interface X {} } const result = typeof g + typeof f + typeof C",
            "undefinedundefinedundefined",
        ),
        (
            "namespace Types { export type A = 1; export interface B {} } const result: Types.A = 1",
            "1",
        ),
        (
            "function id<T extends object = {}>(x: T, y?: string, ...rest: Array<T>): T { return x } const result = id<any>(2)",
            "2",
        ),
        (
            "const f = <T,>(x: T): T => x; const g = async <T>(x: T): Promise<T> => x; const result = f(3)",
            "3",
        ),
        (
            "function over(a: string): string;\nfunction over(a: number): number;\nfunction over(a: any) { return a }\nconst result = over(4)",
            "4",
        ),
        (
            "function self(this: Window, a: number) { return a } const result = self.call(null as any, 5)",
            "5",
        ),
        (
            "function only(this: Window) { return 5 } const result = only.call(null as any)",
            "5",
        ),
        (
            "let x!: number; x = 6; let y = x!; const result = y! + (x!)!",
            "12",
        ),
        (
            "const o: { a?: { b: number } } = { a: { b: 7 } }; const result = o.a!.b + o?.a!['b']",
            "14",
        ),
        ("const result = (<any>8) + <number>0", "8"),
        (
            "const f = (): any => <any>{ a: 9 }; const result = f().a",
            "9",
        ),
        (
            "const result = [1, 2].map((n): number => n).reduce((a: number, b: number) => a + b, 0)",
            "3",
        ),
        ("try { throw 1 } catch (e: unknown) { var result = e }", "1"),
        (
            "function isText(x: unknown): x is string { return typeof x === 'string' } function must(x: any): asserts x is string {} const result = isText('')",
            "true",
        ),
        (
            "type T = `a${string}`; type C<A> = A extends infer U ? U : never; type M = { readonly [K in keyof T]?: T[K] }; declare const s: unique symbol; const result: [a: string, b?: number] = ['x']",
            "x",
        ),
        (
            "const { a, b: [c] }: { a: number, b: number[] } = { a: 1, b: [2] }; const result = a + c",
            "3",
        ),
        (
            "export type { }; export { type X, y as z }; type X = 1; const y = 1; const result = y",
            "1",
        ),
        (
            "const fn = function <T>(this: any, { a }: { a: T }, [b]: T[] = []): T { return a }; const result = fn({ a: 1 })",
            "1",
        ),
        (
            "const s = new Set<string>(['a']); const result = Array.from<string>(s).length",
            "1",
        ),
        (
            "abstract class A { abstract x: number; abstract m(): void; n() { return 1 } } class B extends A { x = 1; m() {} } const result = new B().n()",
            "1",
        ),
        (
            "export abstract class A { static make(): number { return 2 } } const result = A.make()",
            "2",
        ),
        ("const result = ((a?: number, b: string = 'é') => b)()", "é"),
        ("for (const k of ['a'] as string[]) { var result = k }", "a"),
        (
            "const x = { get a(): number { return 1 }, set a(v: number) {}, m<T>(this: any, x?: T): void {}, async *g(): AsyncGenerator<number> {} }; const result = x.a",
            "1",
        ),
        (
            "let f: typeof import('x') | undefined; const result = f",
            "undefined",
        ),
        (
            "const T = 'ok'; { type T = 'é🎉'; var result: T | string = T }",
            "ok",
        ),
    ];
    for (module, expected) in rows {
        assert_eq!(
            result(module),
            format!("info {expected}; settled"),
            "{module}"
        );
    }
}

#[test]
fn classes_keep_their_members() {
    let rows = [
        (
            "class A<T> extends Array<T> implements I, J { private readonly x?: number = 1; y!: string; static z: number = 2; declare w: string; [key: string]: any; public static async s(): Promise<void> {} protected override toString(): string { return 'A' + this.x + ('y' in this) + ('w' in this) } }\nconst result = new A<number>()",
            "A1truefalse",
        ),
        (
            "class A { constructor(private a: number, public readonly b = 2, c?: string) {} sum() { return this.a + this.b } } const result = new A(1).sum()",
            "3",
        ),
        (
            "class B { constructor(x: number) { this.x = x } x; } class A extends B { constructor(public a: number) { super(a); this.a++ } } const result = new A(1).a + new A(1).x",
            "3",
        ),
        (
            "class A { constructor(a: string); constructor(a: any) { this.a = a } a: any } const result = new A('c').a",
            "c",
        ),
        (
            "class A { a = 1\n  private ['b'] = 2\n  public *g() { yield 3 }\n  get: string\n  foo() { return this.a + this.b } }\nconst result = new A().foo()",
            "3",
        ),
        (
            "class A { static #p: number = 1; static { this.#p = 2 } static get(): number { return this.#p } m?(): void {} readonly = 1; abstract = 2; public = 3 } const result = A.get() + new A().readonly + new A().abstract",
            "5",
        ),
        (
            "class A /* implements X */ implements Y { a = 1 } const result = new A().a",
            "1",
        ),
        (
            "class A<T = string> { constructor(private readonly items: T[] = []) {} get n() { return this.items.length } } const result = new A([1]).n",
            "1",
        ),
        (
            "class A { a?: number\n b\n c: string = 'c' } const result = Object.keys(new A()).join()",
            "a,b,c",
        ),
    ];
    for (module, expected) in rows {
        assert_eq!(
            result(module),
            format!("info {expected}; settled"),
            "{module}"
        );
    }
}

#[test]
fn enums_become_objects() {
    let rows = [
        (
            "enum E { A, B, C = 10, D }\nconst result = [E.A, E.B, E.C, E.D, E[0], E[11]].join()",
            "0,1,10,11,A,D",
        ),
        (
            "enum E { A = 'a', B = 'b' } const result = [E.A, E.B, Object.keys(E)].join()",
            "a,b,A,B",
        ),
        (
            "const enum E { A = 1 << 2, B = A | 1, C = E.B * 2, D = 'x'.length, } const result = [E.A, E.B, E.C, E.D, E[5]].join()",
            "4,5,10,1,B",
        ),
        (
            "export enum E {\n  'a-b' = 1,\n  default, // b\n  E\n}\nconst result = [E['a-b'], E.default, E.E, E[1]].join()",
            "1,2,3,a-b",
        ),
        (
            "enum E { A = 'x', B = A } const result = E.B + Object.keys(E)",
            "xA,B",
        ),
        (
            "enum E { A } enum E { B = 1 } const result = [E.A, E.B].join()",
            "0,1",
        ),
        (
            "function f() { enum L { A = (1 as number), B = <number>A + 1 } return L.B } const result = f()",
            "2",
        ),
        ("enum E {} const result = Object.keys(E).length", "0"),
    ];
    for (module, expected) in rows {
        assert_eq!(
            result(module),
            format!("info {expected}; settled"),
            "{module}"
        );
    }
}

#[test]
fn an_erased_type_neither_ends_nor_joins_a_line() {
    let rows = [
        (
            "const f = (x: number):\n  number => x + 1; const result = f(1)",
            "2",
        ),
        (
            "const f = async <\n  T\n>(x: T) => x; const result = typeof f",
            "function",
        ),
        (
            "function f() { return <\n  any\n>'x' } const result = f()",
            "x",
        ),
        (
            "function f() { return <\n  T\n>(x: T) => x } const result = f()(1)",
            "1",
        ),
        (
            "let n = 1; let a = n as\n  any\n;[n] = [2]; const result = a + n",
            "3",
        ),
        (
            "let n = 1\nlet a = n as any\n[n] = [2]\nconst result = a + n",
            "3",
        ),
        (
            "const f = (x: any) => x; let a = f as any\n(f as any)(1)\nconst result = a === f",
            "true",
        ),
        ("let a = 1 as number\n+1\nconst result = a", "2"),
        (
            "let a = 1\ntype X = string\n;(a as any)\nconst result = a",
            "1",
        ),
        (
            "let a = 1\ninterface X {}\n(a as any)\nconst result = a",
            "1",
        ),
        ("let x: string\n[x] = ['a']\nconst result = x", "a"),
        ("let a = (1 as any) as number\n;`x`\nconst result = a", "1"),
    ];
    for (module, expected) in rows {
        assert_eq!(
            result(module),
            format!("info {expected}; settled"),
            "{module}"
        );
    }
}

#[test]
fn places_are_those_of_the_file_as_written() {
    let rows = [
        (
            "type é = 'ü🎉'; const x: 'ß' = null as any; x.foo;",
            (1, 44),
        ),
        (
            "interface A {\n  é: string\n}\nconst a = <A><unknown>undefined; a.é",
            (4, 34),
        ),
        (
            "class A { constructor(private a: number) { null!.foo } }\nnew A(1)",
            (1, 43),
        ),
        ("enum E {\n  A,\n  B = missing,\n}", (3, 7)),
        (
            "const f = <T,>(x: T): never => { throw new Error('x') }\nf<string>('é')",
            (1, 44),
        ),
    ];
    for (module, expected) in rows {
        let source = format!("{module}\nexport function execute() {{}}");
        let TurnState::Failed(failure) = start("a.ts", &source).1.state else {
            panic!("{module} does not fail")
        };
        assert_eq!(failure.at, Some(expected), "{module}: {}", failure.message);
    }
}
