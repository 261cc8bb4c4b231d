import type { WorkOS } from "@workos-inc/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { COOKIE_PASSWORD, impersonationCode, openWorkOS } from "./workos.ts";

const EMAIL = "ada@example.com";
let server: DevServer;
let workos: WorkOS;

beforeAll(async () => {
  // Tokens that are over at once make every refresh a needed one.
  server = await startDevServer({ accessTokenTtl: 2 });
  workos = openWorkOS(server);
  await workos.userManagement.createUser({ email: EMAIL, emailVerified: true });
});
afterAll(() => server.stop());

async function signIn(by = workos) {
  const code = await impersonationCode(server, EMAIL);
  const answer = await by.userManagement.authenticateWithCode({
    code,
    session: { sealSession: true, cookiePassword: COOKIE_PASSWORD },
  });
  return { ...answer, sealedSession: answer.sealedSession ?? "" };
}

const load = (sessionData: string, by = workos) =>
  by.userManagement.loadSealedSession({ sessionData, cookiePassword: COOKIE_PASSWORD });

test("a sealed session authenticates, is over, is refreshed and authenticates again", async () => {
  const { sealedSession } = await signIn();
  const session = load(sealedSession);
  const first = await session.authenticate();
  expect(first).toMatchObject({ authenticated: true, user: { email: EMAIL } });
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(await session.authenticate()).toMatchObject({
    authenticated: false,
    reason: "invalid_jwt",
  });
  expect(await session.refresh()).toMatchObject({ authenticated: true });
  expect(await session.authenticate()).toMatchObject({ authenticated: true });
});

test("its logout address ends it, and only then is a refresh terminal", async () => {
  const { sealedSession } = await signIn();
  const session = load(sealedSession);
  expect(await session.refresh()).toMatchObject({ authenticated: true });
  const url = await session.getLogoutUrl({ returnTo: "http://localhost:3000/bye" });
  const answer = await fetch(url, { redirect: "manual" });
  expect([answer.status, answer.headers.get("location")]).toEqual([
    302,
    "http://localhost:3000/bye",
  ]);
  expect(await session.refresh()).toMatchObject({
    authenticated: false,
    reason: "invalid_grant",
    retryable: false,
  });
});

test("eight parallel refreshes of one cookie answer one refresh token, and all of them go on", async () => {
  const { sealedSession } = await signIn();
  const results = await Promise.all(Array.from({ length: 8 }, () => load(sealedSession).refresh()));
  const tokens = results.map((result) =>
    result.authenticated ? result.session?.refreshToken : result.reason,
  );
  expect(new Set(tokens).size).toBe(1);
  for (const result of results) {
    if (!result.authenticated) throw new Error(result.reason);
    expect(await load(result.sealedSession ?? "").refresh()).toMatchObject({ authenticated: true });
  }
});

test("sessions are listed page by page and revoked by id; a revoked one is over", async () => {
  const { userManagement } = workos;
  const email = "grace@example.com";
  const user = await userManagement.createUser({ email });
  const codes = await Promise.all(
    Array.from({ length: 5 }, () => impersonationCode(server, email)),
  );
  const answers = [];
  for (const code of codes) answers.push(await userManagement.authenticateWithCode({ code }));
  const all = [];
  // The SDK pages by itself only where no limit is named.
  for (let after: string | undefined; ; ) {
    const page = await userManagement.listSessions(user.id, { limit: 2, ...(after && { after }) });
    all.push(...page.data);
    after = page.listMetadata.after ?? undefined;
    if (after === undefined) break;
  }
  expect(new Set(all.map(({ id }) => id)).size).toBe(5);
  expect(all.every(({ status, endedAt }) => status === "active" && endedAt === null)).toBe(true);

  const [first] = all;
  await userManagement.revokeSession({ sessionId: first?.id ?? "" });
  const [again] = (await userManagement.listSessions(user.id)).data;
  expect(again).toMatchObject({ id: first?.id, status: "revoked", endedAt: expect.any(String) });
  const last = answers.at(-1);
  await expect(
    userManagement.authenticateWithRefreshToken({ refreshToken: last?.refreshToken ?? "" }),
  ).rejects.toMatchObject({ error: "invalid_grant" });
});

test("a wrong API key is never the end of a session (R5)", async () => {
  const { sealedSession } = await signIn();
  const misconfigured = openWorkOS(server, { apiKey: "sk_wrong" });
  expect(await load(sealedSession, misconfigured).refresh()).toMatchObject({
    authenticated: false,
    reason: "server_error",
    retryable: true,
  });
  await expect(misconfigured.userManagement.listUsers()).rejects.toMatchObject({ status: 401 });
  expect(await load(sealedSession).refresh()).toMatchObject({ authenticated: true });
}, 60_000);

test("an answer that got lost is asked for again by the SDK itself, and the code signs in once", async () => {
  const keys: (string | null)[] = [];
  let lost = 0;
  const flaky = openWorkOS(server, {
    async fetchFn(input, init) {
      const answer = await fetch(input, init);
      keys.push(new Headers(init?.headers).get("idempotency-key"));
      if (lost++ < 2) throw new TypeError("the answer never arrived");
      return answer;
    },
  });
  const answer = await signIn(flaky);
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/./);
  expect(await load(answer.sealedSession).refresh()).toMatchObject({ authenticated: true });
});
