import fc from "fast-check";
import { expect, test } from "vitest";
import { type Delivery, refreshDelivery, requestDelivery } from "./delivery.ts";

test.each([
  [true, true, "cookie"],
  [true, false, "body"],
  [false, true, "body"],
  [false, false, "body"],
] as const)("cookies on %s, on the session host %s: %s", (cookiesOn, onSessionHost, delivery) => {
  expect(requestDelivery({ cookiesOn, onSessionHost })).toBe(delivery);
});

test("R6: delivery only ever hardens, over any sequence of requests", () => {
  const requests = fc.array(fc.record({ cookiesOn: fc.boolean(), onSessionHost: fc.boolean() }), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(requests, ([first, ...rest]) => {
      if (!first) return;
      let session: Delivery = requestDelivery(first);
      for (const request of rest) {
        const verdict = refreshDelivery(session, requestDelivery(request));
        if (session === "cookie") expect(["cookie", "refuse"]).toContain(verdict);
        if (verdict === "body") expect(session).toBe("body");
        if (verdict === "harden") session = "cookie";
      }
    }),
  );
});
