/** The development server, known by its documented interface. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CreatedApp, createApp } from "./created-app.ts";
import { eventually } from "./eventually.ts";
import { latchkey, latchkeyCommand, type ServerProcess, serverProcess } from "./server-process.ts";

interface Credentials {
  readonly app_id: string;
  readonly app_secret: string;
  readonly client_id: string;
  readonly api_key: string;
}

interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly code: string | null;
  readonly sent_at: string;
}

export interface DevServer extends Pick<ServerProcess, "url" | "start" | "kill"> {
  readonly credentials: Credentials;
  /** Newest first. */
  mails(to: string): Promise<Mail[]>;
  /** The code of the newest mail, once there are `count` of them. */
  mailedCode(to: string, count?: number): Promise<string>;
  /** Runs the command line on this server's data while it runs; answers what it printed. */
  latchkey(...args: string[]): Promise<string>;
  /** Makes an app of its own for a test, with these settings. */
  createApp(settings: Record<string, unknown>): Promise<CreatedApp>;
  /** Ends it and removes its data. Throws when it failed unforeseen meanwhile. */
  stop(): Promise<void>;
}

export interface DevServerOptions {
  /** Seconds. */
  readonly accessTokenTtl?: number;
  /** Seconds, the replay window W. */
  readonly refreshGrace?: number;
  /** Runs instead of the command line's `dev`, as `npm start` does. */
  readonly command?: readonly [string, ...string[]];
}

export async function startDevServer(options: DevServerOptions = {}): Promise<DevServer> {
  const dataDir = mkdtempSync(join(tmpdir(), "latchkey-e2e-"));
  const { accessTokenTtl, refreshGrace, command = latchkeyCommand("dev") } = options;
  const env = {
    LATCHKEY_DATA_DIR: dataDir,
    ...(accessTokenTtl !== undefined && { LATCHKEY_ACCESS_TOKEN_TTL: String(accessTokenTtl) }),
    ...(refreshGrace !== undefined && { LATCHKEY_REFRESH_GRACE: String(refreshGrace) }),
  };
  const server = await serverProcess({ env, command });
  const removeData = () => rmSync(dataDir, { recursive: true, force: true });
  await server.start().catch((error: unknown) => {
    removeData();
    throw error;
  });
  const { url } = server;

  async function mails(to: string): Promise<Mail[]> {
    const answer = await fetch(`${url}/dev/mail?to=${encodeURIComponent(to)}`);
    return (await answer.json()) as Mail[];
  }

  return {
    url,
    start: server.start,
    kill: server.kill,
    credentials: (await (await fetch(`${url}/dev/credentials`)).json()) as Credentials,
    mails,
    mailedCode: (to, count = 1) =>
      eventually(async () => {
        const received = await mails(to);
        const code = received[0]?.code;
        if (received.length < count || !code) {
          throw new Error(`${received.length} of ${count} mails to ${to} have arrived`);
        }
        return code;
      }),
    latchkey: (...args) => latchkey(env, args),
    createApp: (settings) => createApp(env, settings),
    async stop() {
      try {
        await server.end();
      } finally {
        removeData();
      }
    },
  };
}
