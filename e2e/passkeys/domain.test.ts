/** Passkeys on a domain with cookies that the server sets: the vendor's client and ours, in Chromium. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  APP,
  type Deployment,
  DOMAIN,
  ELSEWHERE,
  PUBLIC_URL,
  SESSION_HOST,
  startDeployment,
} from "../cookies/deployment.ts";
import { root } from "../support/server-process.ts";
import { type StaticSite, serveSite } from "../support/static-site.ts";
import { viteBuild } from "../support/vite-build.ts";
import { addAuthenticator } from "./authenticator.ts";

/** A page of the domain that the app does not list. */
const UNLISTED = `https://unlisted.${DOMAIN}`;

let deployment: Deployment;
let built: string;
let site: StaticSite;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  deployment = await startDeployment({ accessTokenTtl: 3600 });
  const { appId, front } = deployment;
  await deployment.latchkey(
    "apps",
    "update",
    appId,
    "--set",
    "passkeyAuth=true",
    "--set",
    "passkeysForSignup=true",
  );
  built = await viteBuild(join(root, "e2e/passkeys/site"), {
    VITE_APP_ID: appId,
    VITE_SERVER_URL: PUBLIC_URL,
  });
  site = await serveSite(built);
  for (const origin of [APP, UNLISTED, ELSEWHERE]) front.serve(new URL(origin).host, site.url);
});
afterAll(async () => {
  await site?.close();
  await deployment?.browser.close();
  await deployment?.stop();
  if (built) rmSync(built, { recursive: true, force: true });
});
beforeEach(async () => {
  await context?.close();
  context = await deployment.browser.newContext();
  context.setDefaultTimeout(20_000);
  page = await context.newPage();
  await page.goto(`${APP}/`);
});

/** Runs in the page, where `privy`, `client`, `passkeys`, `create` and `use` are. */
const run = <T>(script: string, on = page): Promise<T> =>
  on.evaluate(`(async () => { await ready; ${script} })()`) as Promise<T>;

const SIGN_UP = `
  const { options } = await privy.auth.passkey.generateSignupOptions();
  const { user, is_new_user } = await privy.auth.passkey.signupWithPasskey(await create(options));
  return { id: user.id, isNew: is_new_user };`;
const SIGN_IN = `
  const { options } = await privy.auth.passkey.generateAuthenticationOptions();
  const used = await use(options);
  const { user } = await privy.auth.passkey.loginWithPasskey(used, options.challenge);
  return user.id;`;
const LINK = `
  const { options } = await privy.auth.passkey.generateRegistrationOptions();
  const { user } = await privy.auth.passkey.linkWithPasskey(await create(options));
  return user.linked_accounts.filter(({ type }) => type === "passkey").length;`;
const codeOf = `(error) => error.code ?? String(error)`;

test("the vendor's client signs up, and in again without a name, into cookies of the domain", async () => {
  const authenticator = await addAuthenticator(page);
  const made = await run<{ id: string; isNew: boolean }>(SIGN_UP);
  expect(made.isNew).toBe(true);
  expect(await authenticator.passkeys()).toBe(1);
  await run("await privy.auth.logout();");
  expect(await run(SIGN_IN)).toBe(made.id);
  const cookies = await context.cookies();
  const refresh = cookies.find(({ name }) => name === "privy-refresh-token");
  expect(refresh).toMatchObject({ httpOnly: true, secure: true });
  await page.reload();
  expect(await run("return (await privy.user.get()).user.id;")).toBe(made.id);
});

test("a second authenticator signs in as the same user, who has both passkeys", async () => {
  const first = await addAuthenticator(page);
  const { id } = await run<{ id: string }>(SIGN_UP);
  await first.remove();
  await addAuthenticator(page, "usb");
  expect(await run(LINK)).toBe(2);
  await run("await privy.auth.logout();");
  expect(await run(SIGN_IN)).toBe(id);
});

test("a removed passkey is refused; an authenticator makes no second one of the same account", async () => {
  const authenticator = await addAuthenticator(page);
  const { email, code } = deployment.person;
  await run(
    `await client.start(); await client.signInWithCode(${JSON.stringify({ email, code })});`,
  );
  const linked = await run<{ type: string; credential_id: string }[]>(
    "return (await passkeys.linkPasskey(client)).linked_accounts;",
  );
  const passkey = linked.find(({ type }) => type === "passkey");
  expect(passkey).toMatchObject({
    created_with_browser: "Chrome",
    authenticator_name: expect.any(String),
  });
  expect(await run(`return passkeys.linkPasskey(client).catch(${codeOf});`)).toBe("passkey_exists");
  const unlink = JSON.stringify({ credentialId: passkey?.credential_id });
  await run(`await passkeys.unlinkPasskey(client, ${unlink}); await client.signOut();`);
  expect(await authenticator.passkeys()).toBe(1);
  const refused = await run(`return passkeys.signInWithPasskey(client).catch(${codeOf});`);
  expect(refused).toBe("passkey_not_found");
  expect(await run("return client.getSnapshot().status;")).toBe("signed_out");
});

test("autofill signs in by itself once a passkey is picked, and ends with its form", async () => {
  const authenticator = await addAuthenticator(page);
  const { id } = await run<{ id: string }>(
    "return (await passkeys.signUpWithPasskey(client)).user;",
  );
  await run("await client.signOut();");
  await authenticator.setPresent(false);
  const [ended] = await Promise.all([
    run(`
      globalThis.form = new AbortController();
      return passkeys.autofillPasskey(client, { signal: form.signal });`),
    page
      .waitForResponse((answer) => answer.url().endsWith("/passkeys/authenticate/init"))
      .then(() => page.evaluate("form.abort()")),
  ]);
  expect(ended).toBeNull();
  await authenticator.setPresent(true);
  expect(await run("return (await passkeys.autofillPasskey(client)).user.id;")).toBe(id);
});

/** The answer to the next challenge, made on `on`, as the protocol sends it. */
async function answer(on: Page): Promise<{ challenge: string; answered: string }> {
  const options = await run<{ challenge: string }>(
    "return (await privy.auth.passkey.generateAuthenticationOptions()).options;",
  );
  const answered = await run<object>(`return use(${JSON.stringify(options)});`, on);
  return { challenge: options.challenge, answered: JSON.stringify(answered) };
}

const send = ({ challenge, answered }: { challenge: string; answered: string }) =>
  run(`return privy.auth.passkey.loginWithPasskey(${answered}, "${challenge}").then(
    () => "signed in", ${codeOf});`);

test("an answer works once", async () => {
  await addAuthenticator(page);
  await run(SIGN_UP);
  const once = await answer(page);
  expect([await send(once), await send(once)]).toEqual(["signed in", "passkey_challenge_invalid"]);
});

test("a page of the domain that is not listed gets nothing, and neither does what a passkey signed there", async () => {
  const other = await context.newPage();
  await other.goto(`${UNLISTED}/`);
  await addAuthenticator(other);
  // On the unlisted page, where the browser allows it: the domain is the same.
  const options = await run<object>(
    "return (await privy.auth.passkey.generateSignupOptions()).options;",
  );
  const made = JSON.stringify(await other.evaluate(`create(${JSON.stringify(options)})`));
  const there = `return privy.auth.passkey.signupWithPasskey(${made}).catch(${codeOf});`;
  expect(await run(there)).toBe("invalid_origin");
  const init = `ready.then(() => "ready", ${codeOf})`;
  expect(await other.evaluate(init)).toBe("invalid_origin");
});

test("another site cannot use the domain's passkeys: the browser refuses", async () => {
  const other = await context.newPage();
  await other.goto(`${ELSEWHERE}/`);
  await addAuthenticator(other);
  const options = await run<object>(
    "return (await privy.auth.passkey.generateSignupOptions()).options;",
  );
  const name = await other.evaluate(
    `create(${JSON.stringify(options)}).catch((error) => error.name)`,
  );
  expect(name).toBe("SecurityError");
});

test("the session host publishes related origins", async () => {
  const answer = await page.goto(`${SESSION_HOST}/.well-known/webauthn`);
  expect(await answer?.json()).toEqual({ origins: [] });
});
