import { expect, test } from "vitest";
import { verifiedTokens } from "./verified-tokens.ts";

test("as many tokens are remembered as were said, each for its app, and the oldest goes", () => {
  const tokens = verifiedTokens<number>(3);
  for (let token = 0; token < 10; token++) {
    tokens.keep("app", `t${token}`, { kid: "k", claims: token });
    expect(tokens.find("app", `t${token}`)).toEqual({ kid: "k", claims: token });
    expect(tokens.find("other", `t${token}`)).toBeUndefined();
    expect(tokens.find("app", `t${token - 3}`)).toBeUndefined();
  }
  expect(tokens.find("app", "t7")?.claims).toBe(7);
});
