import { storeContract } from "./testing/store-contract.ts";
import { openStoreWorld } from "./testing/store-world.ts";

storeContract("SQLite", () => openStoreWorld(":memory:"));
