import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const support = (name: string) =>
  fileURLToPath(new URL(`../../test-support/${name}`, import.meta.url));

it("signs in, refreshes and signs out where there is no node: module, no Buffer and no process", async () => {
  const args = ["--conditions=latchkey-source", "--import", support("no-node.js")];
  const run = promisify(execFile)(process.execPath, [...args, support("edge-sealed-app.ts")]);
  const once = ["signed_in", "signed_in", "signed_out", "signed_out"];
  expect(JSON.parse((await run).stdout)).toEqual({
    statuses: [...once, ...once],
    hasBuffer: false,
  });
});
