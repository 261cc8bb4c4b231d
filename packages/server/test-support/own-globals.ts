/**
 * Before each test file of the project "unit", whose files share a process: the library that listens
 * puts lighter ones in the place of the runtime's Request and Response, and nothing puts them back.
 */
const kept = Symbol.for("latchkey.ownGlobals");
const globals = globalThis as { [kept]?: Pick<typeof globalThis, "Request" | "Response"> };

globals[kept] ??= { Request, Response };
Object.assign(globalThis, globals[kept]);
