/** The ports as Next has them. */
import { revalidatePath, revalidateTag } from "next/cache";
import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import type { CookieStore, NextPorts } from "./ports.ts";
import { processSessions } from "./process-sessions.ts";
import type { ProxyPorts } from "./proxy-session.ts";

export const nextPorts: NextPorts = {
  headers: async () => new Headers(await headers()),
  cookies: async () => (await cookies()) as unknown as CookieStore,
  redirect: (url) => redirect(url),
  revalidatePath: (path) => revalidatePath(path),
  revalidateTag: (tag) => (revalidateTag as (tag: string, profile: string) => void)(tag, "max"),
  currentPath,
  sessions: processSessions,
  now: () => Date.now(),
};

export const proxyPorts: ProxyPorts = {
  sessions: processSessions,
  isProduction: process.env.NODE_ENV === "production",
  log: (words) => console.log(`latchkey: ${words}`),
};

/**
 * Next tells a page no path, but knows it: so that people come back to the page also where no proxy
 * has written it into a header. A version that keeps it elsewhere leads back to "/" instead.
 */
async function currentPath(): Promise<string | null> {
  try {
    const { workUnitAsyncStorage } = await import(
      "next/dist/server/app-render/work-unit-async-storage.external"
    );
    const store: unknown = workUnitAsyncStorage.getStore();
    const { url } = store as { url?: { pathname?: unknown; search?: unknown } };
    if (typeof url?.pathname !== "string") return null;
    return url.pathname + (typeof url.search === "string" ? url.search : "");
  } catch {
    return null;
  }
}
