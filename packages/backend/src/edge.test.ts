import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const support = (name: string) =>
  fileURLToPath(new URL(`../test-support/${name}`, import.meta.url));

it("runs where there is no node: module, no Buffer and no process, on WebCrypto", async () => {
  const args = ["--conditions=latchkey-source", "--import", support("no-node.js")];
  const { stdout } = await promisify(execFile)(process.execPath, [...args, support("edge-app.ts")]);
  expect(JSON.parse(stdout)).toEqual({
    statuses: ["signed_in", "signed_in", "signed_out", "signed_in", "signed_in", "signed_out"],
    guarded: 303,
    proxied: null,
    isWebCrypto: true,
    hasBuffer: false,
  });
});
