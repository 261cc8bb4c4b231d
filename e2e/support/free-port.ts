import { createServer } from "node:net";

/**
 * Test files run side by side, each in a process of its own: each looks for ports in a block that
 * its neighbours, by process id, do not look in. Below those that the system gives out by itself,
 * so that no connection takes one between the look and its use, and above those that browsers refuse.
 */
const FIRST = 11_000;
const BLOCK = 50;
const BLOCKS = 430;
let next = 0;

/** A port of loopback that nobody listens on now, and that this process did not hand out lately. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < BLOCK; tries++) {
    const port = FIRST + (process.pid % BLOCKS) * BLOCK + (next++ % BLOCK);
    if (await isFree(port)) return port;
  }
  throw new Error(`None of the ${BLOCK} ports of this process is free: end what listens there.`);
}

function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
