// Preloaded by the edge test: resolves as a runtime does that has no `node` condition, refuses
// Node's own modules, and takes away the globals that only Node has.
import { registerHooks } from "node:module";

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith("node:")) throw new Error(`${context.parentURL} needs ${specifier}.`);
    const conditions = context.conditions.filter((condition) => condition !== "node");
    return next(specifier, { ...context, conditions });
  },
});
delete globalThis.Buffer;
delete globalThis.process;
delete globalThis.setImmediate;
