/**
 * Which browser signed in with an address before: its codes are its own, so that nobody elsewhere
 * uses them up (ASVS 6.1.1). The same mark as the browser protocol's; see codes/known-device.ts.
 */
import type { App } from "../apps/app-directory.ts";
import { markDevice, readDevice } from "../codes/known-device.ts";
import type { RequestContext } from "../http/context.ts";
import { readDeviceCookie, setDeviceCookie } from "../http/device-cookie.ts";
import type { Services } from "../services.ts";

export async function knownDevice(
  { master, settings, now }: Services,
  context: RequestContext,
  app: App,
  email: string,
): Promise<string | null> {
  const mark = readDeviceCookie(context, settings.secure, app.id);
  return readDevice(master, { appId: app.id, address: email, now: now() }, mark);
}

/** For who has just proven the address in this browser. */
export async function rememberDevice(
  { master, settings, now }: Services,
  context: RequestContext,
  app: App,
  email: string,
): Promise<void> {
  const mark = await markDevice(master, { appId: app.id, address: email, now: now() });
  setDeviceCookie(context, settings.secure, app.id, mark);
}
