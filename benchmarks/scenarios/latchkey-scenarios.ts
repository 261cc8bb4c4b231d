import type { RequestTemplate } from "../load/load-job.ts";
import type { App, Latchkey } from "../servers/latchkey.ts";
import { sdkHeaders } from "../servers/request-headers.ts";
import { type OpenScenario, type Scenario, SESSIONS, STEADY_SESSIONS } from "./scenario.ts";
import type { Shared } from "./shared.ts";

interface Deployment {
  readonly latchkey: Latchkey;
  readonly databaseCpuMicros?: () => number | null;
  readonly writes: () => Promise<number>;
}

export function latchkeyScenarios(shared: Shared): Scenario[] {
  const sqlite = async (): Promise<Deployment> => shared.sqlite();
  const postgres = async (): Promise<Deployment> => {
    const { latchkey, postgres } = await shared.postgres();
    return { latchkey, databaseCpuMicros: postgres.cpuMicros, writes: postgres.writes };
  };
  return [
    ...scenariosOn("SQLite", "", sqlite),
    ...scenariosOn("PostgreSQL", "-postgres", postgres),
  ];
}

function scenariosOn(
  database: string,
  suffix: string,
  deploy: () => Promise<Deployment>,
): Scenario[] {
  return [
    {
      name: `refresh${suffix}`,
      title: `Latchkey refresh that moves, ${database}`,
      open: async () => {
        const deployment = await deploy();
        const { moving } = deployment.latchkey;
        return { ...(await refreshing(deployment, moving, SESSIONS)), expectsWrites: true };
      },
    },
    {
      name: `repeat${suffix}`,
      title: `Latchkey refresh inside the window, ${database}`,
      open: async () => {
        const deployment = await deploy();
        const { repeating } = deployment.latchkey;
        return {
          ...(await refreshing(deployment, repeating, STEADY_SESSIONS)),
          expectsWrites: false,
        };
      },
    },
    {
      name: `users-me${suffix}`,
      title: `Latchkey users/me, ${database}`,
      open: async () => {
        const { latchkey, ...deployment } = await deploy();
        const app = latchkey.repeating;
        const sessions = await latchkey.signIn(app, STEADY_SESSIONS);
        return {
          ...deployment,
          server: latchkey.server,
          request: {
            method: "GET",
            path: "/api/v1/users/me",
            headers: { ...sdkHeaders(app.id), authorization: "Bearer {token}" },
          },
          tokens: sessions.map(({ accessToken }) => accessToken),
          rotates: false,
          expectsWrites: false,
        };
      },
    },
  ];
}

async function refreshing(
  { latchkey, ...deployment }: Deployment,
  app: App,
  count: number,
): Promise<OpenScenario> {
  const sessions = await latchkey.signIn(app, count);
  return {
    ...deployment,
    server: latchkey.server,
    request: refreshRequest(app.id, sessions[0]?.accessToken ?? ""),
    tokens: sessions.map(({ refreshToken }) => refreshToken),
    rotates: true,
  };
}

/** As the browser SDK sends it, the access token that it renews included. */
export function refreshRequest(appId: string, accessToken: string): RequestTemplate {
  return {
    method: "POST",
    path: "/api/v1/sessions",
    headers: {
      ...sdkHeaders(appId),
      authorization: `Bearer ${accessToken}`,
      "content-type": "application/json",
    },
    body: '{"refresh_token":"{token}"}',
  };
}
