import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { crypto } from "../crypto/index.ts";
import { utf8 } from "../encoding.ts";
import { createKeyRing } from "./key-ring.ts";
import { type JsonValue, packJson } from "./pack-json.ts";
import { KNOWN_NAMES } from "./packed-json-format.ts";

const document = readFileSync(
  new URL("../../../../docs/reference/sealed-cookie.md", import.meta.url),
  "utf8",
);

function example(name: string): string {
  const block = new RegExp(`<!-- example: ${name} -->\n\`\`\`[a-z]*\n([^\`]*)\n\`\`\``).exec(
    document,
  );
  if (!block?.[1]) throw new Error(`The document has no example "${name}".`);
  return block[1];
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const [id = "", secret = ""] = /The password `([^`]*)`/.exec(document)?.[1]?.split(":") ?? [];
const value = JSON.parse(example("value")) as JsonValue;

it.each(["compact", "iron"])(
  "the reference document's %s example opens as it says",
  async (format) => {
    const opened = await createKeyRing([{ id, secret }]).open(example(format), {
      purpose: "wos-session",
      now: 4_000_000_000_000,
    });
    expect(opened).toMatchObject({ ok: true, value, format });
  },
);

it("the reference document derives the key and packs the value as the code does", async () => {
  const key = await crypto.hkdfSha256(utf8(secret), utf8(""), "latchkey sealed cookie 1", 32);
  expect(hex(key)).toBe(example("key"));
  expect(hex(packJson(value))).toBe(example("packed"));
});

it("the reference document lists the known names", () => {
  const listed = [...document.matchAll(/^ ?\d+ [a-z].*$/gim)]
    .flatMap(([line]) => [...line.matchAll(/(\d+) ([A-Za-z]+)/g)])
    .map(([, index, name]) => [Number(index), name]);
  expect(listed).toEqual(KNOWN_NAMES.map((name, index) => [index, name]));
});
