import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { judgeCall } from "./call-origin.ts";

const PAGE = "https://app.example.com";

describe("a call that rides on cookies (ASVS 3.5.1)", () => {
  test.each([
    ["POST", PAGE, "same-origin", "judge_origin"],
    ["POST", PAGE, "same-site", "judge_origin"],
    ["POST", PAGE, null, "judge_origin"],
    ["POST", "null", "same-site", "judge_origin"],
    ["POST", null, null, "missing_origin"],
    ["POST", null, "same-site", "missing_origin"],
    ["POST", null, "none", "missing_origin"],
    ["POST", PAGE, "cross-site", "cross_site"],
    ["POST", null, "cross-site", "cross_site"],
    ["POST", PAGE, "none", "cross_site"],
    ["POST", PAGE, "made-up", "cross_site"],
    ["GET", null, "cross-site", "safe"],
    ["HEAD", null, null, "safe"],
  ] as const)("%s from %s, Sec-Fetch-Site %s: %s", (method, origin, fetchSite, verdict) => {
    expect(judgeCall({ method, origin, fetchSite })).toBe(verdict);
  });

  it("never passes without an Origin to judge, or what another site sent", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("POST", "PUT", "PATCH", "DELETE", "post"),
        fc.option(fc.string()),
        fc.option(fc.constantFrom("cross-site", "same-site", "same-origin", "none", "")),
        (method, origin, fetchSite) => {
          if (judgeCall({ method, origin, fetchSite }) !== "judge_origin") return;
          expect(origin).not.toBeNull();
          expect(fetchSite).not.toBe("cross-site");
        },
      ),
    );
  });
});
