import { describe, expect, test } from "vitest";
import { inParallel, newApp, tally } from "../samples.ts";
import type { StoreWorld } from "../store-world.ts";

const WORDS = { kind: "code", subject: "Ihr Code", text: "Ihr Code: {{code}} 🔑", html: null };

export function mailTemplateContract(get: () => StoreWorld): void {
  describe("mail templates", () => {
    test("are each app's own, until they are removed", async () => {
      const { mailTemplates } = get().store;
      const [app, other] = [await newApp(get().store), await newApp(get().store)];
      expect(await mailTemplates.put(app, WORDS, 0)).toMatchObject({ ...WORDS, version: 1 });
      expect(await mailTemplates.ofApp(app)).toMatchObject([WORDS]);
      expect(await mailTemplates.ofApp(other)).toEqual([]);
      expect(await mailTemplates.remove(other, "code")).toBeNull();
      expect(await mailTemplates.remove(app, "code")).toMatchObject(WORDS);
      expect(await mailTemplates.ofApp(app)).toEqual([]);
    });

    test("of several who write at once are one's: the others are told", async () => {
      const world = get();
      const app = await newApp(world.store);
      for (const version of [0, 1, 2]) {
        const results = await inParallel(6, world, (store, index) =>
          store.mailTemplates.put(app, { ...WORDS, subject: `by ${index}` }, version),
        );
        const kinds = results.map((result) => (result === "changed" ? "changed" : "written"));
        expect(tally(kinds)).toEqual({ written: 1, changed: 5 });
      }
      expect((await world.store.mailTemplates.ofApp(app))[0]?.version).toBe(3);
    });
  });
}
