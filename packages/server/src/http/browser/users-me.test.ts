import type { UserWithIdentityToken } from "@latchkey/core/protocol/browser";
import { decodeJwt } from "@latchkey/core/tokens/jwt";
import { expect, test } from "vitest";
import { bearer, openPage } from "../testing/test-page.ts";
import { openTestServer } from "../testing/test-server.ts";

const HOUR = 3_600_000;

test("an identity token outlives neither its lifetime nor its session (ASVS 9.2.1)", async () => {
  let clock = Date.now();
  const app = { identityToken: true, accessTokenTtl: 7200, sessionLifetime: 3 * 3600 };
  const server = await openTestServer({ now: () => clock, app });
  const page = openPage(server);
  const { token } = await page.signIn("ada@example.com");
  const end = Math.floor((clock + 3 * HOUR) / 1000);
  const expiry = async () => {
    const answer = await page.call("/users/me", { headers: bearer(token) });
    const { identity_token } = answer.as<UserWithIdentityToken>();
    return decodeJwt(identity_token ?? "")?.payload.exp;
  };
  expect(await expiry()).toBe(Math.floor(clock / 1000) + 7200);
  clock += 1.5 * HOUR;
  expect(await expiry()).toBe(end);
  await server.close();
});
