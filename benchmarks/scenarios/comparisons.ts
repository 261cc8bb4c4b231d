import { browserHeaders } from "../servers/request-headers.ts";
import { refreshRequest } from "./latchkey-scenarios.ts";
import { CONNECTIONS, type Scenario, STEADY_SESSIONS } from "./scenario.ts";
import type { Shared } from "./shared.ts";

/** What Latchkey is held against, each in a process of its own. */
export function comparisons(shared: Shared): Scenario[] {
  return [
    {
      name: "hello",
      title: "node:http answering hello",
      open: async () => ({
        server: await shared.program("hello"),
        request: { method: "GET", path: "/", headers: browserHeaders },
        tokens: Array<string>(CONNECTIONS).fill(""),
        rotates: false,
      }),
    },
    {
      name: "probe",
      title: "Bare probe: HTTP, one row committed, two signatures",
      open: async () => {
        const server = await shared.program("bare-probe");
        return {
          server,
          request: refreshRequest("a".repeat(25), "t".repeat(470)),
          tokens: await server.seeds(),
          rotates: true,
        };
      },
    },
    {
      name: "oidc-provider",
      title: "oidc-provider refresh_token grant, memory",
      open: async () => {
        const server = await shared.program("oidc-provider");
        return {
          server,
          request: {
            method: "POST",
            path: "/token",
            headers: { ...browserHeaders, "content-type": "application/x-www-form-urlencoded" },
            body: "grant_type=refresh_token&client_id=bench&refresh_token={token}",
          },
          tokens: await server.seeds(),
          rotates: true,
        };
      },
    },
    {
      name: "better-auth",
      title: "better-auth get-session, SQLite",
      open: async () => {
        const server = await shared.program("better-auth", STEADY_SESSIONS);
        return {
          server,
          request: {
            method: "GET",
            path: "/api/auth/get-session",
            headers: { ...browserHeaders, cookie: "{token}" },
          },
          tokens: await server.seeds(),
          rotates: false,
        };
      },
    },
  ];
}
