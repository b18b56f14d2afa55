export function execute() { return new Proxy({}, { get() { throw 1 } }); }
Promise.reject(new Error("x"));