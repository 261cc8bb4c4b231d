import { LatchkeyError, unavailable } from "@latchkey/core/errors";
import { expect, test } from "vitest";
import type { AuditStore } from "../../storage/store.ts";
import { audited } from "./audited.ts";

const CALL = {
  action: "deleteUser",
  actor: null,
  appId: "app",
  target: "/apps/app/users/u",
  requestId: "r",
} as const;

async function outcomeOf(work: () => Promise<void>): Promise<string> {
  let outcome = "none";
  const audit: AuditStore = {
    async begin() {
      outcome = "begun";
    },
    async finish(_id, result) {
      outcome = result.outcome;
    },
    list: async () => [],
    forget: async () => 0,
  };
  await audited(audit, CALL, work).catch(() => undefined);
  return outcome;
}

test("an entry tells what is known: done, refused, or begun where the outcome is unknown", async () => {
  expect(await outcomeOf(async () => undefined)).toBe("done");
  const refusal = new LatchkeyError("not_found", 404, "There is no such user.");
  expect(await outcomeOf(() => Promise.reject(refusal))).toBe("refused");
  const away = unavailable("database_unavailable", "The commit was not answered.");
  expect(await outcomeOf(() => Promise.reject(away))).toBe("begun");
  expect(await outcomeOf(() => Promise.reject(new Error("unforeseen")))).toBe("begun");
});
