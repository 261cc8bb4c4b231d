import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { openTestServer } from "../testing/test-server.ts";

test("the wallet frame answers at once, for pages of the app alone, and runs its own script alone (ASVS 3.4.6)", async () => {
  const app = { allowedOrigins: ["https://app.example.com"] };
  const server = await openTestServer({ app });
  const url = `http://localhost/apps/${server.app.id}/embedded-wallets?caid=1&client_id=`;
  const answer = await server.fetch(new Request(url), { ip: null });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toContain("text/html");
  const page = await answer.text();
  const script = /<script>([\s\S]*)<\/script>/.exec(page)?.[1] ?? "";
  const digest = createHash("sha256").update(script).digest("base64");
  const policy = answer.headers.get("content-security-policy");
  expect(policy).toContain(`script-src 'sha256-${digest}'`);
  expect(policy).toContain("frame-ancestors https://app.example.com");
  await server.close();
});

test("an app without origins lets nobody frame it; an unknown app has no such page", async () => {
  const server = await openTestServer({ app: { allowedOrigins: [] } });
  const frame = (id: string) =>
    server.fetch(new Request(`http://localhost/apps/${id}/embedded-wallets`), { ip: null });
  const own = await frame(server.app.id);
  expect(own.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect((await frame("c000000000000000000000000")).status).toBe(400);
  await server.close();
});
