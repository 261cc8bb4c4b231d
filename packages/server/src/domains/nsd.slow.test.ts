import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { diagnose } from "@latchkey/core/domains/diagnose";
import { issuerOfDirectory } from "@latchkey/core/domains/issuers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dnsResolver } from "../node/dns-resolver.ts";
import { observe } from "./observe.ts";

const NSD = "/usr/sbin/nsd";
const EXPECTED = {
  sessionHost: "",
  target: "label7.cname.sessions.example",
  zone: "cname.sessions.example",
  publicHost: "sessions.example",
  ownershipToken: "k2v7c5x4q6w3",
  challengeTarget: null,
  wasVerified: false,
  issuer: issuerOfDirectory("https://acme-v02.api.letsencrypt.org/directory"),
};

/** Zone files as an owner writes them, each a domain of its own. */
const ZONES: Record<string, { readonly zone: string; readonly finds: readonly string[] }> = {
  "good.example": {
    zone: `privy CNAME label7.cname.sessions.example.
      _latchkey TXT "latchkey-verify=" "k2v7c5x4q6w3"`,
    finds: [],
  },
  "empty.example": { zone: "www A 192.0.2.1", finds: ["cname_missing", "txt_missing"] },
  "nodot.example": {
    zone: `privy CNAME label7.cname.sessions.example
      _latchkey TXT latchkey-verify=k2v7c5x4q6w3`,
    finds: ["cname_doubled_target"],
  },
  "doubled.example": {
    zone: `privy.doubled.example CNAME label7.cname.sessions.example.
      _latchkey.doubled.example TXT latchkey-verify=k2v7c5x4q6w3`,
    finds: ["cname_doubled_name", "txt_doubled_name"],
  },
  "wild.example": {
    zone: `* CNAME pages.vendor.example.
      _latchkey TXT latchkey-verify=k2v7c5x4q6w3`,
    finds: ["cname_from_wildcard"],
  },
  "caa.example": {
    zone: `privy CNAME label7.cname.sessions.example.
      _latchkey TXT latchkey-verify=k2v7c5x4q6w3
      @ CAA 0 issue "ca.vendor.example; account=7"`,
    finds: ["caa_blocks"],
  },
  "long.example": {
    zone: `privy CNAME label7.cname.sessions.example.
      _latchkey TXT latchkey-verify=k2v7c5x4q6w3
      ${Array.from({ length: 40 }, (_, n) => `_latchkey TXT "${n} ${"x".repeat(200)}"`).join("\n")}`,
    finds: [],
  },
};
const OPERATOR = `@ A 203.0.113.7
  *.cname CNAME sessions.example.`;

describe.skipIf(!existsSync(NSD))("zone files on a real name server (nsd)", () => {
  let folder: string;
  let address: string;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "latchkey-nsd-"));
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address() as { port: number };
    probe.close();
    address = `127.0.0.1:${port}`;
    const all = { example: { zone: "" }, "sessions.example": { zone: OPERATOR }, ...ZONES };
    for (const [name, { zone }] of Object.entries(all)) {
      const lines = zone.split("\n").map((line) => line.trim());
      const head = `$ORIGIN ${name}.\n$TTL 300\n@ SOA ns1 admin 1 3600 600 86400 60\n@ NS ns1\nns1 A 192.0.2.53\n`;
      writeFileSync(join(folder, name), `${head}${lines.join("\n")}\n`);
    }
    const zones = Object.keys(all).map((name) => `zone:\n  name: ${name}\n  zonefile: ${name}`);
    writeFileSync(
      join(folder, "nsd.conf"),
      `server:
  ip-address: 127.0.0.1@${port}
  username: ""
  chroot: ""
  zonesdir: "${folder}"
  database: ""
  pidfile: "${folder}/nsd.pid"
  xfrdfile: "${folder}/xfrd"
  zonelistfile: "${folder}/zone.list"
  server-count: 1
remote-control:
  control-enable: no
${zones.join("\n")}
`,
    );
    const nsd = spawn(NSD, ["-c", join(folder, "nsd.conf"), "-d"], { stdio: "ignore" });
    stop = async () => {
      const ended = once(nsd, "exit");
      nsd.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    };
    await untilAnswered();
  });
  afterAll(() => stop());

  const resolver = () => dnsResolver([address]);

  async function untilAnswered(): Promise<void> {
    const question = { name: "sessions.example", type: "A" } as const;
    for (let attempt = 0; attempt < 50; attempt++) {
      const options = {
        recursion: true,
        checkingDisabled: false,
        signal: AbortSignal.timeout(2000),
      };
      if ((await resolver().ask(address, question, options)).kind === "found") return;
      await wait(100);
    }
    throw new Error("nsd did not start");
  }

  test.each(Object.entries(ZONES))("%s", async (domain, { finds }) => {
    const expected = { ...EXPECTED, domain, sessionHost: `privy.${domain}` };
    const seen = await observe(resolver(), expected, AbortSignal.timeout(4300));
    expect(diagnose(expected, seen).findings.map(({ verdict }) => verdict)).toEqual(finds);
  });
});
