import { expect, test } from "vitest";
import { openAppServer } from "../http/testing/app-server.ts";
import { openTestServer } from "../http/testing/test-server.ts";
import { impersonate } from "./impersonation.ts";

test("an operator's leave to act as a user is in the log without address or reason (ASVS 16.2.5)", async () => {
  const lines: unknown[] = [];
  const note = (...line: unknown[]) => lines.push(line);
  const log = { debug: note, info: note, warn: note, error: note };
  const redirectUri = "https://app.example.com/callback";
  const server = await openTestServer({ log, app: { redirectUris: [redirectUri] } });
  const { id: userId } = await openAppServer(server).user("ada@example.com");
  const app = await server.services.directory.find(server.app.id);
  if (!app) throw new TypeError("no app");
  await impersonate(server.services, {
    app,
    userEmail: "ada@example.com",
    redirectUri,
    impersonator: { email: "op@example.com", reason: "Ticket 4711" },
  });
  expect(lines.at(-1)).toEqual([{ appId: app.id, userId }, "impersonation allowed"]);
  await server.close();
});
