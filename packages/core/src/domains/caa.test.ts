import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CaaQuestion, type CaaStep, decideCaa, readIssueValue } from "./caa.ts";
import type { CaaProperty } from "./observation.ts";

const OURS: CaaQuestion = { issuer: "letsencrypt.org" };

/** `0 issue "ca.example"` and its like, one a line. */
function properties(...lines: string[]): CaaProperty[] {
  return lines.map((line) => {
    const [, flags, tag = "", value = ""] = /^(\d+) (\S+) "(.*)"$/.exec(line) ?? [];
    return { flags: Number(flags), tag, value };
  });
}

/** A climb from `privy.example.com`; each entry is the answer at one name, `null` none, `fails` no answer. */
function climb(...answers: (string[] | null | "fails")[]): CaaStep[] {
  const names = ["privy.example.com", "example.com", "com"];
  return names.map((name, index): CaaStep => {
    const answer = answers[index] ?? null;
    if (answer === null) return { name, kind: "absent" };
    if (answer === "fails") return { name, kind: "failed" };
    return { name, kind: "found", owner: name, properties: properties(...answer) };
  });
}

const decide = (steps: CaaStep[], question: CaaQuestion = OURS) => {
  const decision = decideCaa(steps, question);
  return decision.kind === "forbidden" ? `${decision.because} at ${decision.at}` : decision;
};

const issuedBy = (value: string) => climb(null, [`0 issue "${value}"`]);

describe("the climb (RFC 8659 section 3)", () => {
  test("no record up to the top: any CA may issue", () => {
    expect(decide(climb(null, null, null))).toEqual({ kind: "allowed", at: null });
  });

  test("the first non-empty set decides, and those above it do not count", () => {
    const steps = climb(['0 issue "letsencrypt.org"'], ['0 issue "other.example"']);
    expect(decide(steps)).toEqual({ kind: "allowed", at: "privy.example.com" });
    expect(decide(climb(['0 issue "other.example"'], ['0 issue "letsencrypt.org"']))).toBe(
      "other_issuer at privy.example.com",
    );
  });

  test("an empty set is none: the climb goes on", () => {
    expect(decide(climb([], ['0 issue ";"']))).toBe("nobody at example.com");
  });

  test("the top-level domain counts too", () => {
    expect(decide(climb(null, null, ['0 issue "other.example"']))).toBe("other_issuer at com");
  });

  test("what stands at an alias's target counts, and ends the climb before the parents of the name", () => {
    const [, ...parents] = climb(null, ['0 issue "other.example"']);
    const target: CaaStep = {
      name: "privy.example.com",
      kind: "found",
      owner: "label.cname.example.net",
      properties: properties('0 issue "letsencrypt.org"'),
    };
    expect(decide([target, ...parents])).toEqual({
      kind: "allowed",
      at: "label.cname.example.net",
    });
  });

  test("a lookup that fails is not absence", () => {
    expect(decide(climb("fails", ['0 issue "letsencrypt.org"']))).toEqual({
      kind: "undecided",
      at: "privy.example.com",
    });
    expect(decide(climb(null, "fails"))).toEqual({ kind: "undecided", at: "example.com" });
    expect(decide(climb(['0 issue "letsencrypt.org"'], "fails"))).toMatchObject({
      kind: "allowed",
    });
  });
});

describe("issue and issuewild (RFC 8659 sections 4.2 and 4.3)", () => {
  test.each<[string, string[], string]>([
    ["named", ['0 issue "letsencrypt.org"'], "allowed"],
    ["named in capitals, with a tag in capitals", ['0 ISSUE "LetsEncrypt.ORG"'], "allowed"],
    ["one of several", ['0 issue "a.example"', '0 issue "letsencrypt.org"'], "allowed"],
    ["another", ['0 issue "pki.goog"'], "other_issuer at example.com"],
    ["a longer name", ['0 issue "letsencrypt.org.evil.example"'], "other_issuer at example.com"],
    ["a subdomain", ['0 issue "ca.letsencrypt.org"'], "other_issuer at example.com"],
    ["nobody", ['0 issue ";"'], "nobody at example.com"],
    ["an empty value", ['0 issue ""'], "nobody at example.com"],
    ["nobody beside a name", ['0 issue ";"', '0 issue "letsencrypt.org"'], "allowed"],
    ["only wildcards are restricted", ['0 issuewild "other.example"'], "allowed"],
    ["only reports are asked for", ['0 iodef "mailto:ca@example.com"'], "allowed"],
    ["only an unknown property that is not critical", ['0 tbs "Unknown"'], "allowed"],
    ["an unknown property that is critical", ['128 tbs "Unknown"'], "critical at example.com"],
    [
      "named, beside a critical unknown property",
      ['0 issue "letsencrypt.org"', '128 tbs "Unknown"'],
      "critical at example.com",
    ],
    ["named, the property critical", ['128 issue "letsencrypt.org"'], "allowed"],
    ["flags that are reserved", ['1 tbs "Unknown"', '127 tbs "Unknown"'], "allowed"],
    ["every flag", ['255 tbs "Unknown"'], "critical at example.com"],
    ["malformed", ['0 issue "%%%%%"'], "nobody at example.com"],
    ["a host with an underscore", ['0 issue "lets_encrypt.org"'], "nobody at example.com"],
    ["an address for an issuer", ['0 issue "https://letsencrypt.org"'], "nobody at example.com"],
    ["two issuers in one value", ['0 issue "letsencrypt.org pki.goog"'], "nobody at example.com"],
    ["malformed parameters", ['0 issue "letsencrypt.org; %%%"'], "nobody at example.com"],
    ["malformed beside well-formed", ['0 issue "%%"', '0 issue "letsencrypt.org"'], "allowed"],
  ])("%s", (_, lines, expected) => {
    const decision = decide(climb(null, lines));
    expect(typeof decision === "string" ? decision : decision.kind).toBe(expected);
  });

  test("for a wildcard issuewild counts alone where there is one, else issue", () => {
    const wildcard = { ...OURS, wildcard: true };
    const both = climb(null, ['0 issue "letsencrypt.org"', '0 issuewild ";"']);
    expect(decide(both, wildcard)).toBe("nobody at example.com");
    expect(decide(both)).toMatchObject({ kind: "allowed" });
    expect(decide(issuedBy("letsencrypt.org"), wildcard)).toMatchObject({ kind: "allowed" });
    expect(decide(issuedBy("other.example"), wildcard)).toBe("other_issuer at example.com");
    const wild = climb(null, ['0 issue ";"', '0 issuewild "letsencrypt.org"']);
    expect(decide(wild, wildcard)).toMatchObject({ kind: "allowed" });
    expect(decide(wild)).toBe("nobody at example.com");
  });
});

describe("parameters", () => {
  test("belong to the CA: what we do not know restricts nothing", () => {
    const steps = issuedBy("pki.goog; cansignhttpexchanges=yes");
    expect(decide(steps, { issuer: "pki.goog" })).toMatchObject({ kind: "allowed" });
  });

  test("accounturi binds to an account (RFC 8657 section 3)", () => {
    const steps = issuedBy("letsencrypt.org; accounturi=https://ca.example/acct/1");
    const as = (account: string | null) => decide(steps, { ...OURS, account });
    expect(as("https://ca.example/acct/1")).toMatchObject({ kind: "allowed" });
    expect(as("https://ca.example/acct/2")).toBe("account at example.com");
    expect(as(null)).toMatchObject({ kind: "allowed" });
  });

  test("validationmethods binds to challenges (RFC 8657 section 4)", () => {
    const steps = issuedBy("letsencrypt.org; validationmethods=dns-01,tls-alpn-01");
    const by = (method: string | null) => decide(steps, { ...OURS, method });
    expect(by("dns-01")).toMatchObject({ kind: "allowed" });
    expect(by("http-01")).toBe("method at example.com");
    expect(by(null)).toMatchObject({ kind: "allowed" });
  });

  test("one property that fits is enough", () => {
    const steps = climb(null, [
      '0 issue "letsencrypt.org; validationmethods=dns-01"',
      '0 issue "letsencrypt.org"',
    ]);
    expect(decide(steps, { ...OURS, method: "http-01" })).toMatchObject({ kind: "allowed" });
  });
});

describe("the value of an issue property (RFC 8659 section 4.2)", () => {
  test.each<[string, string | null, Record<string, string>]>([
    ["letsencrypt.org", "letsencrypt.org", {}],
    ["  letsencrypt.org\t", "letsencrypt.org", {}],
    ["letsencrypt.org;", "letsencrypt.org", {}],
    ["letsencrypt.org ; ", "letsencrypt.org", {}],
    ["ca.example; account=230123", "ca.example", { account: "230123" }],
    ["ca.example;a=1; b = 2 ;c=", "ca.example", { a: "1", b: "2", c: "" }],
    ["ca.example; A-b=x", "ca.example", { "a-b": "x" }],
    ["; a=1", null, { a: "1" }],
    [";", null, {}],
    ["", null, {}],
    ["ca.example; a", null, {}],
    ["ca.example; =1", null, {}],
    ["ca.example; a=1;", null, {}],
    ["ca.example; a=1;; b=2", null, {}],
    ["ca.example; a=1; a=2", null, {}],
    ["ca.example; a=x y", null, {}],
    ["ca-.example", null, {}],
    ["-ca.example", null, {}],
    ["ca..example", null, {}],
    [".ca.example", null, {}],
    ["cä.example", null, {}],
  ])("%j", (value, issuer, parameters) => {
    const read = readIssueValue(value);
    expect(read.issuer).toBe(issuer);
    expect(Object.fromEntries(read.parameters)).toEqual(parameters);
  });

  test("no text but our name authorises us, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const { issuer } = readIssueValue(value);
        if (issuer === "letsencrypt.org") {
          expect(value.toLowerCase()).toMatch(/^[ \t]*letsencrypt\.org[ \t]*(;|$)/);
        }
      }),
    );
  });
});
