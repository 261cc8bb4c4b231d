/** What a TLS handshake costs the server, with few and with many certificates in the store. */
import { fork } from "node:child_process";
import { sourceCondition } from "../processes/server-process.ts";
import type { HandshakeJob, HandshakeResult } from "./handshake-process.ts";
import { type StockedServer, startStockedServer } from "./stocked-server.ts";

const AT_ONCE = 16;

export interface HandshakeSample {
  /** Of the server, for each handshake. */
  readonly cpuMicros: number;
  readonly perSecond: number;
}

export interface TlsResults {
  readonly names: number;
  /** One certificate in the store. */
  readonly one: readonly HandshakeSample[];
  /** All of them in the store, one of them asked for. */
  readonly oneOfMany: readonly HandshakeSample[];
  /** All of them in the store, each asked for in turn. */
  readonly allOfMany: readonly HandshakeSample[];
  /** The first handshake of each name, which reads it from the store. */
  readonly first: HandshakeSample;
  /** Resident, of servers that have answered these many names. */
  readonly rssBytes: { readonly one: number; readonly many: number };
}

export interface TlsOptions {
  readonly rounds: number;
  readonly measureMs: number;
  readonly names: number;
  readonly profileDir: string | undefined;
}

export async function measureTls(options: TlsOptions): Promise<TlsResults> {
  const { rounds, measureMs, names, profileDir } = options;
  const load = startHandshakes();
  const single = await startStockedServer(1, profileDir);
  const stocked = await startStockedServer(names, profileDir);
  try {
    const measure = async (target: StockedServer, job: Pick<HandshakeJob, "names" | "until">) => {
      const before = await target.server.usage();
      const { handshakes, ms } = await load.run({ port: target.tlsPort, atOnce: AT_ONCE, ...job });
      const after = await target.server.usage();
      const cpuMicros = (after.cpuMicros - before.cpuMicros) / handshakes;
      return { cpuMicros, perSecond: (handshakes / ms) * 1000 };
    };
    // Compiles what handshakes run, so that the first of each name is not paying for that.
    await measure(single, { names: 1, until: { handshakes: 1500 } });
    await measure(stocked, { names: 1, until: { handshakes: 1500 } });
    const first = await measure(stocked, { names, until: { handshakes: names } });
    const one: HandshakeSample[] = [];
    const oneOfMany: HandshakeSample[] = [];
    const allOfMany: HandshakeSample[] = [];
    const until = { ms: measureMs };
    for (let round = 0; round < rounds; round++) {
      one.push(await measure(single, { names: 1, until }));
      oneOfMany.push(await measure(stocked, { names: 1, until }));
      allOfMany.push(await measure(stocked, { names, until }));
    }
    const rssOf = async ({ server }: StockedServer) =>
      (await server.usage({ collectGarbage: true })).rssBytes;
    const rssBytes = { one: await rssOf(single), many: await rssOf(stocked) };
    return { names, one, oneOfMany, allOfMany, first, rssBytes };
  } finally {
    load.stop();
    await Promise.all([single.stop(), stocked.stop()]);
  }
}

function startHandshakes() {
  const child = fork(new URL("./handshake-process.ts", import.meta.url), [], {
    execArgv: [sourceCondition],
  });
  const ended = new Promise<never>((_resolve, reject) => {
    child.once("exit", (code) => {
      reject(new Error(`the client of the handshakes ended with ${code}`));
    });
  });
  // Ending is a failure only while somebody waits for it.
  ended.catch(() => undefined);
  return {
    async run(job: HandshakeJob): Promise<HandshakeResult> {
      const answered = new Promise<HandshakeResult>((resolve) => {
        child.once("message", (result: HandshakeResult) => resolve(result));
      });
      child.send(job);
      return Promise.race([answered, ended]);
    },
    stop: () => void child.kill(),
  };
}
