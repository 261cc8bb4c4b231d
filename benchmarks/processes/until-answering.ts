import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** Resolves at the first answer, whatever its status. Rejects after `limitMs`. */
export async function untilAnswering(url: string, limitMs = 30_000): Promise<void> {
  const started = performance.now();
  while (!(await answers(url))) {
    if (performance.now() - started > limitMs) throw new Error(`${url} did not answer in time`);
    await sleep(5);
  }
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false }, (response) => {
      response.resume();
      resolve(true);
    });
    request.on("error", () => resolve(false));
  });
}
