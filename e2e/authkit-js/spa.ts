/** A page with no server of its own, which signs in by the vendor's unmodified browser SDK. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { createClient } from "@workos-inc/authkit-js";
import type { Page } from "playwright-core";

type Options = NonNullable<Parameters<typeof createClient>[1]>;
type Client = Awaited<ReturnType<typeof createClient>>;

declare global {
  interface Window {
    /** There once the SDK has looked for a session. */
    authkit?: Client;
    /** Which state came back with the last sign-in. */
    cameBackWith?: unknown;
  }
}

export interface Spa {
  readonly url: string;
  close(): Promise<void>;
}

const sdk = fileURLToPath(import.meta.resolve("@workos-inc/authkit-js")).replace(/\.js$/, ".mjs");

export async function serveSpa(clientId: string, options: Options): Promise<Spa> {
  const page = `<!doctype html><title>Notes</title><link rel="icon" href="data:,">
<script type="module">
  import { createClient } from "/authkit.mjs";
  window.authkit = await createClient(${JSON.stringify(clientId)}, {
    ...${JSON.stringify(options)},
    onRedirectCallback: ({ state }) => { window.cameBackWith = state; },
  });
</script>`;
  const script = await readFile(sdk);
  const server = createServer((request, response) => {
    const isScript = request.url === "/authkit.mjs";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html; charset=utf-8");
    response.end(isScript ? script : page);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Runs in the page, once the SDK is ready there. */
export async function withClient<T>(page: Page, work: (client: Client) => T): Promise<Awaited<T>> {
  await page.waitForFunction(() => window.authkit !== undefined);
  return page.evaluate(`(${work.toString()})(window.authkit)`) as Promise<Awaited<T>>;
}

/** Whom the page takes to be signed in. */
export const currentUser = (page: Page): Promise<string | null> =>
  withClient(page, (client) => client.getUser()?.email ?? null);
