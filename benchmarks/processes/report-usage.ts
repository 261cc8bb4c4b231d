/**
 * Loaded into each measured server with --import: tells the process that started it what the
 * server has used, and ends the server when that process is gone.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Usage, UsageAnswer, UsageQuestion } from "./usage.ts";

process.on("message", (message: UsageQuestion) => {
  if (message?.kind !== "usage") return;
  const { user, system } = process.cpuUsage();
  const usage: Usage = {
    cpuMicros: user + system,
    rssBytes: process.memoryUsage.rss(),
    liveBytes: message.collectGarbage ? liveBytes() : null,
  };
  process.send?.({ kind: "usage", usage } satisfies UsageAnswer);
});
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
// The channel alone keeps no server running.
process.channel?.unref();

function liveBytes(): number {
  // Only from here on: the flag changes nothing else of how the server runs.
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}
