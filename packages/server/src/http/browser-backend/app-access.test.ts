import type { AllowlistEntry, TestAccount } from "@latchkey/core/protocol/browser";
import { afterEach, beforeEach, expect, test } from "vitest";
import { enableTestAccount } from "../../apps/test-accounts.ts";
import { type Answer, basic, type CallOptions, openPage, send } from "../testing/test-page.ts";
import { openTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
beforeEach(async () => {
  server = await openTestServer({ app: { allowlistEnabled: true } });
});
afterEach(() => server.close());

const call = (path: string, options: CallOptions = {}): Promise<Answer> =>
  send(server.fetch, `/api/v1/apps/${server.app.id}${path}`, {
    ...options,
    headers: basic(server.app.id, server.secret),
  });
const told = (answer: Answer) => [answer.status, answer.code];

test("the allowlist is kept by address and domain, without doubles", async () => {
  const add = (body: object) => call("/allowlist", { body });
  const first = await add({ type: "email", value: "Ada@Example.com" });
  expect(first.as<AllowlistEntry>()).toMatchObject({
    type: "email",
    value: "ada@example.com",
    appId: server.app.id,
  });
  expect((await add({ type: "email", value: "ada@example.com" })).as<AllowlistEntry>().id).toBe(
    first.as<AllowlistEntry>().id,
  );
  for (const type of ["emailDomain", "email_domain"]) {
    const domain = await add({ type, value: "@Example.org" });
    expect(domain.as<AllowlistEntry>()).toMatchObject({
      type: "emailDomain",
      value: "example.org",
    });
  }
  const list = (await call("/allowlist")).as<AllowlistEntry[]>();
  expect(list.map(({ value }) => value)).toEqual(["ada@example.com", "example.org"]);
});

test("an entry taken away bars sign-in again; one that is not there is 404", async () => {
  const body = { type: "email", value: "ada@example.com" };
  await call("/allowlist", { body });
  const page = openPage(server);
  await page.signIn("ada@example.com");
  expect((await call("/allowlist", { method: "DELETE", body })).status).toBe(200);
  await expect(page.signIn("ada@example.com")).rejects.toThrow("allowlist");
  const again = await call("/allowlist", { method: "DELETE", body });
  expect(told(again)).toEqual([404, "not_found"]);
});

test("what is neither an address nor a domain is refused", async () => {
  for (const [body, words] of [
    [{ type: "phone", value: "+1" }, '"email" or "emailDomain"'],
    [{ type: "email", value: "example.com" }, "e-mail address"],
    [{ type: "emailDomain", value: "localhost" }, "domain such as"],
    [{ type: "emailDomain" }, "value is missing"],
    [{}, "type"],
  ] as const) {
    const refused = await call("/allowlist", { body });
    expect(told(refused)).toEqual([400, "invalid_data"]);
    expect(refused.text.replaceAll("\\", "")).toContain(words);
  }
});

test("test accounts are listed with the code to type, under both names", async () => {
  const { store, master } = server.services;
  expect((await call("/test_credentials")).as<object>()).toEqual({ data: [] });
  const { email, code } = await enableTestAccount(store.apps, master, server.app.id);
  for (const path of ["/test_credentials", "/test_accounts"]) {
    const { data } = (await call(path)).as<{ data: TestAccount[] }>();
    expect(data).toMatchObject([{ email, otp_code: code, phone_number: "" }]);
    expect(new Date(data[0]?.created_at ?? "").getTime()).toBeGreaterThan(0);
  }
});
