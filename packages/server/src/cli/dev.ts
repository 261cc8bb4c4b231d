import { readConfig } from "../config/config.ts";
import { openDataFolder } from "../dev/data-folder.ts";
import { openInbox } from "../dev/inbox.ts";
import { loopbackOnly } from "../dev/loopback-only.ts";
import { devRoutes } from "../dev/routes.ts";
import { seedApp } from "../dev/seeded-app.ts";
import { openServices, serve } from "../main.ts";
import { openLogger } from "../node/logger.ts";
import { refuseArguments } from "./arguments.ts";
import { untilSignal } from "./until-signal.ts";

/** Everything on this machine, listening on loopback only. */
export async function dev(args: string[]): Promise<number> {
  refuseArguments(args);
  const signal = untilSignal();
  const started = performance.now();
  const config = readConfig("development", process.env);
  const folder = openDataFolder(config.dataDir);
  const inbox = openInbox(Date.now);
  let { port } = config;
  const publicUrl = () => `http://localhost:${port}`;
  const services = await openServices({
    mode: "development",
    databaseUrl: folder.databaseUrl,
    masterKey: folder.masterKey,
    mailer: inbox,
    log: openLogger(process.env.LATCHKEY_LOG_LEVEL ? config.logLevel : "warn"),
    settings: {
      sessions: config,
      secure: false,
      limitByIp: false,
      metricsToken: null,
      publicUrl,
      domains: config,
      allowPrivateAddresses: true,
    },
  });
  const credentials = await seedApp(services);
  const server = await serve(services, {
    hosts: ["127.0.0.1", "::1"],
    port: config.port,
    trustedProxies: [],
    extraRoutes: devRoutes(services, credentials, inbox),
    guard: loopbackOnly,
  });
  port = server.port;
  const url = publicUrl();
  const seconds = ((performance.now() - started) / 1000).toFixed(2);
  process.stdout.write(`
  Latchkey is ready (${seconds} s)

  Demo page      ${url}/demo/
  Dashboard      ${url}/dev/admin
  Mail inbox     ${url}/dev/mail
  Credentials    ${url}/dev/credentials
  Health         ${url}/healthz
  App id         ${credentials.app_id}
  Data           ${folder.path}

  Development only: listens on this machine alone. Ctrl+C ends it.

`);
  await signal;
  process.stdout.write("  Stopping: finishing requests in flight.\n");
  await server.stop();
  return 0;
}
