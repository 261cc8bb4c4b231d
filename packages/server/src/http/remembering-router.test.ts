import fc from "fast-check";
import { TrieRouter } from "hono/router/trie-router";
import { expect, test } from "vitest";
import { rememberingRouter } from "./remembering-router.ts";

const PATTERNS = ["/*", "/a", "/a/b", "/a/:id", "/:x/b", "/a/*", "/users/me", "/users/:id"];
const PATHS = ["/", "/a", "/a/b", "/a/c", "/x/b", "/users/me", "/users/you", "/a/b/c", "/:x/b"];
const METHODS = ["GET", "POST", "ALL"];

test("leads every path where Hono's own router leads it, however often it is asked", () => {
  const route = fc.tuple(fc.constantFrom(...METHODS), fc.constantFrom(...PATTERNS));
  const ask = fc.tuple(fc.constantFrom(...METHODS, "PUT"), fc.constantFrom(...PATHS));
  fc.assert(
    fc.property(fc.array(route), fc.array(ask), fc.array(route), (routes, asked, later) => {
      const ours = rememberingRouter<string>();
      const theirs = new TrieRouter<string>();
      for (const some of [routes, later]) {
        for (const [method, path] of some) {
          ours.add(method, path, `${method} ${path}`);
          theirs.add(method, path, `${method} ${path}`);
        }
        for (const [method, path] of [...asked, ...asked]) {
          expect(ours.match(method, path)).toEqual(theirs.match(method, path));
        }
      }
    }),
  );
});
