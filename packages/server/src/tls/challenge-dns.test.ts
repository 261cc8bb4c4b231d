import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { createConnection } from "node:net";
import * as packet from "dns-packet";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { answerChallenge, type ChallengeZone } from "./challenge-answer.ts";
import { type ChallengeDns, listenForChallenges } from "./challenge-dns.ts";

const ZONE = "acme.cname.example.com";
const LABEL = "k3x9";

let values: string[];
let away: boolean;
let server: ChallengeDns;
const zone: ChallengeZone = {
  name: ZONE,
  nameServer: "sessions.example.com",
  async valuesOf(label) {
    if (away) throw new Error("the database is away");
    return label === LABEL ? values : [];
  },
};
const resolver = new Resolver({ timeout: 2000, tries: 1 });

beforeAll(async () => {
  server = await listenForChallenges({ zone, host: "127.0.0.1", port: 0, log: { warn() {} } });
  resolver.setServers([`127.0.0.1:${server.port}`]);
});
afterAll(() => server.close());
beforeEach(() => {
  values = ["digest"];
  away = false;
});

async function ask(
  type: packet.RecordType,
  name: string,
  changes: Partial<packet.Packet> = {},
): Promise<packet.DecodedPacket & { rcode: string }> {
  const query = packet.encode({ type: "query", id: 7, questions: [{ type, name }], ...changes });
  const answer = await answerChallenge(zone, query);
  if (answer === null) throw new Error("no answer");
  return packet.decode(answer) as packet.DecodedPacket & { rcode: string };
}

describe("the name server for challenges", () => {
  test("answers the TXT records of live challenges, whatever the case, with a life of a second", async () => {
    values = ["one", "two"];
    expect((await resolver.resolveTxt(`${LABEL}.${ZONE}`)).flat().sort()).toEqual(["one", "two"]);
    expect(await resolver.resolveTxt(`${LABEL.toUpperCase()}.Acme.CNAME.example.com`)).toHaveLength(
      2,
    );
    const { answers, flag_aa } = await ask("TXT", `${LABEL}.${ZONE}`);
    expect(flag_aa).toBe(true);
    expect(answers?.map((each) => "ttl" in each && each.ttl)).toEqual([1, 1]);
  });

  test("says that there is none with the SOA, so that caches forget it soon (RFC 2308 section 5)", async () => {
    values = [];
    for (const [type, name] of [
      ["TXT", `${LABEL}.${ZONE}`],
      ["TXT", `unknown.${ZONE}`],
      ["A", `${LABEL}.${ZONE}`],
      ["CAA", `${LABEL}.${ZONE}`],
      ["TXT", ZONE],
    ] as const) {
      const answer = await ask(type, name);
      expect([answer.rcode, answer.answers]).toEqual(["NOERROR", []]);
      expect(answer.authorities).toMatchObject([{ type: "SOA", name: ZONE, ttl: 5 }]);
    }
    expect((await ask("TXT", `deeper.${LABEL}.${ZONE}`)).rcode).toBe("NXDOMAIN");
  });

  test("knows its own zone, and refuses every other name", async () => {
    expect((await ask("SOA", ZONE)).answers).toMatchObject([{ type: "SOA" }]);
    expect((await ask("NS", ZONE)).answers).toMatchObject([{ data: "sessions.example.com" }]);
    for (const name of ["example.com", "cname.example.com", `x${ZONE}`, "."]) {
      expect((await ask("TXT", name)).rcode).toBe("REFUSED");
    }
  });

  test("does nothing but answer questions: other operations are not implemented, answers are ignored", async () => {
    const update = 5 << 11;
    expect((await ask("TXT", `${LABEL}.${ZONE}`, { flags: update })).rcode).toBe("NOTIMP");
    await expect(ask("TXT", `${LABEL}.${ZONE}`, { type: "response" })).rejects.toThrow();
    const twice = { type: "TXT", name: `${LABEL}.${ZONE}` } as const;
    await expect(ask("TXT", ZONE, { questions: [twice, twice] })).rejects.toThrow();
  });

  test("survives whatever bytes come", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await answerChallenge(zone, Buffer.from(bytes));
      }),
    );
  });

  test("no name that a stranger makes up ends the process, (ASVS 16.5.3)", async () => {
    const label = fc.uint8Array({ minLength: 1, maxLength: 63 });
    const names = fc.array(label, { maxLength: 3 });
    const longest = Array.from({ length: 3 }, () => new Uint8Array(63).fill(0xff));
    const header = Buffer.from([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    const udp = createSocket("udp4");
    await fc.assert(
      fc.asyncProperty(names, fc.boolean(), async (labels, isBelow) => {
        const below = isBelow ? ZONE.split(".").map((part) => Buffer.from(part)) : [];
        const parts = [...labels, ...below].map((part) => Buffer.from([part.length, ...part]));
        const message = Buffer.concat([header, ...parts, Buffer.from([0, 0, 16, 0, 1])]);
        udp.send(message, server.port, "127.0.0.1");
        await answerChallenge(zone, message);
      }),
      { examples: [[longest, false]] },
    );
    expect((await resolver.resolveTxt(`${LABEL}.${ZONE}`)).flat()).toEqual(["digest"]);
    udp.close();
  });

  test("says SERVFAIL, and not that there is nothing, while the database is away", async () => {
    away = true;
    await expect(resolver.resolveTxt(`${LABEL}.${ZONE}`)).rejects.toMatchObject({
      code: "ESERVFAIL",
    });
  });

  test("sends what is too long for UDP over TCP, several questions on one connection", async () => {
    values = Array.from({ length: 8 }, (_, index) => `${index}`.repeat(100));
    expect((await resolver.resolveTxt(`${LABEL}.${ZONE}`)).flat()).toHaveLength(8);
    values = ["short"];
    const query = packet.streamEncode({
      type: "query",
      id: 1,
      questions: [{ type: "TXT", name: `${LABEL}.${ZONE}` }],
    });
    const socket = createConnection(server.port, "127.0.0.1");
    const whole = await new Promise<Buffer>((resolve, reject) => {
      let received = Buffer.alloc(0);
      socket.on("error", reject);
      socket.on("data", (part) => {
        received = Buffer.concat([received, part]);
        const length = 2 + received.readUInt16BE(0);
        if (received.length >= 2 * length) resolve(received);
      });
      socket.write(Buffer.concat([query, query]));
    });
    socket.destroy();
    expect(packet.streamDecode(whole).answers).toHaveLength(1);
  });
});
