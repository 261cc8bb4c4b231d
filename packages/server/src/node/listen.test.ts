import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PlainResponse } from "../http/plain-response.ts";
import { openTestServer, type TestServer } from "../http/testing/test-server.ts";
import { type Listener, listen } from "./listen.ts";

let server: TestServer;
let listener: Listener;
const logged: object[] = [];
const failures: unknown[] = [];
const onError = (error: unknown) => failures.push(error);
const plainParts = PlainResponse.parts;

beforeAll(async () => {
  const note = (fields: object) => logged.push(fields);
  server = await openTestServer({ log: { debug() {}, info() {}, warn: note, error: note } });
  const options = { hosts: ["127.0.0.1"], port: 0, address: () => null, onError, plainParts };
  listener = await listen(server.fetch, options);
});
afterAll(async () => {
  await listener.close(100);
  await server.close();
});

interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Everything that comes back for bytes on a socket, until nothing has come for a moment. */
async function raw(bytes: string | Buffer): Promise<RawAnswer[]> {
  const socket = connect(listener.port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("error", () => undefined);
  socket.write(bytes);
  for (let seen = -1; chunks.length > seen || chunks.length === 0; ) {
    seen = chunks.length;
    await sleep(60);
    if (socket.closed) break;
  }
  socket.destroy();
  const answers: RawAnswer[] = [];
  for (let rest = Buffer.concat(chunks).toString("latin1"); rest !== ""; ) {
    const end = rest.indexOf("\r\n\r\n") + 4;
    const head = rest.slice(0, end);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    answers.push({
      status: Number(head.split(" ", 2)[1]),
      head,
      body: rest.slice(end, end + length),
    });
    rest = rest.slice(end + length);
  }
  return answers;
}

const codeOf = (answer: RawAnswer | undefined) => JSON.parse(answer?.body ?? "{}").code;

const request = (line: string, ...headers: string[]) =>
  `${[`${line} HTTP/1.1`, "Host: localhost", ...headers].join("\r\n")}\r\n\r\n`;
const chunks = (text: string, times: number) =>
  `${`${text.length.toString(16)}\r\n${text}\r\n`.repeat(times)}0\r\n\r\n`;

test.each([
  ["words that are no request", "hello\r\n\r\n", 400, "invalid_request"],
  ["a TLS handshake", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "invalid_request"],
  ["a request without Host", "GET /healthz HTTP/1.1\r\n\r\n", 400, "invalid_request"],
  [
    "a request with two Hosts (RFC 9112 section 3.2)",
    request("GET /healthz", "Host: evil.example"),
    400,
    "invalid_request",
  ],
  [
    "an HTTP/1.0 request with two Hosts",
    "GET /healthz HTTP/1.0\r\nHost: a\r\nhost: a\r\n\r\n",
    400,
    "invalid_request",
  ],
  ["a Host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "invalid_request"],
  ["a Host with markup", "GET / HTTP/1.1\r\nHost: <b>\r\n\r\n", 400, "invalid_request"],
  ["a method of its own", request("FETCH /healthz"), 400, "invalid_request"],
  ["OPTIONS *", request("OPTIONS *"), 400, "invalid_request"],
  ["a backslash in the path", request("GET /\\healthz"), 400, "invalid_request"],
  ["a proxy request", request("CONNECT example.com:443"), 405, "method_not_allowed"],
  ["TRACE", request("TRACE /healthz"), 405, "method_not_allowed"],
  ["an unknown expectation", request("POST /v1/x", "Expect: gold"), 417, "expectation_failed"],
  [
    "headers of 20 KB",
    request("GET /healthz", `Cookie: ${"a".repeat(20_000)}`),
    431,
    "headers_too_large",
  ],
  [
    "two lengths",
    `${request("POST /v1/x", "Content-Length: 2", "Content-Length: 3")}{}`,
    400,
    "invalid_request",
  ],
  [
    "a length and chunks (request smuggling, RFC 9112 section 6.3)",
    request("POST /v1/x", "Content-Length: 2", "Transfer-Encoding: chunked"),
    400,
    "invalid_request",
  ],
  ["a header folded over two lines", request("GET /healthz", "A: b\r\n c"), 400, "invalid_request"],
  ["NUL in a header", request("GET /healthz", "A: b\0c"), 400, "invalid_request"],
  ["bare line feeds", "GET /healthz HTTP/1.1\nHost: x\n\n", 400, "invalid_request"],
  ["a raw byte in the path", Buffer.from(request("GET /\xe9"), "latin1"), 400, "invalid_request"],
])("%s gets a JSON answer that says so", async (_, bytes, status, code) => {
  const [answer, more] = await raw(bytes);
  expect(more).toBeUndefined();
  expect(answer?.status).toBe(status);
  expect(answer?.head).toMatch(/content-type: application\/json/i);
  const { error, code: sent } = JSON.parse(answer?.body ?? "");
  expect(sent).toBe(code);
  expect(error.length).toBeGreaterThan(10);
});

test("HTTP/1.0 without Host is a health check of a load balancer", async () => {
  const [answer] = await raw("GET /healthz HTTP/1.0\r\n\r\n");
  expect([answer?.status, answer?.body]).toEqual([200, '{"status":"ok"}']);
});

test("the body of a PUT, which takes the long way, arrives as that of a POST does", async () => {
  const headers = {
    authorization: `Bearer ${server.apiKey}`,
    "content-type": "application/json",
  };
  const send = async (method: string, path: string, name: string) => {
    const url = `http://127.0.0.1:${listener.port}${path}`;
    const answer = await fetch(url, { method, headers, body: JSON.stringify({ name }) });
    return (await answer.json()) as { id: string; name: string };
  };
  const { id } = await send("POST", "/organizations", "Engines");
  expect(await send("PUT", `/organizations/${id}`, "Looms")).toMatchObject({ name: "Looms" });
});

test("dots in a path lead nowhere else than where they say", async () => {
  const [inside] = await raw(request("GET /api/v1/../../healthz"));
  expect(inside?.status).toBe(200);
  const [outside] = await raw(request("GET /../../../../etc/passwd"));
  expect(outside?.status).toBe(404);
});

describe("a body", () => {
  const init = (...headers: string[]) =>
    request(
      "POST /api/v1/passwordless/init",
      "Content-Type: application/json",
      `privy-app-id: ${server.app.id}`,
      ...headers,
    );
  const tail = request("GET /healthz");
  const megabyte = "x".repeat(1024 * 1024);

  test("of 1 MB is refused with words, and the connection still serves the next request", async () => {
    const [refused, next] = await raw(`${init("Content-Length: 1048576")}${megabyte}${tail}`);
    expect([refused?.status, codeOf(refused)]).toEqual([413, "payload_too_large"]);
    expect(next?.status).toBe(200);
  });

  test("of 1 MB in chunks is refused with words that a client reads while it still sends", async () => {
    const bytes = `${init("Transfer-Encoding: chunked")}${chunks("x".repeat(65_536), 16)}`;
    const [refused] = await raw(bytes);
    expect([refused?.status, codeOf(refused)]).toEqual([413, "payload_too_large"]);
    let left = 64;
    const body = new ReadableStream({
      async pull(controller) {
        await sleep(2);
        if (left-- > 0) controller.enqueue(new TextEncoder().encode("x".repeat(16_384)));
        else controller.close();
      },
    });
    const headers = { "content-type": "application/json", "privy-app-id": server.app.id };
    const url = `http://127.0.0.1:${listener.port}/api/v1/passwordless/init`;
    // undici's own option, which the types of the DOM do not know.
    const options = { method: "POST", headers, body, duplex: "half" };
    const response = await fetch(url, options);
    expect([response.status, (await response.json()).code]).toEqual([413, "payload_too_large"]);
  });

  test("with a broken chunk is refused once", async () => {
    const answers = await raw(`${init("Transfer-Encoding: chunked")}zz\r\n`);
    expect(answers.map(({ status }) => status)).toEqual([400]);
  });

  test("that its sender gives up is nobody's failure", async () => {
    const before = logged.length;
    const socket = connect(listener.port, "127.0.0.1");
    socket.write(`${init("Content-Length: 100")}{`);
    await sleep(50);
    socket.destroy();
    await sleep(100);
    expect(logged.slice(before)).toEqual([]);
    const [answer] = await raw(request("GET /readyz"));
    expect(answer?.status).toBe(200);
  });
});

test("closing finishes what runs, takes nothing new, and ends what takes too long", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow = await listen(
    async (incoming) => {
      if (new URL(incoming.url).pathname === "/slow") await held;
      if (new URL(incoming.url).pathname === "/never") await new Promise(() => {});
      return new Response("done");
    },
    { hosts: ["127.0.0.1"], port: 0, address: () => null, onError, plainParts },
  );
  const base = `http://127.0.0.1:${slow.port}`;
  const running = fetch(`${base}/slow`);
  const stuck = fetch(`${base}/never`);
  stuck.catch(() => undefined);
  await sleep(50);
  const closed = slow.close(400);
  await sleep(20);
  await expect(fetch(`${base}/quick`)).rejects.toThrow();
  release();
  expect(await (await running).text()).toBe("done");
  await closed;
  await expect(stuck).rejects.toThrow();
});

test("a port that is taken is an error with the port, and nothing is left listening", async () => {
  const again = {
    hosts: ["127.0.0.1"],
    port: listener.port,
    address: () => null,
    onError,
    plainParts,
  };
  await expect(listen(server.fetch, again)).rejects.toMatchObject({
    code: "EADDRINUSE",
    port: listener.port,
  });
});

test("what fails outside the application is answered 500 in JSON, and told on", async () => {
  const failure = new Error("the application threw");
  const failing = await listen(
    () => {
      throw failure;
    },
    { hosts: ["127.0.0.1"], port: 0, address: () => null, onError, plainParts },
  );
  const response = await fetch(`http://127.0.0.1:${failing.port}/`);
  expect([response.status, await response.json()]).toEqual([
    500,
    { code: "internal_error", error: expect.stringContaining("not foresee") },
  ]);
  expect(failures).toEqual([failure]);
  await failing.close(100);
});

test("an answer that cannot be written costs its connection, not the process (ASVS 16.5.3)", async () => {
  const told: unknown[] = [];
  const broken = await listen(
    async () => new PlainResponse("{}", 200, ["x-made-of", "somebody's\r\nset-cookie: a=b"]),
    {
      hosts: ["127.0.0.1"],
      port: 0,
      address: () => null,
      plainParts,
      onError: (error) => told.push(error),
    },
  );
  for (let time = 0; time < 2; time++) {
    await expect(fetch(`http://127.0.0.1:${broken.port}/healthz`)).rejects.toThrow();
  }
  expect(told).toMatchObject([{ code: "ERR_INVALID_CHAR" }, { code: "ERR_INVALID_CHAR" }]);
  await broken.close(0);
});
