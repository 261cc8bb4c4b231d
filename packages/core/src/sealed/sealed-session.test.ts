import { sealData } from "iron-session";
import { describe, expect, it } from "vitest";
import { createKeyRing } from "./key-ring.ts";
import { readSealedSession, type SealedSession, sealableSession } from "./sealed-session.ts";
import { ports } from "./testing/ports.ts";
import { typicalSession } from "./testing/typical-session.ts";

const session = await typicalSession();
const impersonator = { email: "support@example.com", reason: "ticket 12" };
const purpose = "wos-session";
const without = (name: string, from: object) =>
  Object.fromEntries(Object.entries(from).filter(([each]) => each !== name));

describe("a sealed session", () => {
  it("is read back field by field, with or without what is optional", () => {
    for (const each of [
      session,
      { ...session, impersonator },
      without("organizationId", session),
    ]) {
      expect(readSealedSession(each)).toEqual({ ok: true, session: each });
      expect(sealableSession(each as SealedSession)).toEqual(each);
    }
  });

  it("holds no field that is not of a session, though the vendor's SDK sealed it", () => {
    const leaked = {
      ...session,
      oauthTokens: { accessToken: "x" },
      sealedSession: "x",
      user: { ...session.user, raw_attributes: {}, toString: "x" },
      impersonator: { ...impersonator, id: 7 },
    };
    const read = readSealedSession(leaked);
    expect(read).toEqual({ ok: true, session: { ...session, impersonator } });
    expect(sealableSession(leaked as SealedSession)).toEqual({ ...session, impersonator });
  });

  it("may be of an older SDK, which knew fewer fields", () => {
    const { name, locale, externalId, metadata, lastSignInAt, ...user } = session.user;
    const read = readSealedSession({ ...session, user, impersonator: null, organizationId: null });
    expect(read).toEqual({
      ok: true,
      session: {
        ...without("organizationId", session),
        user: {
          ...user,
          name: null,
          locale: null,
          externalId: null,
          metadata: {},
          lastSignInAt: null,
        },
      },
    });
  });

  it.each(["accessToken", "refreshToken", "user"])("is none without %s", (field) => {
    for (const wrong of [undefined, null, 1, "", []]) {
      expect(readSealedSession({ ...session, [field]: wrong })).toEqual({ ok: false, field });
    }
    expect(readSealedSession(without(field, session))).toEqual({ ok: false, field });
  });

  it.each(["id", "email", "emailVerified", "createdAt", "updatedAt"])(
    "is none without user.%s",
    (name) => {
      for (const wrong of [undefined, null, 1, ""]) {
        const user = { ...session.user, [name]: wrong };
        expect(readSealedSession({ ...session, user })).toEqual({
          ok: false,
          field: `user.${name}`,
        });
      }
    },
  );

  it.each([
    ["user.name", { user: { ...session.user, name: 1 } }],
    ["user.metadata", { user: { ...session.user, metadata: { a: 1 } } }],
    ["user.metadata", { user: { ...session.user, metadata: [] } }],
    ["impersonator", { impersonator: "support@example.com" }],
    ["impersonator.email", { impersonator: { reason: "x" } }],
    ["authenticationMethod", { authenticationMethod: true }],
    ["organizationId", { organizationId: {} }],
  ])("is none with a wrong %s", (field, wrong) => {
    expect(readSealedSession({ ...session, ...wrong })).toEqual({ ok: false, field });
  });

  it.each([null, undefined, "text", 1, [], {}, Object.create(session)])("is not %j", (value) => {
    expect(readSealedSession(value)).toMatchObject({ ok: false });
  });

  it("is refused before it is sealed, with the name of what is missing", () => {
    expect(() => sealableSession(without("refreshToken", session) as never)).toThrow(
      new TypeError('The session cannot be sealed: "refreshToken" is missing or wrong.'),
    );
  });

  it.each(ports)(
    "takes far less than a cookie holds, sealed on %s (ASVS 3.3.5)",
    async (_n, crypto) => {
      const passwords = [{ id: "1", secret: "p".repeat(40) }];
      const lengthOf = async (format: "compact" | "iron", value: SealedSession) =>
        (
          await createKeyRing(passwords, { format, crypto }).seal(sealableSession(value), {
            purpose,
          })
        ).length;
      const impersonated = { ...session, impersonator };
      expect(session.accessToken.length).toBeGreaterThan(800);
      expect(await lengthOf("compact", session)).toBeLessThan(1_700);
      expect(await lengthOf("compact", impersonated)).toBeLessThan(2_048);

      const iron = await lengthOf("iron", session);
      const vendors = await sealData(session, { password: "p".repeat(40), ttl: 0 });
      expect(iron).toBe(vendors.length);
      expect(await lengthOf("compact", session)).toBeLessThan(iron * 0.7);
    },
  );
});
