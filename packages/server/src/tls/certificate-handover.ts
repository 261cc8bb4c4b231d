/** Gives certificates to a proxy on this machine, as Caddy's `get_certificate http` asks for them. */
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { CertificateSource } from "../certificates/serving.ts";
import type { Log } from "../services.ts";

export interface HandoverInput {
  readonly source: CertificateSource;
  /** What the proxy proves itself by: the password of HTTP Basic. */
  readonly token: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly log: Pick<Log, "warn">;
}

export interface Handover {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * `GET /certificates?server_name=` answers chain and key as PEM, 204 for names that are not ours, and
 * 503 when the database does not answer. It answers private keys: it listens on loopback only, and
 * asks for a secret all the same, because other users of the machine reach loopback too.
 */
export async function listenForHandover(input: HandoverInput): Promise<Handover> {
  const wanted = digest(input.token);
  const server = createServer({ requestTimeout: 10_000 }, async (request, response) => {
    response.setHeader("cache-control", "no-store");
    const answer = await answerTo(request).catch((error) => {
      input.log.warn({ err: error }, "a certificate could not be handed over");
      return { status: 503, body: "" };
    });
    if (answer.status === 401) response.setHeader("www-authenticate", 'Basic realm="certificates"');
    if (answer.body !== "") response.setHeader("content-type", "application/x-pem-file");
    response.writeHead(answer.status).end(answer.body);
  });

  async function answerTo(request: IncomingMessage): Promise<{ status: number; body: string }> {
    const url = URL.parse(request.url ?? "", "http://localhost");
    if (request.method !== "GET" || url?.pathname !== "/certificates")
      return { status: 404, body: "" };
    const password = passwordOf(request.headers.authorization);
    if (password === null || !timingSafeEqual(digest(password), wanted)) {
      return { status: 401, body: "" };
    }
    const name = url.searchParams.get("server_name")?.toLowerCase() ?? "";
    const found = await input.source.get(name);
    if (found === null || found === "same") return { status: 204, body: "" };
    const end = found.chain.endsWith("\n") ? "" : "\n";
    return { status: 200, body: `${found.chain}${end}${found.keyPem}` };
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(input.port, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** RFC 7617; the user's name is of no interest. */
function passwordOf(authorization: string | undefined): string | null {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? "") ?? [];
  const [, password] = /^[^:]*:(.*)$/s.exec(Buffer.from(encoded ?? "", "base64").toString()) ?? [];
  return password ?? null;
}
