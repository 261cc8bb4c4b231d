import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { run } from "./processes.js";

const node = process.execPath;

test("a command's exit code and output are its result", async () => {
  const script = "console.log('out'); console.error('err'); process.exit(3)";
  expect(await run(node, ["-e", script], { quiet: true })).toEqual({
    code: 3,
    output: "out\nerr\n",
    timedOut: false,
  });
});

test("a command that does not exist is 127, with its name", async () => {
  const { code, output } = await run("no-such-command", [], { quiet: true });
  expect(code).toBe(127);
  expect(output).toContain("no-such-command");
});

test("a command that hangs is ended with all that it started", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "latchkey-processes-")), "survived");
  const inner = `setTimeout(() => require("fs").writeFileSync(${JSON.stringify(file)}, ""), 1200)`;
  const outer = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(inner)}])`;
  const result = await run(node, ["-e", outer], { quiet: true, limitSeconds: 0.5 });
  expect(result).toMatchObject({ code: 124, timedOut: true });
  await sleep(1500);
  expect(existsSync(file)).toBe(false);
});

test("signals are this process's own again when nothing runs", async () => {
  const before = process.listenerCount("SIGTERM");
  await run(node, ["-e", ""], { quiet: true });
  expect(process.listenerCount("SIGTERM")).toBe(before);
});
