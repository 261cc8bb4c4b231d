import type { User } from "@latchkey/core/protocol/browser";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type Answer,
  basic,
  bearer,
  type CallOptions,
  openPage,
  send,
} from "../testing/test-page.ts";
import { openTestServer, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
let clock: number;
beforeEach(async () => {
  clock = Date.now();
  server = await openTestServer({ app: { guestAuth: true }, now: () => clock });
});
afterEach(() => server.close());

/** A call of the app's own server. */
const call = (path: string, options: CallOptions = {}): Promise<Answer> =>
  send(server.fetch, `/v1${path}`, {
    ...options,
    headers: { ...basic(server.app.id, server.secret), ...options.headers },
  });
const told = (answer: Answer) => [answer.status, answer.code];

const email = (address: string) => ({ type: "email", address });
const own = (custom_user_id: string) => ({ type: "custom_auth", custom_user_id });

async function make(...linked_accounts: object[]): Promise<User> {
  const answer = await call("/users", { body: { linked_accounts } });
  if (answer.status !== 200) throw new TypeError(answer.text);
  return answer.as<User>();
}

interface Page {
  readonly data: User[];
  readonly next_cursor: string | null;
}

/** All users, by following the cursors. */
async function everyone(limit: number, onPage = async (_: Page) => {}): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query = new URLSearchParams({ limit: String(limit), ...(cursor && { cursor }) });
    const page: Page = (await call(`/users?${query}`)).as<Page>();
    expect(page.data.length).toBeLessThanOrEqual(limit);
    ids.push(...page.data.map(({ id }) => id));
    await onPage(page);
    cursor = page.next_cursor;
  }
  return ids;
}

describe("an app's secret", () => {
  test("speaks for its own app only", async () => {
    const user = await make(email("ada@example.com"));
    const other = await server.addApp();
    const headers = basic(other.id, other.secret);
    expect(told(await call(`/users/${user.id}`, { headers }))).toEqual([404, "user_not_found"]);
    expect((await call("/users", { headers })).as<Page>().data).toEqual([]);
    for (const id of [other.id, server.app.id]) {
      const mixed = basic(id, id === other.id ? server.secret : other.secret);
      expect(told(await call("/users", { headers: mixed }))).toEqual([401, "invalid_credentials"]);
    }
    const gone = await call(`/users/${user.id}`, { method: "DELETE", headers });
    expect(told(gone)).toEqual([404, "user_not_found"]);
    expect((await call(`/users/${user.id}`)).status).toBe(200);
  });

  test("goes with the app id that the header names, if it names one", async () => {
    const other = await server.addApp();
    const named = (id: string) => call("/users", { headers: { "privy-app-id": id } });
    expect((await named(server.app.id)).status).toBe(200);
    expect(told(await named(other.id))).toEqual([401, "invalid_credentials"]);
    const path = await call(`/apps/${other.id}/allowlist`);
    expect(told(path)).toEqual([403, "missing_or_invalid_privy_app_id"]);
  });

  test("is refused once it is spelled wrong, whatever the page says it is", async () => {
    const page = openPage(server);
    const { token } = await page.signIn("ada@example.com");
    expect(told(await page.call("/users", { headers: bearer(token) }))).toEqual([
      401,
      "invalid_credentials",
    ]);
  });
});

describe("the list of users", () => {
  test("pages through everyone once, in the order of their creation", async () => {
    const ids: string[] = [];
    for (let count = 0; count < 25; count++) {
      // Several users of one millisecond, as an import makes them.
      if (count % 4 === 0) clock += 1;
      ids.push((await make(own(`u${count}`))).id);
    }
    for (const limit of [1, 7, 25, 100]) {
      const listed = await everyone(limit);
      expect(new Set(listed).size).toBe(25);
      expect([...listed].sort()).toEqual([...ids].sort());
    }
    expect(await everyone(4)).toEqual(await everyone(9));
  });

  test("loses nobody while users come and go", async () => {
    for (let count = 0; count < 12; count++) {
      clock += 1;
      await make(own(`u${count}`));
    }
    let added: string | undefined;
    const listed = await everyone(3, async () => {
      clock += 1;
      added ??= (await make(own("late"))).id;
    });
    expect(listed.length).toBe(13);
    expect(listed).toContain(added);
  });

  test("goes on where it was when the last user of a page was deleted", async () => {
    const made: User[] = [];
    for (let count = 0; count < 4; count++) {
      clock += 1;
      made.push(await make(own(`u${count}`)));
    }
    const ids = made.map(({ id }) => id);
    const first = (await call("/users?limit=2")).as<Page>();
    await call(`/users/${ids[1]}`, { method: "DELETE" });
    const body = { cursor: first.next_cursor, searchTerm: "u" };
    for (const answer of [
      await call(`/users?limit=2&cursor=${first.next_cursor}`),
      await call("/users/search", { body }),
    ]) {
      expect(answer.as<Page>().data.map(({ id }) => id)).toEqual(ids.slice(2));
      expect(answer.as<Page>().next_cursor).toBeNull();
    }
  });

  test("refuses a cursor or a limit that it never gave", async () => {
    for (const query of ["limit=0", "limit=101", "limit=ten", "limit=1e2", "limit=-1"]) {
      const answer = await call(`/users?${query}`);
      expect(told(answer)).toEqual([400, "invalid_data"]);
      expect(answer.text).toContain("1 to 100");
    }
    const { id } = await make(own("u"));
    for (const cursor of ["page2", id, `.${id}`, `-1.${id}`, "1.page2", `1e3.${id}`]) {
      const answer = await call(`/users?cursor=${cursor}`);
      expect(told(answer), cursor).toEqual([400, "invalid_data"]);
      expect(answer.text).toContain("next_cursor");
    }
  });
});

describe("search", () => {
  const search = async (body: object) => {
    const answer = await call("/users/search", { body });
    expect(answer.status).toBe(200);
    return answer
      .as<Page>()
      .data.flatMap(({ linked_accounts }) =>
        linked_accounts.map((account) =>
          account.type === "email" ? account.address : account.type,
        ),
      );
  };

  test("finds a part of an address or of an own id, in any spelling", async () => {
    await make(email("ada@example.com"));
    await make(email("grace@example.org"));
    await make(own("employee_7"));
    expect(await search({ searchTerm: "ADA" })).toEqual(["ada@example.com"]);
    expect(await search({ search_term: "example" })).toHaveLength(2);
    expect(await search({ searchTerm: "loyee_7" })).toEqual(["custom_auth"]);
    expect(await search({ emails: [" Grace@Example.org ", "none@example.org"] })).toEqual([
      "grace@example.org",
    ]);
    expect(await search({ searchTerm: "nobody" })).toEqual([]);
  });

  test("takes the signs of patterns as they are", async () => {
    await make(own("100%"));
    await make(own("a_b"));
    await make(own("aXb"));
    await make(own("back\\slash"));
    expect(await search({ searchTerm: "%" })).toHaveLength(1);
    expect(await search({ searchTerm: "a_b" })).toHaveLength(1);
    expect(await search({ searchTerm: "\\" })).toHaveLength(1);
    expect(await search({ searchTerm: "'" })).toHaveLength(0);
  });

  test("never finds a guest by the credential", async () => {
    await openPage(server).post("/guest/authenticate", { guest_credential: "g".repeat(43) });
    const { services } = server;
    const [guest] = await services.store.users.list(server.app.id, { after: null, limit: 1 });
    const subject = guest?.accounts[0]?.subject ?? "";
    expect(subject.length).toBeGreaterThan(20);
    expect(await search({ searchTerm: subject.slice(0, 20) })).toEqual([]);
  });

  test("pages like the list", async () => {
    for (let count = 0; count < 5; count++) await make(email(`p${count}@example.com`));
    const first = (await call("/users/search", { body: { searchTerm: "p", limit: 3 } })).as<Page>();
    const body = { searchTerm: "p", limit: 3, cursor: first.next_cursor };
    const second = (await call("/users/search", { body })).as<Page>();
    expect([first.data.length, second.data.length, second.next_cursor]).toEqual([3, 2, null]);
  });
});

describe("import", () => {
  const bring = (users: object[]) => call("/users/import", { body: { users } });

  test("makes everyone or no one", async () => {
    await make(email("ada@example.com"));
    const taken = await bring([
      { linked_accounts: [email("new@example.com")] },
      { linked_accounts: [own("1"), email("ADA@example.com")] },
    ]);
    expect(told(taken)).toEqual([422, "linked_to_another_user"]);
    expect(taken.text).toMatch(/did:privy:c[a-z0-9]{24} already; no user was made/);
    const twice = await bring([{ linked_accounts: [own("2")] }, { linked_accounts: [own("2")] }]);
    expect(told(twice)).toEqual([422, "linked_to_another_user"]);
    expect(twice.text).toContain("Two of the users share an account");
    const wrong = await bring([{ linked_accounts: [own("3")] }, { linked_accounts: [] }]);
    expect(told(wrong)).toEqual([400, "invalid_data"]);
    expect(await everyone(100)).toHaveLength(1);
  });

  test("takes 500 at once and no more", async () => {
    const users = Array.from({ length: 501 }, (_, at) => ({ linked_accounts: [own(`u${at}`)] }));
    expect(told(await bring(users))).toEqual([400, "invalid_data"]);
    const answer = await bring(users.slice(1));
    expect(answer.as<{ users: User[] }>().users).toHaveLength(500);
    expect(await everyone(100)).toHaveLength(500);
  });

  test("an imported user signs in by the address and keeps the id and the metadata", async () => {
    const custom_metadata = { plan: "pro", seats: 3, beta: true };
    const answer = await bring([{ linked_accounts: [email("Ada@Example.com")], custom_metadata }]);
    const [imported] = answer.as<{ users: User[] }>().users;
    const { user, is_new_user } = await openPage(server).signIn("ada@example.com");
    expect([user.id, is_new_user, user.custom_metadata]).toEqual([
      imported?.id,
      false,
      custom_metadata,
    ]);
  });
});

describe("a user's own data", () => {
  const set = (user: User, custom_metadata: unknown) =>
    call(`/users/${user.id}/custom_metadata`, { body: { custom_metadata } });

  test("is replaced as a whole, up to its limits", async () => {
    const user = await make(own("7"));
    const full = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`k${at}`, at]));
    expect((await set(user, full)).as<User>().custom_metadata).toEqual(full);
    expect((await set(user, { a: "x".repeat(1024) })).status).toBe(200);
    expect((await call(`/users/${user.id}`)).as<User>().custom_metadata).toEqual({
      a: "x".repeat(1024),
    });
    for (const [bad, words] of [
      [{ ...full, one: 1 }, "at most 50 keys"],
      [{ a: "x".repeat(1025) }, "at most 1024 characters"],
      [{ ["k".repeat(129)]: 1 }, "at most 128 characters"],
      [{ a: { b: 1 } }, "custom_metadata.a must be a string or a number or true or false"],
      [{ a: null }, "custom_metadata.a must be"],
      [["a"], "must be"],
      [null, "must be"],
      [undefined, "is missing"],
      [{ "a\u0007": 1 }, "control characters"],
    ] as const) {
      const refused = await set(user, bad);
      expect(told(refused)).toEqual([400, "invalid_data"]);
      expect(refused.text).toContain(words);
    }
    expect((await set(user, {})).as<User>().custom_metadata).toEqual({});
  });

  test("keeps every character, and keys that objects inherit", async () => {
    const user = await make(own("7"));
    const odd = { constructor: "c", toString: "t", "emoji 🦊": "‮משה", quote: `'";--` };
    expect((await set(user, odd)).as<User>().custom_metadata).toEqual(odd);
    const proto = '{"custom_metadata":{"__proto__":"x","kept":1}}';
    const answer = await call(`/users/${user.id}/custom_metadata`, { body: proto });
    expect(answer.as<User>().custom_metadata).toEqual({ kept: 1 });
  });

  test("of a user that is not there is 404, whatever the id looks like", async () => {
    for (const id of ["did:privy:cnone", `did:privy:${"c".repeat(25)}`, "me", "x y"]) {
      for (const answer of [
        await call(`/users/${id}`),
        await call(`/users/${id}`, { method: "DELETE" }),
        await call(`/users/${id}/custom_metadata`, { body: { custom_metadata: {} } }),
      ]) {
        // users/me is the page's own call, which asks for the app id first.
        if (id === "me" && answer.status === 400) continue;
        expect([id, ...told(answer)]).toEqual([id, 404, "user_not_found"]);
      }
    }
  });
});

test("a user is found by address and by own id", async () => {
  const ada = await make(email("ada@example.com"), own("7"));
  const byAddress = await call("/users/email/address", { body: { address: "ADA@example.com" } });
  const byId = await call("/users/custom_auth/id", { body: { custom_user_id: "7" } });
  expect([byAddress.as<User>().id, byId.as<User>().id]).toEqual([ada.id, ada.id]);
  const none = await call("/users/email/address", { body: { address: "no@example.com" } });
  expect(told(none)).toEqual([404, "user_not_found"]);
});

test("deleting a user ends every session of theirs and no one else's", async () => {
  const page = openPage(server);
  const first = await page.signIn("ada@example.com");
  const second = await openPage(server, { analyticsId: "phone" }).signIn("ada@example.com");
  const bob = await openPage(server, { analyticsId: "bob" }).signIn("bob@example.com");
  expect((await call(`/users/${first.user.id}`, { method: "DELETE" })).status).toBe(204);
  for (const { refresh_token } of [first, second]) {
    const answer = await page.post("/sessions", { refresh_token });
    expect(told(answer)).toEqual([401, "missing_or_invalid_token"]);
  }
  expect((await page.post("/sessions", { refresh_token: bob.refresh_token })).status).toBe(200);
});
