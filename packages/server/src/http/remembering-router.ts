import type { Result, Router } from "hono/router";
import { TrieRouter } from "hono/router/trie-router";

/**
 * Hono's router for patterns that overlap, which walks its tree at every request; here it does so
 * once for each path that is some route's pattern as it stands.
 */
export function rememberingRouter<Handler>(): Router<Handler> {
  const router = new TrieRouter<Handler>();
  const fixedPaths = new Set<string>();
  const results = new Map<string, Map<string, Result<Handler>>>();
  return {
    name: "RememberingRouter",
    add(method, path, handler) {
      router.add(method, path, handler);
      if (!/[:*]/.test(path)) fixedPaths.add(path);
      results.clear();
    },
    match(method, path) {
      const known = results.get(path)?.get(method);
      if (known) return known;
      const result = router.match(method, path);
      if (fixedPaths.has(path)) remember(path, method, result);
      return result;
    },
  };

  function remember(path: string, method: string, result: Result<Handler>): void {
    const ofPath = results.get(path) ?? new Map<string, Result<Handler>>();
    // Methods are as many as somebody thinks of.
    if (ofPath.size >= MAX_METHODS) return;
    // `/users/me` is one of `/users/:id` too, and from now on all its requests share that parameter.
    for (const [, parameters] of result[0]) Object.freeze(parameters);
    results.set(path, ofPath.set(method, result));
  }
}

const MAX_METHODS = 8;
