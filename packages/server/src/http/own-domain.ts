import { LatchkeyError } from "@latchkey/core/errors";
import { Hono } from "hono";
import * as z from "zod";
import type { DomainStatus } from "../domains/domains.ts";
import { toWireDomain } from "../domains/wire-domain.ts";
import type { Services } from "../services.ts";
import type { RequestContext, RequestEnv } from "./context.ts";
import { requireAppServer } from "./middleware/caller.ts";
import { readJson } from "./read-body.ts";

const PATH = "/latchkey/v1/domains";

const domainInput = z.object({ domain: z.string().max(2000) });

/** Each check asks many name servers of other people's. */
const CHECKS = { max: 10, windowMs: 60_000 };
/** Each claim takes a label that is never given out again, and each release leaves a tombstone. */
const CHANGES = { max: 20, windowMs: 3_600_000 };

/** An app's own domain, for its own server: claim it, see what to set, look again, give it up. */
export function ownDomainRoutes(services: Services): Hono<RequestEnv> {
  const { domains, store } = services;
  const routes = new Hono<RequestEnv>();
  const appServer = requireAppServer(services.directory);
  for (const path of [PATH, `${PATH}/*`]) routes.use(path, appServer);

  async function limit(id: string, { max, windowMs }: typeof CHECKS, words: string): Promise<void> {
    const taken = await store.limits.take(id, max, windowMs);
    if (taken.ok) return;
    throw new LatchkeyError("too_many_requests", 429, words, {
      retryAfter: Math.ceil(taken.waitMs / 1000),
    });
  }
  const limitChanges = (appId: string) =>
    limit(
      `domain-change:${appId}`,
      CHANGES,
      "The app claimed and released domains 20 times within an hour. The one it has now is left as it is: change it again later.",
    );

  routes.get(PATH, async (context) => {
    const own = await domains.ofApp(context.var.caller.app.id);
    return context.json({ data: own ? [toWireDomain(own)] : [] });
  });

  routes.post(PATH, async (context) => {
    const { domain } = await readJson(context, domainInput);
    await limitChanges(context.var.caller.app.id);
    return context.json(toWireDomain(await domains.add(context.var.caller.app, domain)));
  });

  routes.get(`${PATH}/:domain`, async (context) =>
    context.json(toWireDomain(await named(services, context))),
  );

  routes.post(`${PATH}/:domain/check`, async (context) => {
    const { domain } = await named(services, context);
    await limit(
      `domain-check:${domain.appId}`,
      CHECKS,
      "The domain was looked at ten times within a minute. DNS does not change faster; it is looked at again by itself, too.",
    );
    return context.json(toWireDomain(await domains.check(domain)));
  });

  routes.delete(`${PATH}/:domain`, async (context) => {
    const { domain } = await named(services, context);
    await limitChanges(domain.appId);
    await domains.remove(domain);
    return context.json({
      message: `${domain.domain} is released. Delete its DNS records: they mean nothing any more.`,
    });
  });

  return routes;
}

/** Of another app's domain nothing is told, not even that it is there. */
async function named({ domains }: Services, context: RequestContext): Promise<DomainStatus> {
  const own = await domains.ofApp(context.var.caller.app.id);
  if (own && own.domain.domain === context.req.param("domain")?.toLowerCase()) return own;
  throw new LatchkeyError(
    "not_found",
    404,
    own
      ? `This app's domain is ${own.domain.domain}.`
      : "This app has no domain. Add one: POST /latchkey/v1/domains.",
  );
}
