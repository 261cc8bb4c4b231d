import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openConnection, readAnswer } from "./raw-connection.ts";

const body = fc.string({ unit: "grapheme-ascii" });
const head = "HTTP/1.1 200 OK\r\ndate: today\r\n";

function inChunks(text: string, size: number): string {
  let chunks = "";
  for (let at = 0; at < text.length; at += size) {
    const chunk = text.slice(at, at + size);
    chunks += `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
  }
  return `${chunks}0\r\n\r\n`;
}

test("an answer is read when all of it is there, and not before (RFC 9112 sections 6.2, 7.1)", () => {
  fc.assert(
    fc.property(body, fc.integer({ min: 1, max: 20 }), (text, size) => {
      const whole = [
        `${head}Content-Length: ${text.length}\r\n\r\n${text}`,
        `${head}transfer-encoding: chunked\r\n\r\n${inChunks(text, size)}`,
      ];
      for (const answer of whole) {
        expect(readAnswer(answer)).toEqual({ status: 200, body: text });
        for (let end = 0; end < answer.length; end++) {
          expect(readAnswer(answer.slice(0, end))).toBeUndefined();
        }
      }
    }),
    { numRuns: 50 },
  );
});

test("one connection carries many requests, and rejects when the server closes it", async () => {
  const server = createServer((request, response) => {
    if (request.url === "/close") return request.socket.destroy();
    response.end(`you asked ${request.url}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const connection = await openConnection(port);
  const get = (path: string) =>
    connection.request(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  expect(await get("/1")).toEqual({ status: 200, body: "you asked /1" });
  expect(await get("/2")).toEqual({ status: 200, body: "you asked /2" });
  await expect(get("/close")).rejects.toThrow();
  connection.close();
  server.close();
});
