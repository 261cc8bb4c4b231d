import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { acmeChallengeRoutes } from "./acme-challenge.ts";
import { authorizeRoutes } from "./app-server/authorize.ts";
import { logoutRoutes } from "./app-server/logout.ts";
import { appServerProtocol } from "./app-server/routes.ts";
import { embeddedWalletsRoutes } from "./browser/embedded-wallets.ts";
import { browserProtocol } from "./browser/routes.ts";
import { sessionRefreshRoutes } from "./browser/session-refresh.ts";
import { healthRoutes } from "./health.ts";
import { metricsRoutes } from "./metrics.ts";
import { ownDomainRoutes } from "./own-domain.ts";
import { relatedOriginRoutes } from "./related-origins.ts";
import { sessionCheckRoutes } from "./session-check.ts";
import { openTestServer, type TestServer } from "./testing/test-server.ts";

const file = new URL("../../../../docs/reference/http-api.md", import.meta.url);

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());

test("docs/reference/http-api.md has every endpoint and none that is not there", () => {
  const { services } = server;
  const routes = [
    browserProtocol(services),
    embeddedWalletsRoutes(services),
    sessionRefreshRoutes(services),
    appServerProtocol(services),
    authorizeRoutes(services),
    logoutRoutes(services),
    acmeChallengeRoutes(services),
    healthRoutes(services),
    metricsRoutes(services),
    ownDomainRoutes(services),
    relatedOriginRoutes(services),
    sessionCheckRoutes(services),
  ].flatMap((app) => app.routes.filter(({ method }) => method !== "ALL"));
  const mounted = new Set(routes.map(({ method, path }) => `${method} ${path}`));
  const documented = new Set(
    [...readFileSync(file, "utf8").matchAll(/^### ([A-Z]+ \/\S*)$/gm)].map(([, name]) => name),
  );
  expect([...documented].sort()).toEqual([...mounted].sort());
});
