import { describe, expect, test } from "vitest";
import { judgeDomain } from "./suffixes.ts";

describe("domains that their owner registered are approved by themselves", () => {
  test.each([
    "example.com",
    "example.co.uk",
    "example.com.br",
    "city.kawasaki.jp",
    "example.test",
    "corp.internal",
    "xn--85x722f.com.cn",
    "vercel.com",
    "heroku.com",
    "railway.com",
    "github.com",
  ])("%s", (domain) => {
    expect(judgeDomain(domain)).toEqual({ kind: "domain", domain, approvalReason: null });
  });
});

describe("names on hosts that many share need an operator's approval, with the reason", () => {
  test.each([
    ["mine.vercel.app", "vercel.app"],
    ["mine.railway.app", "railway.app"],
    ["mine.up.railway.app", "up.railway.app"],
    ["mine.herokuapp.com", "herokuapp.com"],
    ["mine.amazonaws.com", "amazonaws.com"],
    ["mine.s3.amazonaws.com", "s3.amazonaws.com"],
    ["mine.netlify.app", "netlify.app"],
    ["mine.pages.dev", "pages.dev"],
    ["mine.workers.dev", "workers.dev"],
    ["mine.github.io", "github.io"],
    ["mine.fly.dev", "fly.dev"],
    ["mine.onrender.com", "onrender.com"],
    ["mine.web.app", "web.app"],
    ["mine.ngrok.io", "ngrok.io"],
    ["mine.ngrok-free.app", "ngrok-free.app"],
    ["mine.azurewebsites.net", "azurewebsites.net"],
    ["mine.cloudfront.net", "cloudfront.net"],
    ["mine.blogspot.com", "blogspot.com"],
  ])("%s", (domain, suffix) => {
    const judged = judgeDomain(domain);
    expect(judged).toMatchObject({ kind: "domain", domain });
    expect(judged.kind === "domain" && judged.approvalReason).toContain(
      `a name below ${suffix}, where anybody can get one`,
    );
  });
});

describe("public suffixes and shared hosts themselves can never be: browsers refuse their cookies", () => {
  test.each([
    "com",
    "co.uk",
    "com.br",
    "kawasaki.jp",
    "foo.kawasaki.jp",
    "vercel.app",
    "railway.app",
    "up.railway.app",
    "herokuapp.com",
    "amazonaws.com",
    "s3.amazonaws.com",
    "github.io",
    "test",
  ])("%s", (input) => {
    const judged = judgeDomain(input);
    expect(judged.kind === "refused" && judged.message).toMatch(/public suffix|local machines/);
  });
});

test.each([
  ["app.example.co.uk", "Type example.co.uk"],
  ["https://www.example.com.br/", "Type example.com.br"],
  ["preview.mine.vercel.app", "Type mine.vercel.app"],
  ["a.b.mine.railway.app", "Type mine.railway.app"],
  ["www.city.kawasaki.jp", "Type city.kawasaki.jp"],
])("what lies below a domain root is told the root: %s", (input, words) => {
  const judged = judgeDomain(input);
  expect(judged.kind === "refused" && judged.message).toContain(words);
});
