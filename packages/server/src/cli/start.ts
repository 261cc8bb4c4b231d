import { unknownVariables } from "../config/config.ts";
import { serve } from "../main.ts";
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
  });
  const { log } = services;
  for (const name of unknownVariables(process.env)) {
    log.warn({ name }, "this variable means nothing to this version: check its spelling");
  }
  log.info({ port: server.port, tlsPort: server.tlsPort, url: config.publicUrl }, "ready");
  log.info({ signal: await signal }, "stopping: finishing requests in flight");
  await server.stop();
  log.info({}, "stopped");
  return 0;
}
