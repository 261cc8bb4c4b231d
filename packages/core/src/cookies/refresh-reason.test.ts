import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerReason, readReason, withoutReason, withReason } from "./refresh-reason.ts";

const NOW = 1_800_000_000;
const page = new URL("https://app.example.com/notes?tag=a+b&x=%2F&flag");

describe("the reason that a detour leaves in the address", () => {
  it("is read back, and taken away again without touching the rest", () => {
    const sent = withReason(page, "sent", NOW);
    expect(sent.search).toBe(`?tag=a+b&x=%2F&flag&latchkey_refresh=sent.${NOW}`);
    const back = answerReason(sent, "renewed");
    expect(readReason(back, NOW + 5)).toBe("renewed");
    expect(withoutReason(back).href).toBe(page.href);
  });

  it("stops counting after two minutes: a kept address is not one that just came back", () => {
    const kept = withReason(page, "renewed", NOW);
    expect(readReason(kept, NOW + 120)).toBe("renewed");
    expect(readReason(kept, NOW + 121)).toBeNull();
    expect(readReason(kept, NOW - 3600)).toBe("renewed");
  });

  it.each(["", "renewed.x", "made_up", "constructor", "renewed.1.2", "RENEWED"])(
    "is none of %j",
    (value) => {
      const url = new URL(page);
      url.searchParams.set("latchkey_refresh", value);
      expect(readReason(url, NOW)).toBeNull();
    },
  );

  it("stands once in any address, however often it is written", () => {
    const query = fc.array(fc.stringMatching(/^[a-z%0-9=+]{0,8}$/), { maxLength: 4 });
    fc.assert(
      fc.property(query, (pairs) => {
        const url = new URL(`https://app.example.com/?${pairs.join("&")}`);
        const twice = answerReason(
          withReason(withReason(url, "bounced", NOW), "sent", NOW),
          "unknown",
        );
        expect(twice.search.match(/latchkey_refresh=/g)).toHaveLength(1);
        expect(readReason(twice, NOW)).toBe("unknown");
      }),
    );
  });
});
