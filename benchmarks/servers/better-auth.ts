/** better-auth's get-session on SQLite, without its cookie cache and without rate limits. */
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import Sqlite from "better-sqlite3";
import type { SeedsAnswer } from "../processes/usage.ts";

const port = Number(process.env.PORT);
const database = new Sqlite(process.env.PROBE_DATABASE);
database.pragma("journal_mode = WAL");

const auth = betterAuth({
  baseURL: `http://127.0.0.1:${port}`,
  secret: "a secret of the benchmark only, thirty-two characters",
  database,
  telemetry: { enabled: false },
  rateLimit: { enabled: false },
  emailAndPassword: {
    enabled: true,
    // Signing in is not what is measured: no slow hash.
    password: { hash: async (text) => text, verify: async () => true },
  },
});
await (await getMigrations(auth.options)).runMigrations();

async function newSession(index: number): Promise<string> {
  const body = { email: `user${index}@example.com`, password: "password", name: "User" };
  const response = await auth.api.signUpEmail({ body, asResponse: true });
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";", 1)[0]);
  if (!response.ok || cookies.length === 0) throw new Error(`sign-up answered ${response.status}`);
  return cookies.join("; ");
}

const tokens: string[] = [];
for (let index = 0; index < Number(process.env.SESSIONS); index += 1) {
  tokens.push(await newSession(index));
}
createServer(toNodeHandler(auth)).listen(port, "127.0.0.1");
process.send?.({ kind: "seeds", tokens } satisfies SeedsAnswer);
