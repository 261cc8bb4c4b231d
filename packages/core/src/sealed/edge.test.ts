import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const support = (name: string) =>
  fileURLToPath(new URL(`../../test-support/${name}`, import.meta.url));

it("seals and opens where there is no node: module, no Buffer and no process, on WebCrypto", async () => {
  const args = ["--conditions=latchkey-source", "--import", support("no-node.js")];
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...args,
    support("edge-sealed.ts"),
  ]);
  expect(JSON.parse(stdout)).toEqual({
    results: ["compact 1 true", "compact 2 true", "iron 1 true", "iron 1 true"],
    hasBuffer: false,
  });
});
