import { appServerFuzz } from "../testing/app-server-fuzz.ts";

appServerFuzz(async () => ":memory:", 500);
