/**
 * Any interleaving of two tabs, their reloads, a bad network and a wrong clock: nobody is signed
 * out but by a sign-out or by the server's proof (rule R5), nobody stays in after a sign-out, and
 * no generation is ever overwritten by a lower one.
 */
import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LatchkeyClientError } from "./errors.ts";
import type { SessionRecord } from "./record.ts";
import { createFakeBrowser, type Tab } from "./testing/fake-browser.ts";
import { DIRECT, instead, type Passage } from "./testing/fake-network.ts";
import { createFakeServer } from "./testing/fake-server.ts";
import { ADA, HOUR, pass, settle } from "./testing/set-up.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Milliseconds. Nobody looks at a page for hours. */
const LONGEST_LOOK = 130_000;

const latency = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 300 }),
  fc.integer({ min: 300, max: 30_000 }),
);

const passage: fc.Arbitrary<Passage> = fc.record({
  fault: fc.oneof(
    { weight: 6, arbitrary: fc.constant<Passage["fault"]>({ kind: "none" }) },
    { weight: 3, arbitrary: fc.constant<Passage["fault"]>({ kind: "answer_lost" }) },
    { weight: 1, arbitrary: fc.constant<Passage["fault"]>({ kind: "unreachable" }) },
    { weight: 1, arbitrary: fc.constant<Passage["fault"]>({ kind: "hangs" }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(200, 401, 403, 429, 500, 503).map((s) => instead(s).fault),
    },
  ),
  there: latency,
  back: latency,
});

const step = fc.record({
  tab: fc.constantFrom(0, 1),
  act: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom("token", "refresh") },
    { weight: 2, arbitrary: fc.constantFrom("reload", "focus") },
    { weight: 1, arbitrary: fc.constantFrom("sign out", "sign in") },
  ),
  pause: fc.constantFrom(0, 1, 20, 400, 5000, 29_000, 121_000, HOUR - 31_000, HOUR, 9 * HOUR),
});

const world = fc.record({
  steps: fc.array(step, { minLength: 3, maxLength: 25 }),
  passages: fc.array(passage, { minLength: 3, maxLength: 40 }),
  locks: fc.boolean(),
  clockError: fc.constantFrom(0, 48 * HOUR, -48 * HOUR),
});

type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

async function play({ steps, passages, locks, clockError }: World) {
  const server = createFakeServer({ now: () => Date.now() });
  /** Sessions whose tokens reached this browser. */
  const known = new Set<string>();
  const problems: unknown[] = [];
  const onWrite = (before: string | null, after: string) => {
    const { session } = JSON.parse(after);
    if (session) known.add(session.sid);
    if (before && !mayOverwrite(JSON.parse(before), JSON.parse(after)))
      problems.push(before, after);
  };
  const browser = createFakeBrowser({ server, locks, clockError, onWrite });
  let healthy = true;
  let requests = 0;
  const network = (): Passage =>
    healthy ? DIRECT : (passages[requests++ % passages.length] as Passage);
  const open = () => {
    const tab = browser.openTab();
    tab.network = network;
    void tab.client.start();
    return tab;
  };
  const tabs: [Tab, Tab] = [open(), open()];
  await settle(tabs[0].client.signInWithCode(ADA), 100);

  /** What the user did last. While a sign-in is under way, or its answer late, both are right. */
  let wanted: "in" | "out" | "either" = "in";
  const allOver = () => [...known].every((sid) => server.sessions.get(sid)?.state.endedAt !== null);
  const onToken = (token: string | null) => {
    if (token === null && wanted === "in" && !allOver()) problems.push("null without a sign-out");
  };
  const onError = (error: unknown) => {
    if (!(error instanceof LatchkeyClientError)) problems.push(error);
  };

  healthy = false;
  for (const { tab: index, act, pause } of steps) {
    const tab = tabs[index];
    const { client } = tab;
    if (act === "token") void client.getAccessToken().then(onToken, onError);
    if (act === "refresh") void client.refresh().then(onToken, onError);
    if (act === "focus") tab.setVisible(true);
    if (act === "reload") {
      tabs[index].close();
      tabs[index] = open();
    }
    if (act === "sign out") {
      wanted = "out";
      void client.signOut();
      expect(browser.record().session).toBeNull();
    }
    if (act === "sign in" && wanted === "out") {
      wanted = "either";
      void client.signInWithCode(ADA).then(async () => {
        // The other tab learns of it by a storage event, a moment later.
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (wanted === "either") wanted = "in";
      }, onError);
    }
    if (pause > LONGEST_LOOK) for (const each of tabs) each.setVisible(false);
    // One more, in which storage events arrive.
    await pass(pause + 1);
    for (const { client } of tabs) {
      const { status } = client.getSnapshot();
      if (wanted === "out") expect(status).not.toBe("signed_in");
      if (wanted === "in" && !allOver()) expect(["loading", "signed_in"]).toContain(status);
    }
  }

  healthy = true;
  await pass(400_000);
  const all = Promise.all(tabs.map(({ client }) => client.getAccessToken()));
  const tokens = await settle(all, 60_000);
  const statuses = tabs.map(({ client }) => client.getSnapshot().status);
  if (browser.record().session) {
    expect(wanted).not.toBe("out");
    expect(statuses).toEqual(["signed_in", "signed_in"]);
    for (const token of tokens) expect(expiry(token)).toBeGreaterThan(Date.now());
  } else {
    // Either the server ended it, or it was signed out here and is now over on the server too.
    expect(allOver()).toBe(true);
    expect(statuses).toEqual(["signed_out", "signed_out"]);
    expect(tokens).toEqual([null, null]);
  }
  expect(problems).toEqual([]);
  for (const tab of tabs) tab.close();
  vi.clearAllTimers();
}

function mayOverwrite(old: SessionRecord, next: SessionRecord): boolean {
  if (next.epoch !== old.epoch) return next.epoch > old.epoch;
  if (!old.session || !next.session || old.session.sid !== next.session.sid) return true;
  return Number(next.session.generation) >= Number(old.session.generation);
}

function expiry(token: string | null): number {
  return JSON.parse(Buffer.from(token?.split(".")[1] ?? "", "base64url").toString()).exp * 1000;
}

it("keeps rule R5 in any interleaving of two tabs", { timeout: 60_000 }, async () => {
  await fc.assert(fc.asyncProperty(world, play), { numRuns: Number(process.env.RUNS ?? 150) });
});
