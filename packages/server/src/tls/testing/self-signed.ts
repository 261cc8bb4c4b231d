import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate of its own for a name, by openssl. */
export function selfSigned(name: string): { readonly chain: string; readonly keyPem: string } {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-self-signed-"));
  try {
    execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
        ...["-days", "2", "-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`],
        ...["-keyout", "key.pem", "-out", "cert.pem"],
      ],
      { cwd: folder, stdio: "ignore" },
    );
    const read = (file: string) => readFileSync(join(folder, file), "utf8");
    return { chain: read("cert.pem"), keyPem: read("key.pem") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
