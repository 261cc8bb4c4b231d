import { expect, test } from "vitest";
import { decideCaa } from "./caa.ts";
import { caaLines, issuerOfDirectory, PUBLIC_ISSUERS } from "./issuers.ts";

test("the lines to append let both public CAs issue, for the name and for wildcards", () => {
  const lines = caaLines();
  expect(lines).toEqual([
    '0 issue "letsencrypt.org"',
    '0 issuewild "letsencrypt.org"',
    '0 issue "pki.goog; cansignhttpexchanges=yes"',
    '0 issuewild "pki.goog; cansignhttpexchanges=yes"',
  ]);
  const properties = lines.map((line) => {
    const [, tag = "", value = ""] = /^0 (\S+) "(.*)"$/.exec(line) ?? [];
    return { flags: 0, tag, value };
  });
  const steps = [{ name: "a.example", kind: "found", owner: "a.example", properties }] as const;
  for (const { domain: issuer } of PUBLIC_ISSUERS) {
    for (const wildcard of [false, true]) {
      expect(decideCaa(steps, { issuer, wildcard })).toMatchObject({ kind: "allowed" });
    }
  }
});

test.each([
  ["https://acme-v02.api.letsencrypt.org/directory", "letsencrypt.org"],
  ["https://acme-staging-v02.api.letsencrypt.org/directory", "letsencrypt.org"],
  ["https://dv.acme-v02.api.pki.goog/directory", "pki.goog"],
  ["https://ca.internal.example/acme/directory", undefined],
  ["https://letsencrypt.org.evil.example/directory", undefined],
  ["nonsense", undefined],
])("%s is the directory of %s", (url, domain) => {
  expect(issuerOfDirectory(url)?.domain).toBe(domain);
});
