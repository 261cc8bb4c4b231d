import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { VERDICTS } from "./words.ts";

const guide = new URL("../../../../docs/guides/debug-dns.md", import.meta.url);

test("docs/guides/debug-dns.md explains every verdict, and none that there is not", () => {
  const explained = [...readFileSync(guide, "utf8").matchAll(/^### `(\w+)`$/gm)].map(
    ([, verdict]) => verdict,
  );
  expect([...explained].sort()).toEqual([...VERDICTS].sort());
});
