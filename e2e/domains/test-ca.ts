/** Debian's pebble as the ACME CA, with keys of its own for every run. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { selfSigned } from "../support/self-signed.ts";

const PEBBLE = "/usr/bin/pebble";
export const hasPebble = existsSync(PEBBLE);

export interface TestCa {
  readonly directoryUrl: string;
  /** PEM file that the directory's own https is trusted by. */
  readonly caFile: string;
  /** PEM of the root that issued certificates lead to; another one after each start. */
  root(): Promise<string>;
  /** Method and path of what it was asked, oldest first. */
  readonly requests: readonly string[];
  /** Awaited before a request is passed on to it. */
  beforeRequest: (request: string) => Promise<void>;
  /** Ends it without a word; it forgets everything. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface TestCaOptions {
  /** Where it asks for DNS records, such as 127.0.0.1:5353. */
  readonly dns: string;
  /** Where it asks for HTTP-01 challenges. */
  readonly httpPort: number;
}

export async function startTestCa(options: TestCaOptions): Promise<TestCa> {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-pebble-"));
  // Of its own https; it is its own CA.
  const { cert, key } = selfSigned("localhost");
  const caFile = join(folder, "localhost.pem");
  const keyFile = join(folder, "localhost.key");
  writeFileSync(caFile, cert);
  writeFileSync(keyFile, key);
  const port = await freePort();
  const managementPort = await freePort();
  const config = join(folder, "pebble.json");
  const pebble = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${managementPort}`,
    certificate: caFile,
    privateKey: keyFile,
    httpPort: options.httpPort,
    tlsPort: 9,
    externalAccountBindingRequired: false,
  };
  writeFileSync(config, JSON.stringify({ pebble }));
  let child: ReturnType<typeof spawn> | undefined;
  const endWithTests = () => child?.kill("SIGKILL");
  process.on("exit", endWithTests);
  const get = (url: string) => getText(url, cert);
  // In front, so that a test sees what the CA is asked. It names its URLs by the Host it is asked by.
  const requests: string[] = [];
  const front = createServer({ cert, key }, async (incoming, outgoing) => {
    const asked = `${incoming.method} ${incoming.url}`;
    await ca.beforeRequest(asked);
    const { method, url: path, headers } = incoming;
    const passed = request(
      { host: "localhost", port, method, path, headers, ca: cert, agent: false },
      (answer) => {
        // A refused nonce is asked for once more, and is no second request.
        if ((answer.statusCode ?? 502) < 400) requests.push(asked);
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  const directoryUrl = `https://localhost:${(front.address() as AddressInfo).port}/dir`;

  async function start(): Promise<void> {
    const started = spawn(PEBBLE, ["-config", config, "-strict", "-dnsserver", options.dns], {
      env: {
        ...process.env,
        PEBBLE_VA_NOSLEEP: "1",
        PEBBLE_WFE_NONCEREJECT: "15",
        // Every order is proven: by chance, half of them would be taken as proven before.
        PEBBLE_AUTHZREUSE: "0",
      },
      stdio: "ignore",
    });
    child = started;
    await eventually(() => get(directoryUrl));
  }
  async function kill(): Promise<void> {
    const running = child;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const closed = new Promise((resolve) => running.once("close", resolve));
    running.kill("SIGKILL");
    await closed;
  }
  const ca: TestCa = {
    directoryUrl,
    caFile,
    requests,
    beforeRequest: async () => undefined,
    root: () => get(`https://localhost:${managementPort}/roots/0`),
    start,
    kill,
    async stop() {
      process.off("exit", endWithTests);
      await kill();
      await new Promise<void>((resolve) => {
        front.close(() => resolve());
        front.closeAllConnections();
      });
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await start();
  return ca;
}

function getText(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { ca, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${url} answered ${response.statusCode}: ${text}`));
      });
    });
    sent.on("error", reject);
    sent.end();
  });
}
