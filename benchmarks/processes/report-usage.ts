/**
 * Loaded into each measured server with --import: tells the process that started it what the
 * server has used, and ends the server when that process is gone.
 */
import type { Usage, UsageAnswer, UsageQuestion } from "./usage.ts";

process.on("message", (message: UsageQuestion) => {
  if (message?.kind !== "usage") return;
  const { user, system } = process.cpuUsage();
  const usage: Usage = { cpuMicros: user + system, rssBytes: process.memoryUsage.rss() };
  process.send?.({ kind: "usage", usage } satisfies UsageAnswer);
});
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
// The channel alone keeps no server running.
process.channel?.unref();
