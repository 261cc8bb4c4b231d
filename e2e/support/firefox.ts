/** Firefox, driven by WebDriver BiDi: the few commands that cookie tests need. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where Debian has it; LATCHKEY_FIREFOX names another. */
const executable = process.env.LATCHKEY_FIREFOX || "/usr/bin/firefox-esr";
export const hasFirefox = existsSync(executable);

export interface FirefoxCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly httpOnly: boolean;
  readonly sameSite: string;
}

export interface Firefox {
  /** Resolves when the page has loaded. */
  goto(url: string): Promise<void>;
  /** The value of an expression in the page, awaited. */
  evaluate<T>(expression: string): Promise<T>;
  cookies(): Promise<FirefoxCookie[]>;
  close(): Promise<void>;
}

/** @param port where every https name is led to */
export async function launchFirefox(port: number): Promise<Firefox> {
  const profile = mkdtempSync(join(tmpdir(), "latchkey-firefox-"));
  const tunnel = await openTunnel(port);
  const proxyPort = (tunnel.address() as AddressInfo).port;
  const preferences = {
    "network.proxy.type": 1,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": proxyPort,
    "network.proxy.allow_hijacking_localhost": true,
    "datareporting.policy.dataSubmissionEnabled": false,
    "app.update.enabled": false,
    "browser.shell.checkDefaultBrowser": false,
    "remote.active-protocols": 1,
  };
  const lines = Object.entries(preferences).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  writeFileSync(join(profile, "user.js"), lines.join("\n"));
  const args = ["--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", profile];
  const child = spawn(executable, args, {
    env: { ...process.env, HOME: profile, MOZ_HEADLESS: "1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const endWithTests = () => child.kill("SIGKILL");
  process.on("exit", endWithTests);
  const send = await openBidi(await addressOf(child));
  await send("session.new", { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } });
  const { contexts } = await send<{ contexts: { context: string }[] }>(
    "browsingContext.getTree",
    {},
  );
  const context = contexts[0]?.context ?? "";

  return {
    async goto(url) {
      await send("browsingContext.navigate", { context, url, wait: "complete" });
    },
    async evaluate<T>(expression: string) {
      const wrapped = `(async () => JSON.stringify(await (${expression})) ?? "null")()`;
      const answer = await send<{ result: { value: string } }>("script.evaluate", {
        expression: wrapped,
        target: { context },
        awaitPromise: true,
        userActivation: true,
      });
      return JSON.parse(answer.result.value) as T;
    },
    async cookies() {
      const { cookies } = await send<{
        cookies: (Omit<FirefoxCookie, "value"> & { value: { value: string } })[];
      }>("storage.getCookies", {});
      return cookies.map((cookie) => ({ ...cookie, value: cookie.value.value }));
    },
    async close() {
      process.off("exit", endWithTests);
      const closed = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGKILL");
      await closed;
      tunnel.closeAllConnections();
      tunnel.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** A proxy for CONNECT that leads every name to one port of this machine. */
async function openTunnel(port: number): Promise<Server> {
  const tunnel = createServer();
  const sockets = new Set<Socket>();
  tunnel.on("connect", (_request, socket: Socket) => {
    const onward = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      onward.pipe(socket);
      socket.pipe(onward);
    });
    sockets.add(onward);
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  tunnel.on("close", () => {
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve) => tunnel.listen(0, "127.0.0.1", resolve));
  return tunnel;
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      const [, address] = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(output) ?? [];
      if (address) resolve(`${address}/session`);
    });
    child.once("close", () => reject(new Error(`Firefox ended at its start:\n${output}`)));
  });
}

type Send = <T = unknown>(method: string, params: object) => Promise<T>;

async function openBidi(url: string): Promise<Send> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", () => reject(new Error(`${url} does not answer.`)));
  });
  const waiting = new Map<number, (answer: Answer) => void>();
  socket.addEventListener("message", ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer;
    waiting.get(answer.id ?? -1)?.(answer);
  });
  let serial = 0;
  return <T>(method: string, params: object) => {
    const id = ++serial;
    const answered = new Promise<T>((resolve, reject) => {
      waiting.set(id, ({ result, error, message }) => {
        if (error) reject(new Error(`${method}: ${error}: ${message}`));
        else resolve(result as T);
      });
    });
    socket.send(JSON.stringify({ id, method, params }));
    return answered;
  };
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: string;
  readonly message?: string;
}
