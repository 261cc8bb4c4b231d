import { afterEach, beforeEach, expect, test } from "vitest";
import { type DomainServer, openDomainServer } from "./testing/domain-server.ts";
import type { ServerFault } from "./testing/zone-world.ts";

let opened: DomainServer;
beforeEach(async () => {
  opened = await openDomainServer();
});
afterEach(() => opened.close());

test.each<[string, ServerFault, string[]]>([
  ["no resolver ever answers", { isSilent: true }, ["resolvers_unreachable"]],
  ["every answer takes a second and a half", { delayMs: 1500 }, ["cname_missing", "txt_missing"]],
  ["every answer takes three seconds", { delayMs: 3000 }, ["cname_missing", "txt_missing"]],
  ["every answer takes ten seconds", { delayMs: 10_000 }, ["resolvers_unreachable"]],
])(
  "a check ends within five seconds, with what is known by then, when %s",
  async (_, fault, expected) => {
    const { domains } = opened.server.services;
    const { domain } = await domains.add(opened.server.app, "example.com");
    opened.world.servers = { "192.0.2.53": fault, "source 203.0.113.53": fault };
    const started = performance.now();
    const { findings } = await domains.check(domain);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(findings.map(({ verdict }) => verdict)).toEqual(expected);
  },
);
