import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Handover, listenForHandover } from "./certificate-handover.ts";

const NAME = "privy.example.com";
const TOKEN = "a token of the operator that nobody guesses";

let handover: Handover;
let away: boolean;
beforeAll(async () => {
  handover = await listenForHandover({
    source: {
      async get(name) {
        if (away) throw new Error("the database is away");
        return name === NAME ? { version: 1, chain: "CHAIN", keyPem: "KEY\n" } : null;
      },
    },
    token: TOKEN,
    port: 0,
    log: { warn() {} },
  });
});
afterAll(() => handover.close());
beforeEach(() => {
  away = false;
});

function ask(query: string, password: string | null = TOKEN, init: RequestInit = {}) {
  const headers = password === null ? {} : { authorization: `Basic ${btoa(`caddy:${password}`)}` };
  const path = query.startsWith("/") ? query : `/certificates?${query}`;
  return fetch(`http://127.0.0.1:${handover.port}${path}`, { ...init, headers });
}

test("a proxy with the token gets chain and key of a name, whatever its case", async () => {
  const answer = await ask("server_name=Privy.Example.COM&signature_schemes=0403");
  expect([answer.status, await answer.text()]).toEqual([200, "CHAIN\nKEY\n"]);
  expect(answer.headers.get("cache-control")).toBe("no-store");
});

test("names that are not ours get 204, and no name at all does too", async () => {
  expect((await ask("server_name=other.example.com")).status).toBe(204);
  expect((await ask("")).status).toBe(204);
});

test.each([
  ["no token", null],
  ["another token", `${TOKEN}x`],
  ["an empty token", ""],
])("with %s nothing is given, not even whether there is something", async (_, password) => {
  for (const name of [NAME, "other.example.com"]) {
    const answer = await ask(`server_name=${name}`, password);
    expect([answer.status, await answer.text()]).toEqual([401, ""]);
  }
});

test("a header that is no Basic authorization is refused as well", async () => {
  for (const authorization of ["Bearer x", "Basic", "Basic !!", `Basic ${btoa(TOKEN)}`]) {
    const url = `http://127.0.0.1:${handover.port}/certificates?server_name=${NAME}`;
    expect((await fetch(url, { headers: { authorization } })).status).toBe(401);
  }
});

test("only this one question is answered", async () => {
  expect((await ask("/")).status).toBe(404);
  expect((await ask(`server_name=${NAME}`, TOKEN, { method: "POST" })).status).toBe(404);
});

test("while the database is away it says 503, and never that a name is not ours", async () => {
  away = true;
  expect((await ask(`server_name=${NAME}`)).status).toBe(503);
});
