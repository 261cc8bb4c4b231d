import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { Problem } from "../lib/problem.js";

/**
 * Runs `latchkey dev` as installed: it gets ready, shows the demo page with what the page loads,
 * and ends cleanly on SIGTERM.
 */
export async function serveDemo(consumer: string, node: string, dataFolder: string): Promise<void> {
  const port = await freePort();
  mkdirSync(dataFolder, { recursive: true });
  const server = spawn(join(consumer, "node_modules/.bin/latchkey"), ["dev"], {
    cwd: dataFolder,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      HOME: dataFolder,
      PATH: [dirname(node), process.env.PATH].join(delimiter),
      PORT: String(port),
      LATCHKEY_DATA_DIR: dataFolder,
    },
  });
  let output = "";
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const ended = once(server, "close") as Promise<[number | null, string | null]>;
  // A start that fails shows in `ended` too; this only keeps the event from being an exception.
  server.on("error", (error) => {
    output += error.message;
  });
  try {
    const origin = `http://localhost:${port}`;
    await untilReady(`${origin}/healthz`, () => server.exitCode !== null || !server.pid);
    await checkPage(`${origin}/demo`);
    server.kill("SIGTERM");
    const [code, signal] = await within(15_000, ended, "it did not end within 15 s of SIGTERM");
    if (code !== 0) throw new Problem(`SIGTERM ended it with ${code ?? signal}, not with 0`);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new Problem(`latchkey dev on ${node}: ${words}\nIts output:\n${output}`);
  } finally {
    server.kill("SIGKILL");
  }
}

async function untilReady(url: string, isGone: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (isGone()) throw new Problem("it ended before it was ready");
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Problem(`${url} did not answer 200 within 30 s`);
}

async function checkPage(url: string): Promise<void> {
  const answer = await mustFetch(url, "text/html");
  const html = await answer.text();
  const scripts = [...html.matchAll(/<script[^>]*\ssrc="([^"]+)"/g)];
  const styles = [...html.matchAll(/<link[^>]*rel="stylesheet"[^>]*\shref="([^"]+)"/g)];
  if (scripts.length === 0) throw new Problem(`${url} loads no script`);
  for (const [, path = ""] of scripts)
    await mustFetch(new URL(path, answer.url).href, "javascript");
  for (const [, path = ""] of styles) await mustFetch(new URL(path, answer.url).href, "text/css");
}

async function mustFetch(url: string, type: string): Promise<Response> {
  const answer = await fetch(url);
  const got = answer.headers.get("content-type") ?? "no type";
  if (answer.status === 200 && got.includes(type)) return answer;
  throw new Problem(`${url} answered ${answer.status} with ${got}, not 200 with ${type}`);
}

async function within<T>(ms: number, work: Promise<T>, otherwise: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Problem(otherwise)), ms);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  if (address === null || typeof address === "string") throw new Problem("no free port");
  probe.close();
  await once(probe, "close");
  return address.port;
}
