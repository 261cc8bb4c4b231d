// `npm run bench`: makes the checkout ready, then runs the benchmarks. Arguments are passed on.
import { join } from "node:path";
import { root } from "./lib/places.js";
import { runMain } from "./lib/problem.js";
import { run } from "./lib/processes.js";
import { runtimeEnvironment, sourceCondition } from "./lib/runtime.js";
import { setUp } from "./lib/set-up.js";

await runMain(async () => {
  const runtime = await setUp({ pages: false });
  const main = join(root, "benchmarks/run.ts");
  const { code } = await run(runtime, [sourceCondition, main, ...process.argv.slice(2)], {
    cwd: root,
    env: runtimeEnvironment(runtime),
  });
  return code;
});
