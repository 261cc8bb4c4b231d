import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { setSessionHeaders } from "./node-headers.ts";
import { sessionHeaders } from "./session-headers.ts";

const SESSION = "wos-session=lks1.x; Path=/; HttpOnly";
const FLOW = "wos-auth-verifier-1=y; Path=/; HttpOnly";

let listening: ReturnType<typeof createServer> | undefined;
afterEach(async () => {
  listening?.closeAllConnections();
  await new Promise((resolve) => listening?.close(resolve) ?? resolve(undefined));
  listening = undefined;
});

/** What a client gets of a response that carries a session, and is then answered by `answer`. */
async function sent(answer: (res: ServerResponse) => void): Promise<Headers> {
  const http = createServer((_req, res) => {
    setSessionHeaders(res, sessionHeaders([SESSION]));
    answer(res);
  });
  listening = http;
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  const { headers } = await fetch(`http://127.0.0.1:${port}/`);
  return headers;
}

const ANYBODYS = "public, max-age=600";

describe("the headers of a session on a response of node:http", () => {
  it.each<[string, (res: ServerResponse) => void]>([
    ["nothing", (res) => res.end()],
    [
      "setHeader",
      (res) => res.setHeader("cache-control", ANYBODYS).setHeader("set-cookie", "theme=dark").end(),
    ],
    [
      "an object in writeHead",
      (res) => res.writeHead(200, { "Cache-Control": ANYBODYS, "Set-Cookie": "theme=dark" }).end(),
    ],
    [
      "an object after the status's words",
      (res) =>
        res
          .writeHead(200, "Fine", { "Set-Cookie": ["theme=dark", "a=b"], "X-Accel-Expires": "60" })
          .end(),
    ],
    [
      "a list in writeHead",
      (res) =>
        res
          .writeHead(200, ["Cache-Control", ANYBODYS, "Set-Cookie", "a=b", "Set-Cookie", "c=d"])
          .end(),
    ],
    [
      "a removal",
      (res) => {
        res.removeHeader("set-cookie");
        res.removeHeader("cache-control");
        res.writeHead(204).end();
      },
    ],
  ])("hold against %s (R8): the cookie comes along, and no cache keeps it", async (_by, answer) => {
    const headers = await sent(answer);
    expect(headers.getSetCookie().filter((line) => line === SESSION)).toHaveLength(1);
    expect(headers.get("cache-control")).toBe("private, no-store");
    expect(headers.get("vary")).toBe("Cookie, Authorization");
    expect(headers.has("x-accel-expires")).toBe(false);
  });

  it("leave the app's own cookies and headers where they are", async () => {
    const headers = await sent((res) => {
      setSessionHeaders(res, sessionHeaders([FLOW]));
      res.writeHead(200, [
        "Set-Cookie",
        "a=b",
        "Set-Cookie",
        "c=d",
        "Vary",
        "Origin",
        "X-App",
        "1",
      ]);
      res.end();
    });
    expect(headers.getSetCookie()).toEqual(["a=b", "c=d", SESSION, FLOW]);
    expect(headers.get("vary")).toBe("Origin, Cookie, Authorization");
    expect(headers.get("x-app")).toBe("1");
  });
});
