import { expect, it } from "vitest";
import { createLatchkeyClient } from "./index.ts";

it("can be created and read where there is no window, and shows the same to everybody", () => {
  expect(typeof window).toBe("undefined");
  const client = createLatchkeyClient({ appId: "a", serverUrl: "http://localhost:4400" });
  expect(client.getSnapshot()).toBe(client.getServerSnapshot());
  expect(client.getServerSnapshot()).toMatchObject({ status: "loading", ready: false, user: null });
});

it("does not throw at creation when a build forgot its variables", () => {
  const missing = undefined as unknown as string;
  expect(() => createLatchkeyClient({ appId: missing, serverUrl: missing })).not.toThrow();
});
