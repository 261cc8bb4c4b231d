// `npm start`: makes the checkout ready, then runs the development server.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "./lib/places.js";
import { runMain } from "./lib/problem.js";
import { runtimeEnvironment, sourceCondition } from "./lib/runtime.js";
import { setUp } from "./lib/set-up.js";

await runMain(async () => {
  const runtime = await setUp({ demo: true });
  const main = join(root, "packages/server/src/cli/main.ts");
  const args = [sourceCondition, main, "dev", ...process.argv.slice(2)];
  const server = spawn(runtime, args, { stdio: "inherit", env: runtimeEnvironment(runtime) });
  process.on("SIGTERM", () => server.kill("SIGTERM"));
  // A terminal's Ctrl-C reaches the server by itself; a second one would mean "stop at once".
  process.on("SIGINT", () => process.stdin.isTTY || server.kill("SIGINT"));
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.on("close", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 143)));
  });
});
