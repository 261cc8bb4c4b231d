import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import type { AuthenticatedUser } from "@latchkey/core/protocol/browser";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  endAll,
  type Folder,
  latchkey,
  makeFolder,
  productionEnv,
  type Running,
  readCreatedApp,
  serveLatchkey,
} from "./testing/latchkey.ts";
import { type Relay, startRelay } from "./testing/relay.ts";
import { openWebPage, type WebPage } from "./testing/web-page.ts";

const ORIGIN = "https://app.example.com";

let folder: Folder;
let relay: Relay;
let server: Running;
let page: WebPage;

beforeAll(async () => {
  folder = makeFolder();
  relay = await startRelay();
  const url = `sqlite:${join(folder.path, "latchkey.db")}`;
  const env = productionEnv(url, relay.port, { LATCHKEY_REFRESH_GRACE: "0" });
  const created = await latchkey(["apps", "create", "Demo", "--origin", ORIGIN], env);
  server = await serveLatchkey(["start"], env);
  page = openWebPage(server.url, readCreatedApp(created).id, ORIGIN);
});
afterAll(async () => {
  endAll();
  await relay.close();
  folder.remove();
});

/** How long any file of the server may become: what a quota does, without a disk of our own. */
function limitFiles(bytes: number | "unlimited"): void {
  // Raising the soft limit back needs no rights while the hard one stays.
  execFileSync("prlimit", [`--pid=${server.pid}`, `--fsize=${bytes}:unlimited`]);
}

test.runIf(process.platform === "linux")(
  "on a full disk writes answer 503 and nobody is signed out; with space again it goes on by itself (R5)",
  async () => {
    const ada = await page.signIn("ada@example.com", relay.codeFor);
    limitFiles(statSync(join(folder.path, "latchkey.db-wal")).size);
    const refused = [
      await page.post("/sessions", { refresh_token: ada.refresh_token }),
      await page.post("/passwordless/init", { email: "bob@example.com" }),
      await page.post("/sessions/logout", { refresh_token: ada.refresh_token }),
    ];
    for (const { status, headers, body } of refused) {
      expect([status, body.code]).toEqual([503, "database_unavailable"]);
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    }
    // What only reads goes on, so the user notices nothing until a token runs out.
    expect((await page.get("/users/me", ada.token)).status).toBe(200);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);

    limitFiles("unlimited");
    const refreshed = await page.post<AuthenticatedUser>("/sessions", {
      refresh_token: ada.refresh_token,
    });
    expect([refreshed.status, refreshed.body.user.id]).toEqual([200, ada.user.id]);
    expect((await page.signIn("bob@example.com", relay.codeFor)).is_new_user).toBe(true);
    server.kill("SIGTERM");
    expect((await server.finished).code).toBe(0);
  },
);
