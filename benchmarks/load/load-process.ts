/** Runs jobs for the process that started this one, so that the client's CPU is its own. */
import type { LoadJob, LoadMessage } from "./load-job.ts";
import { runJob } from "./run-job.ts";

process.on("message", async (job: LoadJob) => {
  const send = (message: LoadMessage) => process.send?.(message);
  try {
    send({ result: await runJob(job) });
  } catch (error) {
    send({ error: error instanceof Error ? error.message : String(error) });
  }
});
process.on("disconnect", () => process.exit());
