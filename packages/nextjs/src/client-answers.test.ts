import { beforeEach, describe, expect, it } from "vitest";
import {
  APP,
  createSessionServer,
  FAULTS,
  type SessionServer,
} from "../test-support/session-server.ts";
import { createSite, type Site } from "../test-support/site.ts";
import {
  authAnswer,
  organizationAnswer,
  refreshedAnswer,
  switchedAnswer,
} from "./client-answers.ts";

let server: SessionServer;
let site: Site;

beforeEach(async () => {
  server = await createSessionServer();
  site = createSite(server);
});

const action = () => site.page({ writable: true }).ports;
const none = { revalidationStrategy: "none" } as const;

describe("a page's scripts", () => {
  it("get the access token only when they ask for it", async () => {
    await site.signIn();
    const plain = await authAnswer(action(), {});
    expect(plain).toMatchObject({ status: "signed_in", auth: { user: { id: "user_01" } } });
    expect(JSON.stringify(plain)).not.toContain("eyJ");
    expect(await authAnswer(action(), { token: true })).toMatchObject({
      accessToken: expect.stringMatching(/^eyJ/),
    });
    expect(await refreshedAnswer(action(), { token: true })).toMatchObject({
      accessToken: expect.stringMatching(/^eyJ/),
    });
  });

  it("are told where to sign in, and never led there: a fetch cannot follow", async () => {
    expect(await authAnswer(action(), {})).toEqual({ status: "signed_out" });
    for (const answer of [authAnswer, refreshedAnswer]) {
      const asked = { ensureSignedIn: true, returnTo: "/notes" };
      const told = await answer(action(), asked);
      expect(told).toMatchObject({ status: "signed_out", signInUrl: expect.any(String) });
      const url = "signInUrl" in told ? (told.signInUrl ?? "") : "";
      expect(url).toMatch(`${APP}/callback?start=`);
    }
  });

  it.each(Object.keys(FAULTS))(
    "are told nothing while the server answers %s (R5)",
    async (name) => {
      await site.signIn();
      server.pass(901);
      server.fail(FAULTS[name] as never);
      const asked = { ensureSignedIn: true };
      expect(await authAnswer(action(), asked)).toMatchObject({ status: "unavailable" });
      expect(await refreshedAnswer(action(), asked)).toMatchObject({ status: "unavailable" });
      expect(site.jar.has("wos-session")).toBe(true);
    },
  );

  it("hear of a session that is over, whose cookie goes", async () => {
    await site.signIn();
    server.end();
    expect(await refreshedAnswer(action(), {})).toEqual({ status: "signed_out" });
    expect([...site.jar.keys()]).toEqual([]);
  });

  it("switch the organization, or read why not", async () => {
    await site.signIn();
    expect(await switchedAnswer(action(), "org_1", none)).toMatchObject({
      organizationId: "org_1",
    });
    const declined = await switchedAnswer(action(), "org_outside", none);
    expect(declined).toEqual({ error: expect.stringContaining("declined (access_denied)") });
    await expect(switchedAnswer(action(), "", none)).rejects.toBeInstanceOf(TypeError);
  });

  it("learn the name of the session's own organization, and of no other", async () => {
    expect(await organizationAnswer(action())).toBeNull();
    await site.signIn();
    expect(await organizationAnswer(action())).toBeNull();
    await switchedAnswer(action(), "org_1", none);
    expect(await organizationAnswer(action())).toEqual({ id: "org_1", name: "Acme" });
  });
});
