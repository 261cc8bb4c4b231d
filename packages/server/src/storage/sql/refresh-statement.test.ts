import { refreshAgreement } from "../testing/refresh-agreement.ts";
import { openStoreWorld } from "../testing/store-world.ts";

refreshAgreement("SQLite", () => openStoreWorld(":memory:"), 2000);
