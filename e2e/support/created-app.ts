import { latchkey } from "./server-process.ts";

export interface CreatedApp {
  readonly id: string;
  readonly secret: string;
}

/** In both protocols. */
interface NewApp extends CreatedApp {
  readonly clientId: string;
}

/** Makes an app with these settings on the command line, which pages of this machine may use. */
export async function createApp(
  env: Record<string, string>,
  settings: Record<string, unknown>,
): Promise<NewApp> {
  const assignments = Object.entries(settings).flatMap(([name, value]) => [
    "--set",
    `${name}=${JSON.stringify(value)}`,
  ]);
  const fixed = ["apps", "create", "Test app", "--development", "--origin", "http://localhost:*"];
  const text = await latchkey(env, [...fixed, ...assignments]);
  const [, id] = /App id +(\S+)/.exec(text) ?? [];
  const [, secret] = /App secret +(\S+)/.exec(text) ?? [];
  const [, clientId] = /Client id +(\S+)/.exec(text) ?? [];
  if (!id || !secret || !clientId) {
    throw new Error(`apps create printed no id, secret and client id:\n${text}`);
  }
  return { id, secret, clientId };
}
