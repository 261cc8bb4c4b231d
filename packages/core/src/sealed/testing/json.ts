import fc from "fast-check";
import type { JsonValue } from "../pack-json.ts";

const texts = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc.base64String().map((text) => text.replace(/=+$/, "")),
  fc.stringMatching(/^[A-Za-z0-9_-]{0,40}(\.[A-Za-z0-9_-]{0,40}){0,3}$/),
);

/** Any JSON, rich in what the packed form treats apart: tokens, known names, broken Unicode. */
export const anyJson: fc.Arbitrary<JsonValue> = fc
  .oneof(fc.jsonValue(), fc.dictionary(texts, texts), texts, fc.array(texts))
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);
