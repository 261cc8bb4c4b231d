import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { LoadJob, LoadMessage, LoadResult } from "./load-job.ts";

/** The client, in a process of its own. One job at a time. */
export interface Load {
  /** Rejects when a request fails or is answered with another status than 200. */
  run(job: LoadJob): Promise<LoadResult>;
  stop(): void;
}

export function startLoad(): Load {
  const child = fork(fileURLToPath(new URL("./load-process.ts", import.meta.url)));
  return {
    async run(job) {
      child.send(job);
      const [message] = (await once(child, "message")) as [LoadMessage];
      if ("error" in message) throw new Error(message.error);
      return message.result;
    },
    stop: () => child.disconnect(),
  };
}
