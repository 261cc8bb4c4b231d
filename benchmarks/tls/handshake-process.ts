/** Makes full TLS handshakes, a number of them at once, and tells how many in how long. */
import { connect } from "node:tls";
import { nameOf } from "./stocked-server.ts";

export interface HandshakeJob {
  readonly port: number;
  /** Names that are asked for: from the first, or each one in turn. */
  readonly names: number;
  readonly atOnce: number;
  readonly until: { readonly ms: number } | { readonly handshakes: number };
}

export interface HandshakeResult {
  readonly handshakes: number;
  readonly ms: number;
}

process.on("message", (job: HandshakeJob) => {
  run(job).then(
    (result) => process.send?.(result),
    (error) => {
      process.stderr.write(`${error.stack}\n`);
      process.exit(1);
    },
  );
});

async function run({ port, names, atOnce, until }: HandshakeJob): Promise<HandshakeResult> {
  const began = performance.now();
  let begun = 0;
  let done = 0;
  const goesOn = () =>
    "ms" in until ? performance.now() - began < until.ms : begun < until.handshakes;
  async function next(): Promise<void> {
    while (goesOn()) {
      await handshake(port, nameOf(begun++ % names));
      done += 1;
    }
  }
  await Promise.all(Array.from({ length: atOnce }, next));
  return { handshakes: done, ms: performance.now() - began };
}

/** Without a session to resume: all of it, each time. */
function handshake(port: number, servername: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      { host: "127.0.0.1", port, servername, rejectUnauthorized: false },
      () => {
        const { CN } = socket.getPeerCertificate().subject;
        socket.destroy();
        if (CN === servername) resolve();
        else reject(new Error(`${servername} was answered with a certificate for ${CN}`));
      },
    );
    socket.on("error", reject);
  });
}
