/** The management API, `/admin/v1`: each operation of core/protocol/admin with what answers it. */
import type { LatchkeyError } from "@latchkey/core/errors";
import { type Operation, type OperationName, operations } from "@latchkey/core/protocol/admin";
import { Hono } from "hono";
import { openDashboardApp } from "../../admin/dashboard-app.ts";
import type { App } from "../../apps/app-directory.ts";
import type { Services } from "../../services.ts";
import type { RequestContext, RequestEnv } from "../context.ts";
import { type IpLimit, limitByIp } from "../middleware/ip-limit.ts";
import { sessionHeaders } from "../middleware/response-headers.ts";
import { requireActor, requireOwnPage } from "./actor.ts";
import { adminHandlers } from "./admins.ts";
import { appHandlers } from "./apps.ts";
import { auditHandlers } from "./audit.ts";
import { audited } from "./audited.ts";
import { domainHandlers } from "./domains.ts";
import type { Call, Handlers } from "./handler.ts";
import { insightHandlers } from "./insight.ts";
import { keyHandlers } from "./keys.ts";
import { mailTemplateHandlers } from "./mail-templates.ts";
import { openApi } from "./openapi.ts";
import { organizationHandlers } from "./organizations.ts";
import { ownHost } from "./own-host.ts";
import { providerHandlers } from "./providers.ts";
import { readBody, readQueryOf } from "./read-call.ts";
import { sessionHandlers } from "./sessions.ts";
import { userHandlers } from "./users.ts";
import { webhookHandlers } from "./webhooks.ts";

const PREFIX = "/admin/v1";

/** Of what needs no sign-in: guesses, mails, and entries in the audit log. */
const STRANGERS: IpLimit = { name: "dashboard", max: 60, windowMs: 600_000 };

export function adminRoutes(services: Services): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();
  const dashboardApp = once(() => openDashboardApp(services.store.apps));
  const handlers: Handlers<OperationName> = {
    ...adminHandlers(services, dashboardApp),
    ...appHandlers(services),
    ...domainHandlers(services),
    ...userHandlers(services),
    ...sessionHandlers(services),
    ...insightHandlers(services),
    ...organizationHandlers(services),
    ...providerHandlers(services),
    ...keyHandlers(services),
    ...auditHandlers(services),
    ...webhookHandlers(services),
    ...mailTemplateHandlers(services),
  };

  routes.use(
    `${PREFIX}/*`,
    async (context, next) => {
      context.set("errorBody", adminError);
      context.set("challenge", 'Bearer realm="latchkey management API"');
      await next();
    },
    sessionHeaders(services.settings.secure),
    ownHost(services),
  );
  const openApiOf = remembered(openApi);
  routes.get(`${PREFIX}/openapi.json`, (context) =>
    context.json(openApiOf(services.settings.publicUrl())),
  );
  const limit = limitByIp(services.settings.limitByIp ? services.store.limits : null, STRANGERS);
  for (const name of Object.keys(operations) as OperationName[]) {
    const { method, path, role } = operations[name];
    routes.on(method, `${PREFIX}${path.replaceAll(/\{(\w+)\}/g, ":$1")}`, async (context) => {
      requireOwnPage(services, context);
      if (role === "anyone") await limit(context, async () => undefined);
      return answer(services, dashboardApp, handlers, name, context);
    });
  }
  return routes;
}

async function answer(
  services: Services,
  dashboardApp: () => Promise<App>,
  handlers: Handlers<OperationName>,
  name: OperationName,
  context: RequestContext,
): Promise<Response> {
  const operation: Operation = operations[name];
  // One handler of all of them: each takes what its own operation reads.
  const handle = handlers[name] as unknown as (call: Call<Operation>) => Promise<unknown>;
  const actor =
    operation.role === "anyone"
      ? null
      : await requireActor(services, dashboardApp, context, operation.role);
  const params: Record<string, string> = context.req.param();
  const call = {
    params,
    query: readQueryOf(context, operation) as undefined,
    body: (await readBody(context, operation)) as undefined,
    actor,
    context,
  };
  const result =
    operation.method === "GET" || operation.changesNothing
      ? await handle({ ...call, record: () => undefined })
      : await audited(
          services.store.audit,
          {
            action: name,
            actor,
            appId: params.appId ?? null,
            target: context.req.path.slice(PREFIX.length),
            requestId: context.var.requestId,
          },
          (record) => handle({ ...call, record }),
        );
  return operation.answer ? context.json(result as object) : context.body(null, 204);
}

function adminError({ code, message, fields }: LatchkeyError): object {
  return { code, message, ...(fields && { fields }) };
}

/** Anybody may ask for it, and making it takes the process 20 ms. */
function remembered<T>(make: (key: string) => T): (key: string) => T {
  let last: { readonly key: string; readonly made: T } | undefined;
  return (key) => {
    if (last?.key !== key) last = { key, made: make(key) };
    return last.made;
  };
}

/** What `open` gives, kept once it has succeeded. */
function once<T>(open: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined;
  return () => {
    kept ??= open().catch((error) => {
      kept = undefined;
      throw error;
    });
    return kept;
  };
}
