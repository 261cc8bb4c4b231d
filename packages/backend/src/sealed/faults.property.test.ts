import fc from "fast-check";
import { expect, it } from "vitest";
import { createFakeAppServer, signIn } from "../../test-support/fake-app-server.ts";

type Fault = Parameters<Awaited<ReturnType<typeof createFakeAppServer>>["fail"]>[0];

const json = (status: number, body: object) => async () => Response.json(body, { status });
const refused = () => Promise.reject(new TypeError("fetch failed"));
const html = async () => new Response("<h1>Oops</h1>", { status: 502 });

const faults: Readonly<Record<string, Fault>> = {
  unauthorized: json(401, { error: "invalid_client" }),
  limited: json(429, { error: "rate_limit_exceeded" }),
  broken: json(500, { error: "server_error" }),
  html,
  refused,
  /** The session moved, and nobody heard of it. */
  lost: async (through) => {
    await through();
    return refused();
  },
};

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("visit"), tabs: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("wait"), s: fc.integer({ min: 1, max: 1_200 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("fail", "failKeys"),
      as: fc.constantFrom(...Object.keys(faults)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("recover", "restart") }) },
);
type Step = { do: string; tabs?: number; s?: number; as?: string };

it("R5 whatever the session server answers, no session that goes on there is signed out here", async () => {
  const server = await createFakeAppServer();
  server.keepsWindow = true;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps: Step[]) => {
      server.recover();
      let manager = server.manager();
      const jar = await signIn(server, manager);
      for (const { do: action, tabs = 1, s = 0, as = "" } of steps) {
        if (action === "wait") server.pass(s);
        if (action === "fail") server.fail(faults[as] as Fault);
        if (action === "failKeys") server.failKeys(faults[as] as Fault);
        if (action === "recover") server.recover();
        // Another instance, which knows nothing of what the first did.
        if (action === "restart") manager = server.manager();
        if (action !== "visit") continue;
        const request = jar.request();
        const results = await Promise.all(
          Array.from({ length: tabs }, () => manager.getSession(request)),
        );
        for (const result of results) {
          expect(["signed_in", "unavailable"]).toContain(jar.keep(result).status);
        }
        expect(jar.cookies.size).toBe(1);
      }
      server.recover();
      server.pass(61);
      expect(jar.keep(await manager.getSession(jar.request())).status).toBe("signed_in");
      expect((await manager.getSession(jar.request())).status).toBe("signed_in");
    }),
    { numRuns: 150 },
  );
});
