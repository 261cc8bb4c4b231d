import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DomainServer, openDomainServer, zoneWith } from "../domains/testing/domain-server.ts";
import type { WireDomain } from "../domains/wire-domain.ts";
import { type Answer, basic, type CallOptions, send } from "./testing/test-page.ts";

const PATH = "/latchkey/v1/domains";

let opened: DomainServer;
beforeEach(async () => {
  opened = await openDomainServer();
});
afterEach(() => opened.close());

function call(path: string, options: CallOptions = {}): Promise<Answer> {
  const { server } = opened;
  const headers = { ...basic(server.app.id, server.secret), ...options.headers };
  return send(server.fetch, `${PATH}${path}`, { ...options, headers });
}
const add = (domain: string) => call("", { body: { domain } });

describe("an app's own server", () => {
  test("adds the domain, reads what to set, looks again, and gives it up", async () => {
    expect((await call("")).as()).toEqual({ data: [] });
    const added = await add("example.com");
    expect(added.status).toBe(200);
    const domain = added.as<WireDomain>();
    expect(domain).toMatchObject({
      domain: "example.com",
      app_id: opened.server.app.id,
      session_host: "privy.example.com",
      state: "awaiting_dns",
      checked_at: null,
      findings: [],
    });
    expect(domain.records.map(({ type, optional }) => [type, optional])).toEqual([
      ["CNAME", false],
      ["TXT", false],
      ["CNAME", true],
    ]);
    expect((await call("")).as()).toEqual({ data: [domain] });

    const missing = (await call("/example.com/check", { method: "POST" })).as<WireDomain>();
    expect(missing.findings.map(({ verdict }) => verdict)).toEqual([
      "cname_missing",
      "txt_missing",
    ]);
    expect(missing.findings[0]?.records).toEqual([
      { type: "CNAME", name: "privy.example.com", value: domain.records[0]?.value },
    ]);

    const status = await opened.server.services.domains.find("example.com");
    if (status) opened.world.zones = zoneWith(status);
    const well = (await call("/Example.com/check", { method: "POST" })).as<WireDomain>();
    expect(well).toMatchObject({ state: "active", findings: [] });
    expect((await call("/example.com")).as()).toEqual(well);

    expect((await call("/example.com", { method: "DELETE" })).status).toBe(200);
    expect((await call("")).as()).toEqual({ data: [] });
  });

  test("is told what to type", async () => {
    const answer = await add("https://www.example.com/");
    expect([answer.status, answer.code]).toEqual([422, "invalid_domain"]);
    expect(answer.as<{ error: string }>().error).toContain("Type example.com instead");
  });

  test("sees nothing of another app's domain, and cannot touch it", async () => {
    await add("example.com");
    const other = await opened.server.addApp();
    const headers = basic(other.id, other.secret);
    expect((await call("", { headers })).as()).toEqual({ data: [] });
    for (const [path, method] of [
      ["/example.com", "GET"],
      ["/example.com", "DELETE"],
      ["/example.com/check", "POST"],
    ] as const) {
      const answer = await call(path, { method, headers });
      expect([answer.status, answer.code]).toEqual([404, "not_found"]);
      expect(answer.text).not.toContain("example.com");
    }
    const taken = await call("", { headers, body: { domain: "example.com" } });
    expect([taken.status, taken.code]).toEqual([409, "domain_taken"]);
    expect(taken.text).not.toContain(opened.server.app.id);
  });

  test("claims and releases twenty times an hour, and each app for itself (ASVS 2.4.1)", async () => {
    const codes = [];
    for (let count = 0; count < 11; count++) {
      codes.push((await add("example.com")).status);
      codes.push((await call("/example.com", { method: "DELETE" })).status);
    }
    expect(codes).toEqual([...Array(20).fill(200), 429, 404]);
    const other = await opened.server.addApp();
    const headers = basic(other.id, other.secret);
    expect((await call("", { headers, body: { domain: "example.org" } })).status).toBe(200);
    opened.advance(3_600_000);
    expect((await add("example.com")).status).toBe(200);
  });

  test("may look ten times a minute", async () => {
    await add("example.com");
    const statuses = [];
    for (let count = 0; count < 11; count++) {
      statuses.push((await call("/example.com/check", { method: "POST" })).status);
    }
    expect(statuses).toEqual([...Array(10).fill(200), 429]);
    opened.advance(60_000);
    expect((await call("/example.com/check", { method: "POST" })).status).toBe(200);
  });
});

test.each([
  ["GET", ""],
  ["POST", ""],
  ["GET", "/example.com"],
  ["POST", "/example.com/check"],
  ["DELETE", "/example.com"],
])("%s %s needs the app's secret (ASVS 8.2.1)", async (method, path) => {
  for (const headers of [
    { authorization: undefined },
    basic(opened.server.app.id, "wrong"),
    { authorization: `Bearer ${opened.server.apiKey}` },
  ]) {
    const body = method === "POST" ? { body: { domain: "example.com" } } : {};
    const answer = await call(path, { method, headers, ...body });
    expect([answer.status, answer.code]).toEqual([401, "invalid_credentials"]);
  }
});
