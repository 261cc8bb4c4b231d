import type { VerifyingKey } from "@latchkey/core/crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SignedIn } from "./auth-result.ts";
import { createTokenCache, type VerifiedToken } from "./token-cache.ts";

const verified = (token: string): VerifiedToken<SignedIn> => ({
  result: { status: "signed_in", token } as SignedIn,
  kid: "key-1",
  key: {} as VerifyingKey,
});

describe("the token cache", () => {
  it("holds exactly the tokens used last, never more than its limit", () => {
    const token = fc.constantFrom(..."abcdefgh");
    const use = fc.record({ kind: fc.constantFrom("add", "get", "delete"), token });
    fc.assert(
      fc.property(fc.nat(5), fc.array(use, { maxLength: 60 }), (limit, uses) => {
        const cache = createTokenCache<SignedIn>(limit);
        let model: string[] = [];
        for (const { kind, token } of uses) {
          const known = model.includes(token);
          if (kind === "get")
            expect(cache.get(token)?.result.token).toBe(known ? token : undefined);
          if (kind === "add") cache.add(verified(token));
          if (kind === "delete") cache.delete(token);
          if (kind === "add" || known) {
            model = model.filter((other) => other !== token);
            if (kind !== "delete") model.push(token);
          }
          if (model.length > limit) model.shift();
        }
        for (const one of "abcdefgh") {
          expect(cache.get(one) !== undefined).toBe(model.includes(one));
        }
      }),
    );
  });
});
