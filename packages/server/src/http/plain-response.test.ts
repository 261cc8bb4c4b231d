import fc from "fast-check";
import { Hono } from "hono";
import { expect, test } from "vitest";
import { answerPlainly } from "./answer-plainly.ts";
import type { RequestContext, RequestEnv } from "./context.ts";
import { addHeaders, PlainResponse } from "./plain-response.ts";

const JSON_TYPE = ["content-type", "application/json"];

test("to whoever takes it for a Response it is one", async () => {
  const made = () => new PlainResponse('{"a":"é"}', 201, JSON_TYPE);
  expect(made()).toBeInstanceOf(Response);
  expect([made().status, made().ok, made().headers.get("content-type")]).toEqual([
    201,
    true,
    "application/json",
  ]);
  expect(await made().json()).toEqual({ a: "é" });
  expect(await made().text()).toBe('{"a":"é"}');
  expect((await made().arrayBuffer()).byteLength).toBe(10);
  expect((await made().bytes()).byteLength).toBe(10);
  expect((await made().blob()).size).toBe(10);
  expect(await new Response(made().body).text()).toBe('{"a":"é"}');
  const answer = made();
  expect(await answer.clone().text()).toBe(await answer.text());
  expect([answer.bodyUsed, answer.redirected, answer.statusText, answer.type, answer.url]).toEqual([
    true,
    false,
    "",
    "default",
    "",
  ]);
  const head = new Response(null, made());
  expect([head.status, head.headers.get("content-type")]).toEqual([201, "application/json"]);
});

test("its parts are there to write for as long as nobody may have changed the Response", () => {
  const answer = new PlainResponse("x", 200, JSON_TYPE);
  expect(PlainResponse.parts(answer)).toEqual({ text: "x", headers: JSON_TYPE });
  answer.headers.set("vary", "Cookie");
  expect(PlainResponse.parts(answer)).toBeNull();
  expect(PlainResponse.parts(new Response("x"))).toBeNull();
});

test("added headers stand where the answer has none of that name, plain or not", () => {
  const name = fc.constantFrom("content-type", "vary", "cache-control", "x-a");
  const lists = fc.array(fc.array(fc.tuple(name, fc.constantFrom("1", "vary", "x-a"))));
  fc.assert(
    fc.property(lists, (additions) => {
      const plain = new PlainResponse("{}", 200, JSON_TYPE);
      const whole = new Response("{}", { headers: { "content-type": "application/json" } });
      for (const list of additions) {
        addHeaders(plain, list.flat());
        addHeaders(whole, list.flat());
      }
      expect([...plain.headers]).toEqual([...whole.headers]);
    }),
  );
});

test("an answer of Hono's context is plain unless its handler gave it headers", async () => {
  const app = new Hono<RequestEnv>();
  app.use((context, next) => {
    answerPlainly(context);
    return next();
  });
  app.get("/plain", (context) => context.json({ a: 1 }));
  app.get("/status", (context) => context.json({ a: 1 }, 409));
  app.get("/header", (context) => {
    context.header("set-cookie", "a=1", { append: true });
    context.header("set-cookie", "b=2", { append: true });
    return context.json({ a: 1 });
  });
  const withCookie = async (context: RequestContext) => {
    await Promise.resolve();
    context.header("set-cookie", "a=1", { append: true });
    return { a: 1 };
  };
  app.get("/awaited", async (context) => context.json(await withCookie(context)));
  app.get("/argument", (context) => context.json({ a: 1 }, 200, { "x-a": "1" }));
  app.get("/options", (context) => context.json({ a: 1 }, { status: 202 }));
  const seen = async (path: string) => {
    const answer = await app.fetch(new Request(`http://localhost${path}`));
    const isPlain = PlainResponse.parts(answer) !== null;
    return [isPlain, answer.status, answer.headers.getSetCookie().length, await answer.text()];
  };
  expect(await seen("/plain")).toEqual([true, 200, 0, '{"a":1}']);
  expect(await seen("/status")).toEqual([true, 409, 0, '{"a":1}']);
  expect(await seen("/header")).toEqual([false, 200, 2, '{"a":1}']);
  expect(await seen("/awaited")).toEqual([false, 200, 1, '{"a":1}']);
  expect(await seen("/argument")).toEqual([false, 200, 0, '{"a":1}']);
  expect(await seen("/options")).toEqual([false, 202, 0, '{"a":1}']);
});
