import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type DecodedPacket, decode, encode } from "dns-packet";
import { afterEach, describe, expect, test } from "vitest";
import type { DnsQuestion, DnsQuestionOptions } from "../domains/dns.ts";
import { dnsResolver } from "./dns-resolver.ts";
import { answerTo, type DnsServer, startDnsServer } from "./testing/dns-server.ts";

let server: DnsServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function ask(
  question: DnsQuestion,
  reply: Parameters<typeof startDnsServer>[0],
  options: Partial<DnsQuestionOptions> = {},
  overTcp?: Parameters<typeof startDnsServer>[1],
) {
  server = await startDnsServer(reply, overTcp);
  const dns = dnsResolver([server.address]);
  const signal = AbortSignal.timeout(10_000);
  return dns.ask(server.address, question, {
    recursion: true,
    checkingDisabled: false,
    signal,
    ...options,
  });
}

const PRIVY = "privy.example.com";
const SOA = {
  type: "SOA",
  name: "example.com",
  ttl: 3600,
  data: { mname: "ns.example.com", rname: "admin.example.com", minimum: 600 },
} as const;

describe("answers are read", () => {
  test("an alias and what it leads to, names in lower case without the last dot", async () => {
    const found = await ask({ name: PRIVY, type: "A" }, (question) =>
      answerTo(question, [
        { type: "CNAME", name: "Privy.Example.COM", ttl: 60, data: "label.CNAME.example.net." },
        { type: "A", name: "label.cname.example.net", ttl: 30, data: "203.0.113.7" },
      ]),
    );
    expect(found).toEqual({
      kind: "found",
      records: [
        { type: "CNAME", name: PRIVY, ttl: 60, value: "label.cname.example.net" },
        { type: "A", name: "label.cname.example.net", ttl: 30, value: "203.0.113.7" },
      ],
    });
  });

  test("two CNAMEs at one name, both", async () => {
    const found = await ask({ name: PRIVY, type: "CNAME" }, (question) =>
      answerTo(question, [
        { type: "CNAME", name: PRIVY, ttl: 60, data: "a.example" },
        { type: "CNAME", name: PRIVY, ttl: 60, data: "b.example" },
      ]),
    );
    expect(found.kind === "found" && found.records.map(({ value }) => value)).toEqual([
      "a.example",
      "b.example",
    ]);
  });

  test("the strings of a TXT record as one", async () => {
    const name = "_latchkey.example.com";
    const found = await ask({ name, type: "TXT" }, (question) =>
      answerTo(question, [{ type: "TXT", name, ttl: 5, data: ["latchkey-", "verify=ünï"] }]),
    );
    expect(found).toMatchObject({ records: [{ value: "latchkey-verify=ünï" }] });
  });

  test("CAA with all its flags, IPv6 and name servers", async () => {
    const caa = await ask({ name: "example.com", type: "CAA" }, (question) =>
      answerTo(question, [
        {
          type: "CAA",
          name: "example.com",
          ttl: 5,
          data: { flags: 128, tag: "issue", value: "ca.example; a=b" },
        },
      ]),
    );
    expect(caa).toMatchObject({
      records: [{ value: { flags: 128, tag: "issue", value: "ca.example; a=b" } }],
    });
    await server?.close();
    const aaaa = await ask({ name: PRIVY, type: "AAAA" }, (question) =>
      answerTo(question, [{ type: "AAAA", name: PRIVY, ttl: 5, data: "2001:db8::7" }]),
    );
    expect(aaaa).toMatchObject({ records: [{ type: "AAAA", value: "2001:db8::7" }] });
    await server?.close();
    const ns = await ask({ name: "example.com", type: "NS" }, (question) =>
      answerTo(question, [{ type: "NS", name: "example.com", ttl: 5, data: "NS1.example.net" }]),
    );
    expect(ns).toMatchObject({ records: [{ type: "NS", value: "ns1.example.net" }] });
  });
});

describe("what is not there, and for how long caches say so (RFC 2308 section 5)", () => {
  test("a name without such a record", async () => {
    const absent = await ask({ name: PRIVY, type: "CNAME" }, (question) =>
      answerTo(question, [], { authorities: [SOA] }),
    );
    expect(absent).toEqual({ kind: "absent", nameExists: true, records: [], ttl: 600 });
  });

  test("a name that does not exist", async () => {
    const absent = await ask({ name: PRIVY, type: "A" }, (question) =>
      answerTo(question, [], { rcode: 3, authorities: [{ ...SOA, ttl: 60 }] }),
    );
    expect(absent).toEqual({ kind: "absent", nameExists: false, records: [], ttl: 60 });
  });

  test("a name that does exist, its target does not", async () => {
    const absent = await ask({ name: PRIVY, type: "A" }, (question) =>
      answerTo(question, [{ type: "CNAME", name: PRIVY, ttl: 60, data: "gone.example" }], {
        rcode: 3,
      }),
    );
    expect(absent).toMatchObject({ kind: "absent", nameExists: true, ttl: null });
  });
});

describe("what says nothing about the name", () => {
  test.each([
    [1, "malformed"],
    [2, "server_failure"],
    [4, "malformed"],
    [5, "refused"],
    [9, "refused"],
  ])("rcode %i: %s", async (rcode, reason) => {
    const answer = await ask({ name: PRIVY, type: "A" }, (question) =>
      answerTo(question, [], { rcode }),
    );
    expect(answer).toEqual({ kind: "failed", reason });
  });

  test("a referral: that server does not hold the name", async () => {
    const referral = { type: "NS", name: "example.com", ttl: 5, data: "ns1.example.net" } as const;
    const answer = await ask(
      { name: PRIVY, type: "CNAME" },
      (question) => answerTo(question, [], { authorities: [referral] }),
      { recursion: false },
    );
    expect(answer).toEqual({ kind: "failed", reason: "refused" });
  });

  test("silence, given up in less than two seconds after a second attempt", async () => {
    const started = performance.now();
    const answer = await ask({ name: PRIVY, type: "A" }, () => null);
    expect(answer).toEqual({ kind: "failed", reason: "timeout" });
    expect(performance.now() - started).toBeLessThan(2500);
    expect(server?.questions).toHaveLength(2);
  });

  test("silence that somebody no longer waits for", async () => {
    const started = performance.now();
    const signal = AbortSignal.timeout(100);
    const answer = await ask({ name: PRIVY, type: "A" }, () => null, { signal });
    expect(answer).toEqual({ kind: "failed", reason: "timeout" });
    expect(performance.now() - started).toBeLessThan(600);
  });

  test("a port where nothing listens, and an address that is none", async () => {
    const probe = createSocket("udp4");
    probe.bind(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address();
    probe.close();
    const dns = dnsResolver([]);
    const options = {
      recursion: true,
      checkingDisabled: false,
      signal: AbortSignal.timeout(5000),
    };
    const question = { name: PRIVY, type: "A" } as const;
    expect(await dns.ask(`127.0.0.1:${port}`, question, options)).toMatchObject({ kind: "failed" });
    expect(await dns.ask("[::1]:1", question, options)).toMatchObject({ kind: "failed" });
  });
});

test("an address that no socket connects to fails like every other and ends nothing (ASVS 16.5.3)", async () => {
  const answer = await dnsResolver([]).ask(
    "255.255.255.255",
    { name: PRIVY, type: "A" },
    { recursion: false, checkingDisabled: false, signal: AbortSignal.timeout(5000) },
  );
  expect(answer).toEqual({ kind: "failed", reason: "unreachable" });
});

describe("nobody else's answer is taken (RFC 5452 section 9)", () => {
  const good = (question: DecodedPacket) =>
    answerTo(question, [{ type: "A", name: PRIVY, ttl: 5, data: "203.0.113.7" }]);
  const forged = (question: DecodedPacket) =>
    answerTo(question, [{ type: "A", name: PRIVY, ttl: 5, data: "198.51.100.66" }]);

  test.each<[string, (question: DecodedPacket) => object]>([
    ["another id", (question) => ({ ...forged(question), id: ((question.id ?? 0) + 1) % 65_536 })],
    [
      "another name",
      (question) => ({ ...forged(question), questions: [{ type: "A", name: "evil.example" }] }),
    ],
    [
      "another type",
      (question) => ({ ...forged(question), questions: [{ type: "AAAA", name: PRIVY }] }),
    ],
    ["no question", (question) => ({ ...forged(question), questions: [] })],
    ["a question in place of an answer", (question) => ({ ...forged(question), type: "query" })],
  ])("%s", async (_, forge) => {
    const answer = await ask({ name: PRIVY, type: "A" }, (question) => [
      encode(forge(question)),
      good(question),
    ]);
    expect(answer).toMatchObject({ records: [{ value: "203.0.113.7" }] });
  });

  test("bytes that are no message at all", async () => {
    const answer = await ask({ name: PRIVY, type: "A" }, (question) => [
      Buffer.from("no dns message"),
      Buffer.alloc(0),
      Buffer.alloc(600, 0xc0),
      good(question),
    ]);
    expect(answer).toMatchObject({ records: [{ value: "203.0.113.7" }] });
  });

  test("each question has a random id", async () => {
    await ask({ name: PRIVY, type: "A" }, (question, attempt) =>
      attempt === 1 ? null : good(question),
    );
    const ids = server?.questions.map(({ id }) => id) ?? [];
    expect(ids).toHaveLength(2);
  });
});

describe("what is asked", () => {
  const none = (question: DecodedPacket) => answerTo(question, []);
  const RECURSION_DESIRED = 0x100;
  const CHECKING_DISABLED = 0x10;

  test("a resolver to look further, a zone's own server not to", async () => {
    await ask({ name: PRIVY, type: "A" }, none);
    expect((server?.questions[0]?.flags ?? 0) & RECURSION_DESIRED).not.toBe(0);
    await server?.close();
    await ask({ name: PRIVY, type: "A" }, none, { recursion: false });
    expect((server?.questions[0]?.flags ?? 0) & RECURSION_DESIRED).toBe(0);
  });

  test("to leave DNSSEC unchecked only where that is wanted (RFC 4035 section 3.2.2)", async () => {
    await ask({ name: PRIVY, type: "A" }, none);
    expect((server?.questions[0]?.flags ?? 0) & CHECKING_DISABLED).toBe(0);
    await server?.close();
    await ask({ name: PRIVY, type: "A" }, none, { checkingDisabled: true });
    expect((server?.questions[0]?.flags ?? 0) & CHECKING_DISABLED).not.toBe(0);
  });

  test("again over TCP when the answer did not fit", async () => {
    const texts = Array.from({ length: 30 }, (_, index) => `${index} ${"x".repeat(200)}`);
    const name = "example.com";
    const TRUNCATED = 0x200;
    const answer = await ask(
      { name, type: "TXT" },
      (question) => answerTo(question, [], { flags: TRUNCATED }),
      {},
      (question) =>
        answerTo(
          question,
          texts.map((data) => ({ type: "TXT", name, ttl: 5, data })),
        ),
    );
    expect(answer.kind === "found" && answer.records.map(({ value }) => value)).toEqual(texts);
  });

  test("and over TCP too, what is no answer is none", async () => {
    const TRUNCATED = 0x200;
    const answer = await ask(
      { name: PRIVY, type: "A" },
      (question) => answerTo(question, [], { flags: TRUNCATED }),
      {},
      () => Buffer.from([0, 3, 1, 2, 3]),
    );
    expect(answer).toEqual({ kind: "failed", reason: "malformed" });
  });
});

test("without configured servers it takes the operating system's", () => {
  expect(dnsResolver([]).servers.length).toBeGreaterThan(0);
  expect(dnsResolver(["192.0.2.1"]).servers).toEqual(["192.0.2.1"]);
});

test("the codec in use refuses what would make it loop", () => {
  const loop = Buffer.from([0, 1, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1]);
  expect(() => decode(loop)).toThrow();
});
