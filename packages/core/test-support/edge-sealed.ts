import { parseCookieHeader } from "../src/cookies/cookie-header.ts";
import { crypto } from "../src/crypto/index.ts";
import { base64url } from "../src/encoding.ts";
import { cookiePolicy } from "../src/sealed/cookie-attributes.ts";
import { readCookiePasswords } from "../src/sealed/cookie-passwords.ts";
import { createKeyRing } from "../src/sealed/key-ring.ts";
import { createSessionCookie } from "../src/sealed/session-cookie.ts";
import { typicalSession } from "../src/sealed/testing/typical-session.ts";

const now = Date.now();
const passwords = readCookiePasswords({ WORKOS_COOKIE_PASSWORD: "p".repeat(40) });
const attributes = cookiePolicy()({ url: "https://app.example.com/" });
const typical = await typicalSession();
const metadata = { notes: `notes: ${base64url(crypto.randomBytes(3_000))}` };
const large = { ...typical, user: { ...typical.user, metadata } };

const results = [];
for (const format of ["compact", "iron"] as const) {
  const cookie = createSessionCookie({
    name: "wos-session",
    ring: createKeyRing(passwords, { format }),
  });
  for (const session of [typical, large]) {
    const sealed = await cookie.seal(session, { cookies: [], attributes, now });
    const header = (sealed.ok ? sealed.setCookies : []).map((line) => line.split("; ")[0]);
    const opened = await cookie.open(parseCookieHeader(header.join("; ")), now);
    const same = opened.ok && JSON.stringify(opened.session) === JSON.stringify(session);
    results.push(`${format} ${header.length} ${same}`);
  }
}
console.log(JSON.stringify({ results, hasBuffer: "Buffer" in globalThis }));
