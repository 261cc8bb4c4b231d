import { inviteAdmin } from "../admin/invitations.ts";
import { unknownVariables } from "../config/config.ts";
import { serve } from "../main.ts";
import type { Services } from "../services.ts";
import { refuseArguments } from "./arguments.ts";
import { openProduction } from "./production.ts";
import { untilSignal } from "./until-signal.ts";

/** The session server for production. */
export async function start(args: string[]): Promise<number> {
  refuseArguments(args);
  const signal = untilSignal();
  const { config, certificates, services } = await openProduction();
  const server = await serve(services, {
    hosts: [config.host],
    port: config.port,
    trustedProxies: config.trustedProxies,
    certificates,
    auditLogDays: config.auditLogDays,
  });
  const { log } = services;
  await offerDashboard(services);
  for (const name of unknownVariables(process.env)) {
    log.warn({ name }, "this variable means nothing to this version: check its spelling");
  }
  log.info({ port: server.port, tlsPort: server.tlsPort, url: config.publicUrl }, "ready");
  log.info({ signal: await signal }, "stopping: finishing requests in flight");
  await server.stop();
  log.info({}, "stopped");
  return 0;
}

/** While nobody manages the deployment: a way in, shown to whoever sits here and written to no log. */
async function offerDashboard(services: Services): Promise<void> {
  if ((await services.store.admins.list()).length > 0) return;
  if (!process.stderr.isTTY) {
    services.log.info(
      {},
      "nobody manages this deployment yet: latchkey admins invite prints a link",
    );
    return;
  }
  const { url } = await inviteAdmin(services, { email: null, role: "owner", by: "operator" });
  process.stderr.write(`\n  The dashboard, for the first administrator, once:\n  ${url}\n\n`);
}
