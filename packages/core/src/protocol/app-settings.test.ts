import { readFileSync } from "node:fs";
import { appSettings, readSettings, writtenSettings } from "@latchkey/core/protocol/app-settings";
import { describe, expect, test } from "vitest";

const file = new URL("../../../../docs/reference/app-settings.md", import.meta.url);

describe("docs/reference/app-settings.md", () => {
  const rows = [...readFileSync(file, "utf8").matchAll(/^\| (`[^|]+`) \| ([^|]*) \|/gm)].flatMap(
    ([, names = "", fallback = ""]) =>
      [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => ({ name, fallback })),
  );

  test("lists every setting, and none that is not there", () => {
    const documented = rows.map(({ name }) => name).sort();
    expect(documented).toEqual(Object.keys(appSettings.shape).sort());
  });

  test("tells the defaults as they are", () => {
    const defaults = appSettings.parse({}) as Record<string, unknown>;
    for (const { name, fallback } of rows) {
      const told = /^`(.*)`$/.exec(fallback)?.[1];
      if (told !== undefined) expect([name, JSON.parse(told)]).toEqual([name, defaults[name]]);
    }
  });
});

test("an app without settings is safe: no page may call, nobody is a guest, no token is foreign", () => {
  expect(appSettings.parse({})).toMatchObject({
    allowedOrigins: [],
    redirectUris: [],
    guestAuth: false,
    customJwt: null,
    publicClients: false,
    maxUsers: null,
  });
});

test("a stored document of another version is read: what is unknown is left out, what is missing has its default", () => {
  const stored = JSON.stringify({ guestAuth: true, settingOfTomorrow: { deep: 1 } });
  const settings = readSettings(stored);
  expect(settings).toMatchObject({ guestAuth: true, emailAuth: true });
  expect(settings).not.toHaveProperty("settingOfTomorrow");
  expect(Object.isFrozen(settings)).toBe(true);
});

test.each([
  [{ allowedOrigins: ["https://*.com"] }, /top-level/],
  [{ allowedOrigins: ["http://localhost"] }, /needs a port/],
  [{ allowedOrigins: ["https://app.example.com/"] }, /not an origin|without a path/],
  [{ logoUrl: "javascript:alert(1)" }, /http or https/],
  [{ termsUrl: "data:text/html,x" }, /http or https/],
  [{ accentColor: "red; background: url(x)" }, /#ff8800/],
  [{ customJwt: { jwksUrl: "file:///etc/passwd", issuer: "x" } }, /http or https/],
  [{ redirectUris: ["https://*.example.com/callback"] }, /localhost/],
  [{ sessionLifetime: 10 ** 9 }, /34560000/],
  [{ theme: "neon" }, /light/],
])("%j is refused with words", (settings, words) => {
  const read = appSettings.safeParse(settings);
  expect(read.error?.issues.map(({ message }) => message).join()).toMatch(words);
});

test.each([
  [{ jwksUrl: "https://a.example/jwks", issuer: "a" }, /audience|null/],
  [{ jwksUrl: "https://a.example/jwks", issuer: "a", audience: "" }, /audience|null/],
  [{ jwksUrl: "http://a.example/jwks", issuer: "a", audience: "x" }, /https:/],
  [{ jwksUrl: "http://localhost.a.example/", issuer: "a", audience: "x" }, /https:/],
])(
  "customJwt %j is not written any more, and read all the same (ASVS 9.2.3)",
  (customJwt, words) => {
    const written = writtenSettings.safeParse({ customJwt });
    expect(written.error?.issues.map(({ message }) => message).join()).toMatch(words);
    expect(readSettings(JSON.stringify({ customJwt })).customJwt).toMatchObject(customJwt);
  },
);

test.each(["http://localhost:3000/", "http://127.0.0.1:1/", "http://[::1]/", "https://a.example/"])(
  "customJwt with its keys at %s is written, for any audience where that is stated",
  (jwksUrl) => {
    const customJwt = { jwksUrl, issuer: "a", audience: null };
    expect(writtenSettings.safeParse({ customJwt }).success).toBe(true);
  },
);
