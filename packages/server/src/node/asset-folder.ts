import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Assets } from "../services.ts";

const ROOT = new URL("../../assets/", import.meta.url);

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".map": "application/json",
};

/** The files of a prebuilt page that this package ships. */
export function assetFolder(name: "demo" | "dashboard"): Assets {
  return async (path) => {
    // Plain names only, so that no path leads out of the folder.
    if (!/^([A-Za-z0-9_-]+\/)*[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$/.test(path)) return null;
    try {
      const file = fileURLToPath(new URL(`${name}/${path}`, ROOT));
      return {
        body: new Uint8Array(await readFile(file)),
        type: TYPES[extname(path)] ?? "application/octet-stream",
      };
    } catch {
      return null;
    }
  };
}
