import { planContract } from "./testing/plan-contract.ts";
import { openStoreWorld } from "./testing/store-world.ts";

// SQLite plans without looking at rows.
planContract("SQLite", async () => {
  const { db, close } = await openStoreWorld(":memory:");
  return { db, appId: "app", close };
});
