interface Api { state: { set(k: string, v: unknown): void }; deny(reason?: string): void; fetch(u: string): Promise<any> }
enum Level { Low = 1, High = "x".length }
abstract class Base<T extends object = {}> { constructor(public readonly a: T, private b?: number) {} abstract run(): void; get x(): number { return this.b ?? 0; } }
export async function execute(event: any, api: Api, context: { step: any }): Promise<void> {
  const f = <T,>(x: T): x is NonNullable<T> => x !== null;
  const s = `a${event.user.email!}b${(api as any)?.none?.[0] satisfies unknown}`;
  for await (const x of [1, 2, 3] as const) { if (f(x)) api.state.set('x' + x, { s, level: Level.High }); }
  let r = /[/\]]+/giu.test(s) ? 1 : 2;
  label: while (true) { break label; }
  if (r > 5) api.deny('no');
}
