import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeCredentials } from "../testing/fake-credentials.ts";
import { ADA, pass, settle, setUp } from "../testing/set-up.ts";
import {
  autofillPasskey,
  isPasskeySupported,
  linkPasskey,
  signInWithPasskey,
  signUpWithPasskey,
  unlinkPasskey,
} from "./index.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1), toFake: ["setTimeout", "setInterval", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function started() {
  const { tab, server } = setUp();
  await settle(tab.client.start(), 100);
  return { client: tab.client, server };
}

describe("signing in and up by passkey", () => {
  it("makes a user, and signs the same one in again without a name", async () => {
    const { client, server } = await started();
    const credentials = fakeCredentials();
    const up = await settle(signUpWithPasskey(client, { credentials }), 100);
    expect(up.isNewUser).toBe(true);
    await settle(client.signOut(), 100);
    const again = await settle(signInWithPasskey(client, { credentials }), 100);
    expect(again).toMatchObject({ user: { id: up.user.id }, isNewUser: false });
    expect(client.getSnapshot().status).toBe("signed_in");
    const [made, used] = credentials.asked.map(({ publicKey }) => publicKey);
    expect(made).toMatchObject({
      rp: { id: "app.example.com" },
      user: { id: new TextEncoder().encode("user"), displayName: "ada" },
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    });
    expect(used).toMatchObject({ rpId: "app.example.com", userVerification: "required" });
    const sent = server.requests.findLast(({ path }) => path === "/passkeys/authenticate");
    expect(sent?.headers.get("idempotency-key")).toBeTruthy();
    expect(sent?.body.authenticator_response).toMatchObject({
      response: { user_handle: "dXNlcg" },
    });
  });

  it("names the relying party where the page does", async () => {
    const { client, server } = await started();
    const relyingParty = "https://example.com";
    const options = { credentials: fakeCredentials(), relyingParty };
    await settle(signUpWithPasskey(client, options), 100);
    const asked = server.requests.find(({ path }) => path === "/passkeys/register/init");
    expect(asked?.body).toEqual({ relying_party: relyingParty });
  });

  it.each([
    ["NotAllowedError", "passkey_cancelled"],
    ["InvalidStateError", "passkey_exists"],
    ["SecurityError", "passkey_failed"],
  ])("says %s in words, and signs nobody out (R5)", async (name, code) => {
    const { client } = await started();
    await settle(client.signInWithCode(ADA), 100);
    const refusing = { credentials: fakeCredentials("eA", name) };
    await expect(settle(linkPasskey(client, refusing), 100)).rejects.toMatchObject({ code });
    await expect(settle(signInWithPasskey(client, refusing), 100)).rejects.toMatchObject({ code });
    expect(client.getSnapshot().status).toBe("signed_in");
  });

  it("says so where the browser has none", async () => {
    const { client } = await started();
    expect(isPasskeySupported()).toBe(false);
    await expect(settle(signInWithPasskey(client), 100)).rejects.toMatchObject({
      code: "passkey_unsupported",
    });
    expect(await settle(autofillPasskey(client), 100)).toBeNull();
  });
});

describe("autofill", () => {
  async function offered() {
    const { client, server } = await started();
    const credentials = fakeCredentials();
    await settle(signUpWithPasskey(client, { credentials }), 100);
    await settle(client.signOut(), 100);
    return { client, server, credentials };
  }

  it("waits until a passkey is picked, with a challenge that is never too old", async () => {
    const { client, server, credentials } = await offered();
    const filled = autofillPasskey(client, { credentials });
    await pass(20 * 60_000);
    expect(server.count("/passkeys/authenticate/init")).toBe(3);
    expect(credentials.asked.at(-1)).toMatchObject({ mediation: "conditional" });
    credentials.pick();
    expect(await settle(filled, 100)).toMatchObject({ isNewUser: false });
  });

  it("ends with its form, and gives way to the button", async () => {
    const { client, credentials } = await offered();
    const form = new AbortController();
    const first = autofillPasskey(client, { credentials, signal: form.signal });
    await pass(100);
    form.abort();
    expect(await settle(first, 100)).toBeNull();
    const second = autofillPasskey(client, { credentials });
    await pass(100);
    const byButton = signInWithPasskey(client, { credentials: fakeCredentials() });
    expect(await settle(byButton, 100)).toMatchObject({ isNewUser: false });
    expect(await settle(second, 100)).toBeNull();
  });

  it("troubles nobody with what fails before a passkey is picked, and tells what fails after", async () => {
    const { client } = await started();
    const refusing = fakeCredentials("eA", "SecurityError");
    expect(await settle(autofillPasskey(client, { credentials: refusing }), 100)).toBeNull();
    const removed = fakeCredentials("removed");
    const filled = autofillPasskey(client, { credentials: removed });
    filled.catch(() => {});
    await pass(100);
    removed.pick();
    await expect(settle(filled, 100)).rejects.toMatchObject({ code: "passkey_not_found" });
  });
});

describe("the passkeys of a signed-in user", () => {
  it("are shown with the user when one is added, and no more when it is taken away", async () => {
    const { client } = await started();
    const credentials = fakeCredentials();
    await expect(settle(linkPasskey(client, { credentials }), 100)).rejects.toMatchObject({
      code: "not_signed_in",
    });
    await settle(client.signInWithCode(ADA), 100);
    const user = await settle(linkPasskey(client, { credentials }), 100);
    expect(user.linked_accounts).toHaveLength(2);
    expect(client.getSnapshot().user).toEqual(user);
    const unlink = { credentialId: "cGFzc2tleQ" };
    expect((await settle(unlinkPasskey(client, unlink), 100)).linked_accounts).toHaveLength(1);
    expect(client.getSnapshot().user?.linked_accounts).toHaveLength(1);
  });
});
