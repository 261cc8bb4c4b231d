import { describe, expect, test } from "vitest";
import { mergedMetadata, profileOf } from "./profile-input.ts";

describe("metadata", () => {
  test("is merged key by key; null takes a key away", () => {
    const before = { plan: "free", seat: "1" };
    expect(mergedMetadata(before, { plan: "pro", seat: null, new: "x", gone: null })).toEqual({
      plan: "pro",
      new: "x",
    });
    expect(before).toEqual({ plan: "free", seat: "1" });
  });

  test("never grows beyond ten keys, however many changes there are", () => {
    const ten = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`k${at}`, "x"]));
    expect(mergedMetadata(ten, { k0: null, k10: "x" })).toHaveProperty("k10");
    expect(mergedMetadata(ten, { k0: "y" })).toHaveProperty("k0", "y");
    expect(() => mergedMetadata(ten, { k10: "x" })).toThrow(/11 keys; it has at most 10/);
  });
});

describe("a name", () => {
  test("alone is read as first and last name", () => {
    expect(profileOf({ name: "  Ada King  Lovelace " })).toMatchObject({
      firstName: "Ada",
      lastName: "King Lovelace",
    });
    expect(profileOf({ name: "Ada" })).toMatchObject({ firstName: "Ada", lastName: null });
    expect(profileOf({ name: null })).toMatchObject({ firstName: null, lastName: null });
  });

  test("beside its parts counts for nothing", () => {
    expect(profileOf({ name: "Ada Lovelace", first_name: "Grace" })).toMatchObject({
      firstName: "Grace",
      lastName: undefined,
    });
    expect(profileOf({})).toMatchObject({ firstName: undefined, lastName: undefined });
  });
});
