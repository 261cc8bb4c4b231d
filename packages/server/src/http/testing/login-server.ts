import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, exportSPKI, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";

/** An app's own login: signs tokens and publishes its key over HTTP. */
export interface LoginServer {
  readonly jwksUrl: string;
  readonly issuer: string;
  /** The public key in the form that an algorithm confusion would use as a secret. */
  readonly publicPem: string;
  /** A good token, changed by `claims` and `header`. */
  token(claims?: JWTPayload, header?: { kid?: string; jwk?: JWK }): Promise<string>;
  /** What its JWKS address answers from now on; undefined answers the keys. */
  answerWith(answer: { status: number; body: string; location?: string } | undefined): void;
  /** How often the keys were asked for. */
  readonly fetched: () => number;
  close(): Promise<void>;
}

export async function openLoginServer(now: () => number = Date.now): Promise<LoginServer> {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: "login-1", alg: "ES256" };
  let answer: { status: number; body: string; location?: string } | undefined;
  let fetched = 0;
  const server = createServer((_request, response) => {
    fetched++;
    const { status, body, location } = answer ?? {
      status: 200,
      body: JSON.stringify({ keys: [jwk] }),
    };
    response.writeHead(status, {
      "content-type": "application/json",
      ...(location !== undefined && { location }),
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const issuer = "https://login.example.com";
  return {
    jwksUrl: `http://127.0.0.1:${port}/jwks.json`,
    issuer,
    publicPem: await exportSPKI(publicKey),
    token(claims = {}, header = {}) {
      const issuedAt = Math.floor(now() / 1000);
      const payload = { iss: issuer, sub: "person-7", iat: issuedAt, exp: issuedAt + 300 };
      return new SignJWT({ ...payload, ...claims })
        .setProtectedHeader({ alg: "ES256", kid: "login-1", ...header })
        .sign(privateKey);
    },
    answerWith(next) {
      answer = next;
    },
    fetched: () => fetched,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
