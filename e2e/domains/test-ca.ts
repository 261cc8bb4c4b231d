/** Debian's pebble as the ACME CA, with keys of its own for every run. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";

const PEBBLE = "/usr/bin/pebble";
export const hasPebble = existsSync(PEBBLE);

export interface TestCa {
  readonly directoryUrl: string;
  /** PEM file that the directory's own https is trusted by. */
  readonly caFile: string;
  /** PEM of the root that issued certificates lead to; another one after each start. */
  root(): Promise<string>;
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
  /** Addresses that its own https is for, beside localhost. */
  readonly port?: number;
}

export async function startTestCa(options: TestCaOptions): Promise<TestCa> {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-pebble-"));
  const { caFile, certificate, key } = makeServerCertificate(folder);
  const port = options.port ?? (await freePort());
  const managementPort = await freePort();
  const config = join(folder, "pebble.json");
  const pebble = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${managementPort}`,
    certificate,
    privateKey: key,
    httpPort: options.httpPort,
    tlsPort: 9,
    externalAccountBindingRequired: false,
  };
  writeFileSync(config, JSON.stringify({ pebble }));
  let child: ReturnType<typeof spawn> | undefined;
  const endWithTests = () => child?.kill("SIGKILL");
  process.on("exit", endWithTests);
  const get = (url: string) => getText(url, readFileSync(caFile, "utf8"));
  const directoryUrl = `https://localhost:${port}/dir`;

  async function start(): Promise<void> {
    const started = spawn(PEBBLE, ["-config", config, "-strict", "-dnsserver", options.dns], {
      env: { ...process.env, PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "15" },
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
  await start();
  return {
    directoryUrl,
    caFile,
    root: () => get(`https://localhost:${managementPort}/roots/0`),
    start,
    kill,
    async stop() {
      process.off("exit", endWithTests);
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface ServerCertificate {
  /** PEM files. */
  readonly caFile: string;
  readonly certificate: string;
  readonly key: string;
}

/** A CA of a moment and what it issued for localhost. */
export function makeServerCertificate(folder: string): ServerCertificate {
  const openssl = (...args: string[]) =>
    execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    ...["req", "-x509", ...newKey, "-days", "2", "-subj", "/CN=Test CA"],
    ...["-keyout", "ca.key", "-out", "ca.pem"],
  );
  openssl(
    ...["req", ...newKey, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr"],
  );
  writeFileSync(join(folder, "names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  openssl(
    ...["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "2"],
    ...["-CAcreateserial", "-extfile", "names", "-out", "server.pem"],
  );
  const file = (name: string) => join(folder, name);
  return { caFile: file("ca.pem"), certificate: file("server.pem"), key: file("server.key") };
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
