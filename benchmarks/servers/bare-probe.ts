/**
 * What a durable refresh cannot do without, and nothing else: the same HTTP as the server's
 * refresh, one row updated in a commit that waits for the disk and is shared by the requests of
 * one moment, and two ES256 signatures. No authentication, no rules, no errors, no framework.
 */
import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setImmediate } from "node:timers";
import Sqlite from "better-sqlite3";
import type { SeedsAnswer } from "../processes/usage.ts";

interface SessionRow {
  readonly id: string;
  readonly user_id: string;
  readonly generation: number;
}

interface Entry {
  readonly id: string;
  answer(row: SessionRow): void;
}

const db = new Sqlite(process.env.PROBE_DATABASE);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.exec(`CREATE TABLE sessions (id text PRIMARY KEY, user_id text NOT NULL, token_hash text NOT NULL,
  generation bigint NOT NULL, moved_at bigint NOT NULL, padding text NOT NULL)`);
const begin = db.prepare("BEGIN IMMEDIATE");
const commit = db.prepare("COMMIT");
const insert = db.prepare("INSERT INTO sessions VALUES (?, ?, ?, 0, 0, ?)");
const move = db.prepare<[number, string], SessionRow>(
  "UPDATE sessions SET generation = generation + 1, moved_at = ? WHERE id = ? RETURNING *",
);

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const header = encode({ alg: "ES256", typ: "JWT", kid: "k".repeat(43) });
const appId = "a".repeat(25);

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function signed(claims: object): string {
  const text = `${header}.${encode(claims)}`;
  // In DER, not as JWS writes it: asking node:crypto for that costs as much again as signing.
  return `${text}.${sign("sha256", Buffer.from(text), privateKey).toString("base64url")}`;
}

let queue: Entry[] = [];

function enqueue(entry: Entry): void {
  queue.push(entry);
  if (queue.length === 1) setImmediate(flush);
}

function flush(): void {
  const batch = queue;
  queue = [];
  begin.run();
  const rows = batch.map(({ id }) => move.get(Date.now(), id) as SessionRow);
  commit.run();
  for (const [index, entry] of batch.entries()) entry.answer(rows[index] as SessionRow);
}

const tokenOf = (id: string, generation: number) =>
  `probe.${"k".repeat(10)}.${id}.${generation}.1800000000.${"r".repeat(22)}.${"m".repeat(43)}`;

function respond(request: IncomingMessage, response: ServerResponse, row: SessionRow): void {
  const iat = Math.floor(Date.now() / 1000);
  const times = { sub: row.user_id, iss: "privy.io", iat, exp: iat + 3600 };
  const body = JSON.stringify({
    user: {
      id: row.user_id,
      created_at: iat,
      has_accepted_terms: false,
      is_guest: false,
      linked_accounts: [
        {
          type: "email",
          address: "test-1234@privy.io",
          verified_at: iat,
          first_verified_at: iat,
          latest_verified_at: iat,
        },
      ],
      mfa_methods: [],
    },
    token: signed({ sid: row.id, aud: appId, ...times }),
    privy_access_token: signed({ aid: appId, sid: row.id, aud: "privy-session-server", ...times }),
    refresh_token: tokenOf(row.id, row.generation),
    session_update_action: "set",
  });
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "x-request-id": randomUUID(),
    "cache-control": "private, no-store",
    vary: "Cookie, Origin",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "access-control-allow-origin": request.headers.origin,
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "Date, Retry-After, X-Request-Id",
  });
  response.end(body);
}

createServer((request, response) => {
  let text = "";
  request.setEncoding("utf8");
  request.on("data", (chunk) => {
    text += chunk;
  });
  request.on("end", () => {
    // Only to see whether it listens.
    if (text === "") return response.end();
    const { refresh_token } = JSON.parse(text) as { refresh_token: string };
    const id = refresh_token.split(".")[2] ?? "";
    enqueue({ id, answer: (row) => respond(request, response, row) });
  });
}).listen(Number(process.env.PORT), "127.0.0.1");

const tokens = Array.from({ length: Number(process.env.SESSIONS) }, () => {
  const id = randomUUID().replaceAll("-", "").slice(0, 22);
  insert.run(id, `did:privy:${"u".repeat(25)}`, "h".repeat(43), "p".repeat(300));
  return tokenOf(id, 0);
});
process.send?.({ kind: "seeds", tokens } satisfies SeedsAnswer);
