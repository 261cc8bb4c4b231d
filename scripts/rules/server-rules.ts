import { isBuiltin, packageName, violation } from "./package-rules.ts";
import type { Import } from "./read-imports.ts";
import { isTest, type Violation } from "./tree.ts";

const source = "packages/server/src/";

/**
 * The layers of the server. Every folder that is not named here is a domain folder.
 *
 * - `edge` touches the machine: Node, the database, sockets, files
 * - `web` turns requests into calls of the domain, and its results into answers
 * - `domain` rules and flows, pure: what it needs of the world is passed in
 */
type Layer = "edge" | "web" | "domain";

const layers: Readonly<Record<string, Layer>> = {
  cli: "edge",
  dev: "edge",
  node: "edge",
  storage: "edge",
  tls: "edge",
  "main.ts": "edge",
  "serve-certificates.ts": "edge",
  "app.ts": "web",
  http: "web",
  login: "web",
};

/** Edge folders that other folders are composed with: they know the others by their types. */
const adapters = ["node", "storage", "tls"];

/** Packages that do I/O: a domain or web file takes what they make as a parameter. */
const ioPackages = [
  "@hono/node-server",
  "acme-client",
  "better-sqlite3",
  "kysely",
  "nodemailer",
  "pg",
  "pino",
];
/** Packages that only the web layer (and the edge, which composes it) speaks. */
const webPackages = ["hono"];

const storePath = `${source}storage/store.ts`;

export function checkServerLayers(imports: readonly Import[]): Violation[] {
  return imports
    .filter(({ from }) => from.startsWith(source) && !isTest(from))
    .flatMap((found) => {
      const folder = folderOf(found.from);
      const layer = layers[folder] ?? "domain";
      if (found.target === undefined) return checkPackage(found, layer);
      if (!found.target.startsWith(source)) return [];
      return checkFile(found, found.target, folder, layer);
    });
}

/** The first folder below src, or the file's name when it lies in src itself. */
function folderOf(path: string): string {
  return path.slice(source.length).split("/", 1).join();
}

function checkPackage(found: Import, layer: Layer): Violation[] {
  if (layer === "edge") return [];
  const name = packageName(found.specifier);
  if (isBuiltin(found.specifier) || ioPackages.includes(name)) {
    return [
      violation(
        found,
        "only node/, tls/, storage/, cli/, dev/ and main.ts touch Node or packages that do I/O",
        "take what it needs as a parameter, and pass it in from main.ts",
      ),
    ];
  }
  if (layer === "domain" && webPackages.includes(name)) {
    return [
      violation(
        found,
        "domain folders know no HTTP: only http/, login/ and app.ts speak it",
        "answer with a value, and turn it into a response in http/ or login/",
      ),
    ];
  }
  return [];
}

function checkFile(found: Import, target: string, from: string, layer: Layer): Violation[] {
  const to = folderOf(target);
  if (to === from) return [];
  const targetLayer = layers[to] ?? "domain";
  if (to === "dev" && from !== "cli") {
    return [
      violation(
        found,
        "the development routes are composed by `latchkey dev` alone: production cannot reach them",
        "import it in cli/ and pass it on, or move it to a folder that production may use",
      ),
    ];
  }
  if (to === "cli") {
    return [
      violation(found, "nothing imports the command line", "move what is shared out of cli/"),
    ];
  }
  if (adapters.includes(from) && !found.typeOnly) {
    return [
      violation(
        found,
        `${from}/ fits the machine to types of the other folders, and decides nothing of theirs`,
        "import the type alone, or take the value as a parameter from main.ts",
      ),
    ];
  }
  if (layer === "edge") return [];
  if (target === storePath) {
    if (found.typeOnly) return [];
    return [
      violation(
        found,
        "storage/store.ts is a seam of types: the store itself is passed in",
        "write `import type`",
      ),
    ];
  }
  if (targetLayer === "edge") {
    return [
      violation(
        found,
        `${layer === "web" ? "http/ and login/" : "domain folders"} know the store by its types ` +
          "(storage/store.ts) and nothing else of the machine",
        "take what it needs as a parameter, and pass it in from main.ts",
      ),
    ];
  }
  if (layer === "domain" && targetLayer === "web") {
    return [
      violation(
        found,
        "domain folders know no HTTP: http/ and login/ import them, never the other way",
        "move what both need into the domain folder",
      ),
    ];
  }
  if (layer === "domain" && to === "config" && !found.typeOnly) {
    return [
      violation(
        found,
        "domain folders take their part of the configuration as a value, and know its type only",
        "write `import type`, and take the value as a parameter",
      ),
    ];
  }
  return [];
}
