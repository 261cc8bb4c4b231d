// `npm run build`: what is published, from its sources: dist/ of every package, the demo page, the dashboard.
import { join } from "node:path";
import { arePagesBuilt, buildPages } from "./lib/pages.js";
import { root } from "./lib/places.js";
import { runMain } from "./lib/problem.js";
import { run } from "./lib/processes.js";
import { runtimeEnvironment } from "./lib/runtime.js";
import { setUp } from "./lib/set-up.js";

await runMain(async () => {
  const runtime = await setUp({ pages: false });
  if (!arePagesBuilt(root)) await buildPages(root, runtime);
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { code } = await run(runtime, [tsc, "-b"], { cwd: root, env: runtimeEnvironment(runtime) });
  return code;
});
