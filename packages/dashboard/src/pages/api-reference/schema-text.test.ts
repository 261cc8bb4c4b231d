import { expect, test } from "vitest";
import { schemaText } from "./schema-text.ts";

test("a schema reads as a type, with defaults and descriptions beside the fields", () => {
  expect(
    schemaText({
      type: "object",
      properties: {
        name: { type: "string", description: "As people say it" },
        role: { enum: ["viewer", "owner"], default: "viewer" },
        until: { anyOf: [{ type: "integer" }, { type: "null" }] },
        items: { type: "array", items: { type: "object", properties: { id: { type: "string" } } } },
        either: { type: "array", items: { anyOf: [{ type: "string" }, { type: "number" }] } },
        metadata: { type: "object", additionalProperties: { type: "string" } },
      },
      required: ["name", "until"],
    }),
  ).toBe(`{
  name: string  // As people say it
  role?: "viewer" | "owner"  // default "viewer"
  until: integer | null
  items?: {
    id?: string
  }[]
  either?: (string | number)[]
  metadata?: { [name]: string }
}`);
});

test("what says nothing is anything", () => {
  expect(schemaText({})).toBe("any");
  expect(schemaText({ type: "object", properties: {} })).toBe("{}");
});
