import { parse, tokensToRegexp } from "path-to-regexp";

/** Whether a path is one of the globs (path-to-regexp 6). Throws a TypeError for a bad glob. */
export function pathMatcher(option: string, globs: readonly string[]): (path: string) => boolean {
  const patterns = globs.map((glob) => patternOf(option, glob));
  return (path) => patterns.some((pattern) => pattern.test(path));
}

function patternOf(option: string, glob: string): RegExp {
  try {
    const { pathname, hash } = new URL(glob, "https://paths.invalid");
    return new RegExp(tokensToRegexp(parse(pathname + hash)).source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TypeError(
      `${option} has "${glob}", which is no glob of path-to-regexp 6 such as "/blog/:path*": ${reason}`,
    );
  }
}
