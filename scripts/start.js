// `npm start`: makes the checkout ready, then runs the development server.
//
// In package.json the command begins with `exec`, so that a signal to npm arrives here: npm passes
// it to its shell, and a shell that waits for a command does not pass it on.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "./lib/places.js";
import { runMain } from "./lib/problem.js";
import { runtimeEnvironment, sourceCondition } from "./lib/runtime.js";
import { setUp } from "./lib/set-up.js";

await runMain(async () => {
  const runtime = await setUp({ pages: true });
  const main = join(root, "packages/server/src/cli/main.ts");
  // Starting fills whatever room the young generation may take, and an idle server never gives it
  // back; one developer's requests need little of it.
  const memory = "--max-semi-space-size=8";
  const args = [sourceCondition, memory, main, "dev", ...process.argv.slice(2)];
  const server = spawn(runtime, args, { stdio: "inherit", env: runtimeEnvironment(runtime) });
  process.on("SIGTERM", () => server.kill("SIGTERM"));
  // A terminal's Ctrl-C reaches the server by itself; a second one would mean "stop at once".
  process.on("SIGINT", () => process.stdin.isTTY || server.kill("SIGINT"));
  if (process.env.npm_lifecycle_event === "start") endWithParent(() => server.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.on("close", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 143)));
  });
});

/**
 * An npm that is killed outright passes no signal: without this its server would stay.
 *
 * @param {() => void} end
 */
function endWithParent(end) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    end();
  }, 500);
  timer.unref();
}
