import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { QuickHeaders } from "./quick-headers.ts";
import { quickRequest } from "./quick-request.ts";

const incoming = (url: string, host: string, method = "GET") =>
  ({
    method,
    url,
    headers: { host },
    rawHeaders: ["Host", host],
    socket: {},
  }) as unknown as IncomingMessage;

test("an everyday target and host make the URL that the web's parser makes of them", () => {
  const printable = fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code));
  const piece = fc.oneof(
    { weight: 1, arbitrary: printable },
    {
      weight: 9,
      arbitrary: fc.constantFrom("/", ".", "..", "?", "a", "%2e", "\\", "//", "b", "c", "d=e", "&"),
    },
  );
  const target = fc.array(piece, { maxLength: 8 }).map((pieces) => `/${pieces.join("")}`);
  const label = fc.constantFrom("a", "example", "com", "0", "127", "1", "0x7f", "xn--a", "A", "-");
  const host = fc
    .tuple(
      fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join(".")),
      fc.constantFrom("", ":", ":80", ":443", ":4400", ":65535", ":99999", ":01234"),
    )
    .map(([name, port]) => name + port);
  let taken = 0;
  fc.assert(
    fc.property(target, host, (url, host) => {
      const request = quickRequest(incoming(url, host));
      if (!request) return;
      taken += 1;
      expect(request.url).toBe(new URL(`http://${host}${url}`).href);
    }),
    { numRuns: 5000 },
  );
  expect(taken).toBeGreaterThan(100);
  for (const host of ["127.0.0.1:4400", "localhost:4400", "sessions.example.com"]) {
    expect(quickRequest(incoming("/api/v1/sessions?a=b", host))?.url).toBe(
      `http://${host}/api/v1/sessions?a=b`,
    );
  }
  expect(quickRequest(incoming("/", "localhost", "PUT"))).toBeNull();
});

test("headers of one name are read as the web's own Headers read them (RFC 9110 section 5.2)", () => {
  const name = fc.constantFrom("Accept", "accept", "X-A", "Host", "Content-Type", "set-cookie");
  const lines = fc.array(fc.tuple(name, fc.constantFrom("0", "1", "b, c")));
  fc.assert(
    fc.property(lines, (raw) => {
      const quick = new QuickHeaders(raw.flat());
      const whole = new Headers(raw);
      for (const asked of ["accept", "x-a", "X-A", "host", "content-type", "missing"]) {
        expect(quick.get(asked)).toBe(whole.get(asked));
        expect(quick.has(asked)).toBe(whole.has(asked));
      }
      expect([...new QuickHeaders(raw.flat())]).toEqual([...whole]);
      expect([...new Headers(quick)]).toEqual([...whole]);
      expect(quick.getSetCookie()).toEqual(whole.getSetCookie());
      quick.set("accept", "2");
      quick.append("x-a", "3");
      quick.delete("host");
      const names: string[] = [];
      quick.forEach((_, name) => {
        names.push(name);
      });
      expect(names).toEqual([...quick.keys()]);
      expect([quick.get("accept"), quick.get("host")]).toEqual(["2", null]);
    }),
  );
  expect(new QuickHeaders(["Cookie", "a=1", "cookie", "b=2"]).get("cookie")).toBe("a=1; b=2");
});

describe("the body", () => {
  let use: (request: Request) => Promise<unknown>;
  const server = createServer(async (incoming, outgoing) => {
    const request = quickRequest(incoming);
    outgoing.end(JSON.stringify(request && (await use(request).catch((error) => error.name))));
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => void server.close());
  const port = () => (server.address() as AddressInfo).port;
  const post = async (body: string, type = "application/json") => {
    const headers = { "content-type": type };
    return (await fetch(`http://127.0.0.1:${port()}/a`, { method: "POST", body, headers })).json();
  };

  test.each<[string, (request: Request) => Promise<unknown>, unknown]>([
    ["text", (request) => request.text(), '{"a":"é"}'],
    ["json", (request) => request.json(), { a: "é" }],
    ["bytes", async (request) => (await request.bytes()).byteLength, 10],
    ["an array buffer", async (request) => (await request.arrayBuffer()).byteLength, 10],
    ["a blob", async (request) => (await request.blob()).size, 10],
    ["a stream", async ({ body }) => new Response(body).text(), '{"a":"é"}'],
    ["text of a clone", (request) => request.clone().text(), '{"a":"é"}'],
    ["bytes after the stream was seen", async (r) => r.body && (await r.bytes()).byteLength, 10],
    ["a second time, not at all", async (r) => (await r.text()) && r.text(), "TypeError"],
    ["nothing once it is used", async (r) => (await r.text()) && r.bodyUsed, true],
  ])("is read as %s", async (_, reading, expected) => {
    use = reading;
    expect(await post('{"a":"é"}')).toEqual(expected);
  });

  test.each<[string, (request: Request) => Promise<unknown>]>([
    ["an array buffer", async (request) => new TextDecoder().decode(await request.arrayBuffer())],
    ["bytes", async (request) => new TextDecoder().decode((await request.bytes()).buffer)],
    ["text", (request) => request.text()],
  ])("that comes in pieces is %s of nothing else", async (_, reading) => {
    use = reading;
    const socket = connect(port(), "127.0.0.1");
    socket.write('POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 7\r\n\r\n{"a"');
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.end(":1}");
    let answer = "";
    for await (const piece of socket) answer += piece;
    expect(answer.split("\r\n\r\n")[1]).toBe(JSON.stringify('{"a":1}'));
  });

  test("of any size comes whole", async () => {
    use = async (request) => (await request.text()).length;
    expect(await post("x".repeat(300_000))).toBe(300_000);
    use = async (request) => [...(await request.formData()).keys()];
    expect(await post("a=1&b=2", "application/x-www-form-urlencoded")).toEqual(["a", "b"]);
  });

  test("that its sender gives up is refused, not waited for", async () => {
    const seen = new Promise((resolve) => {
      use = (request) => request.text().then(resolve, resolve) as Promise<unknown>;
    });
    const socket = connect(port(), "127.0.0.1");
    socket.write("POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{");
    setTimeout(() => socket.destroy(), 50);
    expect(await seen).toBeInstanceOf(Error);
  });
});
