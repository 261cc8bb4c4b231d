import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../assets/demo/", import.meta.url);

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".map": "application/json",
};

/** A file of the prebuilt demo page; null when there is none of that name. */
export async function demoAsset(
  path: string,
): Promise<{ body: Uint8Array<ArrayBuffer>; type: string } | null> {
  const name = path === "" ? "index.html" : path;
  // Plain names only, so that no path leads out of the folder.
  if (!/^([A-Za-z0-9_-]+\/)*[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$/.test(name)) return null;
  try {
    const body = new Uint8Array(await readFile(fileURLToPath(new URL(name, ROOT))));
    return { body, type: TYPES[extname(name)] ?? "application/octet-stream" };
  } catch {
    return null;
  }
}
