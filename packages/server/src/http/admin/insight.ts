import { readInsight } from "../../insight/read-insight.ts";
import type { Services } from "../../services.ts";
import type { Handlers } from "./handler.ts";
import { requireApp } from "./missing.ts";

export function insightHandlers({ store, directory }: Services): Handlers<"getInsight"> {
  return {
    async getInsight({ params: { appId }, query: { range } }) {
      await requireApp(directory, appId);
      return readInsight(store, appId, range);
    },
  };
}
