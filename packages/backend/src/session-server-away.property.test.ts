import fc from "fast-check";
import { expect, it } from "vitest";
import {
  createSessionServer,
  HOUR,
  MINUTE,
  refused,
  type SessionServer,
  settle,
} from "../test-support/session-server.ts";

const KIDS = ["key-1", "key-2", "key-3"] as const;
const YEAR_2100 = 4_102_444_800;

const wait = fc.oneof(
  fc.integer({ min: 0, max: 30_000 }),
  fc.integer({ min: 0, max: 12 * MINUTE }),
  fc.integer({ min: 0, max: 30 * HOUR }),
);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("use"), kid: fc.constantFrom(...KIDS) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait"), ms: wait }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("publish", "withdraw"),
      kid: fc.constantFrom(...KIDS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("fail", "recover") }) },
);
type Step = { do: string; kid?: string; ms?: number };

/** Since when each key has been published or withdrawn, and the network up or down. */
function createHistory(server: SessionServer) {
  const since = new Map<string, { is: boolean; at: number; ever: boolean }>();
  return {
    turn(name: string, is: boolean) {
      const before = since.get(name);
      if (before?.is === is) return;
      since.set(name, { is, at: server.now, ever: is || (before?.ever ?? false) });
    },
    /** How long it has been so without a break; 0 when it is not so. */
    forMs(name: string, is: boolean) {
      const last = since.get(name) ?? { is: false, at: Number.NEGATIVE_INFINITY };
      return last.is === is ? server.now - last.at : 0;
    },
    ever: (name: string) => since.get(name)?.ever ?? false,
  };
}

it("R5 whatever happens to keys and network: no published key's user is signed out, no withdrawn key's stays in", async () => {
  const server = createSessionServer();
  const tokens = new Map<string, string>();
  for (const kid of KIDS) tokens.set(kid, await server.accessToken(kid, { expiresAt: YEAR_2100 }));

  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps: Step[]) => {
      const backend = server.backend();
      const history = createHistory(server);
      server.recover();
      for (const kid of KIDS) server.withdraw(kid);
      // Some key is always published: the others come and go.
      await server.publish("always");
      history.turn("network", true);
      for (const { do: action, kid = "", ms = 0 } of steps) {
        if (action === "wait") server.pass(ms);
        if (action === "publish") await server.publish(kid);
        if (action === "withdraw") server.withdraw(kid);
        if (action === "publish" || action === "withdraw") history.turn(kid, action === "publish");
        if (action === "fail") server.fail(refused);
        if (action === "recover") server.recover();
        if (action === "fail" || action === "recover")
          history.turn("network", action === "recover");
        if (action !== "use") continue;
        const { status } = await backend.verifyAccessToken(tokens.get(kid) as string);
        await settle();
        if (history.forMs(kid, true) > 10_000) expect(status).not.toBe("signed_out");
        if (!history.ever(kid)) expect(status).not.toBe("signed_in");
        const upFor = history.forMs("network", true);
        if (history.forMs(kid, false) > 11 * MINUTE && upFor > 11 * MINUTE) {
          expect(status).toBe("signed_out");
        }
        if (history.forMs(kid, true) > 11 * MINUTE && upFor > 11 * MINUTE) {
          expect(status).toBe("signed_in");
        }
        if (history.forMs("network", false) > 24 * HOUR) expect(status).toBe("unavailable");
      }
    }),
    { numRuns: 300 },
  );
});
