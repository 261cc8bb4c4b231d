/** Caddy by the file that the guide shows. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../support/server-process.ts";

const CADDY = "/usr/bin/caddy";
export const hasCaddy = existsSync(CADDY);

export interface CaddyPorts {
  /** Of the server. */
  readonly app: string;
  readonly handover: number;
  /** Caddy's own. */
  readonly http: number;
  readonly https: number;
}

export interface Caddy {
  stop(): void;
}

/** @param token what it gets certificates by */
export function startCaddy(ports: CaddyPorts, token: string): Caddy {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-caddy-"));
  const file = join(folder, "Caddyfile");
  writeFileSync(file, caddyfile(ports));
  const child = spawn(CADDY, ["run", "--adapter", "caddyfile", "--config", file], {
    env: {
      ...process.env,
      HOME: folder,
      XDG_CONFIG_HOME: folder,
      XDG_DATA_HOME: folder,
      LATCHKEY_CERTIFICATES_TOKEN: token,
    },
    stdio: "ignore",
  });
  const endWithTests = () => child.kill("SIGKILL");
  process.on("exit", endWithTests);
  return {
    stop() {
      process.off("exit", endWithTests);
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The guide's own, on the test's ports. */
function caddyfile({ app, handover, http, https }: CaddyPorts): string {
  const guide = readFileSync(join(root, "docs/guides/certificates.md"), "utf8");
  const [, text] = /```caddyfile\n(.*?)```/s.exec(guide) ?? [];
  if (!text) throw new Error("the guide shows no Caddyfile");
  return text
    .replaceAll("127.0.0.1:4400", `127.0.0.1:${new URL(app).port}`)
    .replaceAll("127.0.0.1:4401", `127.0.0.1:${handover}`)
    .replace("{\n", `{\n\thttp_port ${http}\n\thttps_port ${https}\n\tadmin off\n`);
}
