import { expect, it } from "vitest";
import { takeEagerCookie } from "./eager-cookie.ts";

it("is read, and removed at its path", () => {
  const written: string[] = [];
  const page = {
    get cookie() {
      return "theme=dark; workos-access-token=a.b.c; x=workos-access-token";
    },
    set cookie(line: string) {
      written.push(line);
    },
  };
  expect(takeEagerCookie(page)).toBe("a.b.c");
  expect(written).toEqual(["workos-access-token=; Path=/; Max-Age=0; SameSite=Lax"]);
});

it("is not there without one, and nothing is written", () => {
  const page = { cookie: "my-workos-access-token=x; workos-access-token=" };
  expect(takeEagerCookie(page)).toBeUndefined();
  expect(page.cookie).toContain("my-");
});
