import { expect, test } from "vitest";
import { readUserFilter, userQuery } from "./user-filter.ts";

test("what an address says beyond filters is left out", () => {
  expect(
    readUserFilter({
      search: "ada",
      createdFrom: "yesterday",
      createdTo: "2026-05-02",
      disabled: "maybe",
      guest: false,
      accountType: "",
      constructor: "x",
    }),
  ).toEqual({ search: "ada", createdTo: "2026-05-02", guest: false });
  expect(readUserFilter({ search: 123 })).toEqual({ search: "123" });
});

test("a range has its last day in it, from midnight to midnight", () => {
  const query = userQuery({ createdFrom: "2026-05-01", createdTo: "2026-05-01" });
  expect((query.createdUntil ?? 0) - (query.createdFrom ?? 0)).toBe(86_400_000);
  expect(new Date(query.createdFrom ?? 0).getHours()).toBe(0);
});

test("flags are words in a query, and what was not chosen is not asked", () => {
  expect(userQuery({ disabled: false, guest: true })).toMatchObject({
    disabled: "false",
    guest: "true",
    createdFrom: undefined,
  });
});
