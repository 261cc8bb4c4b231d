import { builtinModules } from "node:module";
import type { Import } from "./read-imports.ts";
import { isTest, type Violation, type Workspace, workspaceOf } from "./tree.ts";

/** Which of our packages each of them may import. A list names the entry points of values. */
const graph: Readonly<Record<string, Readonly<Record<string, "all" | readonly string[]>>>> = {
  "@latchkey/core": {},
  "@latchkey/browser": { "@latchkey/core": ["errors", "origins", "protocol/browser"] },
  "@latchkey/react": { "@latchkey/browser": "all" },
  "@latchkey/backend": { "@latchkey/core": "all" },
  "@latchkey/nextjs": { "@latchkey/react": "all", "@latchkey/backend": "all" },
  "@latchkey/server": { "@latchkey/core": "all" },
  "@latchkey/dashboard": { "@latchkey/core": ["protocol/admin"] },
};

/** Files of packages for every runtime that may use Node all the same: a Node-only condition. */
const nodeFiles = [
  "packages/core/src/crypto/node.ts",
  "packages/core/src/crypto/node-hmac-sha256.ts",
];
const everyRuntime = [
  "@latchkey/core",
  "@latchkey/browser",
  "@latchkey/react",
  "@latchkey/backend",
  "@latchkey/nextjs",
];

/** What scripts may read of a package, to generate reference files from it. */
const generatedFrom = [
  "packages/server/src/config/",
  "packages/server/src/cli/commands.ts",
  "packages/server/src/cli/reference.ts",
  "packages/server/src/http/admin/reference.ts",
];

export function checkPackages(imports: readonly Import[], workspaces: Workspace[]): Violation[] {
  return imports.flatMap((found) => {
    const owner = workspaceOf(found.from, workspaces);
    if (found.target !== undefined) return checkRelative(found, found.target, owner, workspaces);
    if (found.specifier.startsWith("#")) return [];
    if (isBuiltin(found.specifier)) return checkBuiltin(found, owner);
    const name = packageName(found.specifier);
    const ours = workspaces.find(({ json }) => json.name === name);
    return [
      ...(ours === undefined ? [] : checkOurs(found, owner, ours)),
      ...checkDeclared(found, name, owner, workspaces),
    ];
  });
}

function checkRelative(
  found: Import,
  target: string,
  owner: Workspace,
  workspaces: Workspace[],
): Violation[] {
  if (target.startsWith("..")) {
    return [
      violation(
        found,
        "the project is complete in itself: nothing reaches outside the checkout",
        "move what it needs into the checkout, or depend on it as a package",
      ),
    ];
  }
  const other = workspaceOf(target, workspaces);
  if (other === owner) return checkTestOnly(found, target);
  if (owner.folder === "" && generatedFrom.some((folder) => target.startsWith(folder))) return [];
  return [
    violation(
      found,
      "a package is reached by its published entry points only, never by a path into it",
      `import ${other.json.name} by a name that its "exports" lists`,
    ),
  ];
}

function checkTestOnly(found: Import, target: string): Violation[] {
  if (!isTest(target) || isTest(found.from)) return [];
  return [
    violation(
      found,
      "tests and testing/ folders are not published: only tests import them",
      "move what is shared out of testing/, or import it from tests only",
    ),
  ];
}

function checkBuiltin(found: Import, { json }: Workspace): Violation[] {
  if (!everyRuntime.includes(json.name) || isTest(found.from)) return [];
  if (nodeFiles.includes(found.from)) return [];
  return [
    violation(
      found,
      `${json.name} runs in browsers and on edge runtimes: it uses web standards, never Node`,
      "use the web-standard API, or take what it needs as a parameter",
    ),
  ];
}

function checkOurs(found: Import, owner: Workspace, ours: Workspace): Violation[] {
  const violations: Violation[] = [];
  const entry = found.specifier.slice(ours.json.name.length + 1);
  const name = `.${entry === "" ? "" : `/${entry}`}`;
  if (!Object.hasOwn(ours.json.exports ?? {}, name)) {
    violations.push(
      violation(
        found,
        `${ours.json.name} publishes no entry point "${name}"`,
        `import one of: ${Object.keys(ours.json.exports ?? {}).join(", ")}`,
      ),
    );
  }
  if (ours === owner || isTest(found.from)) return violations;
  if (ours.json.name === "@latchkey/server") {
    violations.push(
      violation(
        found,
        "nothing imports the server: it is run, not linked",
        "start the `latchkey` command, or move what is shared to @latchkey/core",
      ),
    );
    return violations;
  }
  const allowed = graph[owner.json.name];
  if (allowed === undefined) return violations;
  const entries = allowed[ours.json.name];
  const names = Object.keys(allowed).join(", ") || "none of our packages";
  if (entries === undefined) {
    violations.push(
      violation(
        found,
        `${owner.json.name} may import ${names}`,
        `move what it needs into a package that it may import, or pass it in`,
      ),
    );
  } else if (entries !== "all" && !found.typeOnly && !entries.includes(entry)) {
    violations.push(
      violation(
        found,
        `of ${ours.json.name}, ${owner.json.name} takes values from ${entries.join(", ")} only`,
        "import the type alone (`import type`), or put the value into one of these",
      ),
    );
  }
  return violations;
}

function checkDeclared(
  found: Import,
  name: string,
  owner: Workspace,
  workspaces: Workspace[],
): Violation[] {
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = owner.json;
  const published = { ...dependencies, ...peerDependencies, ...optionalDependencies };
  if (Object.hasOwn(published, name) || owner.json.name === name) return [];
  const isPublished =
    owner.folder.startsWith("packages/") && !isTest(found.from) && !isToolSettings(found.from);
  const root = workspaces.find(({ folder }) => folder === "");
  const tools = { ...devDependencies, ...root?.json.devDependencies };
  if (!isPublished && Object.hasOwn(tools, name)) return [];
  const kind = isPublished ? "dependencies" : "devDependencies";
  return [
    violation(
      found,
      "a package declares what it imports: what is only hoisted breaks when it is installed alone",
      `add "${name}" to "${kind}" of ${owner.folder === "" ? "" : `${owner.folder}/`}package.json`,
    ),
  ];
}

/** Such as vite.config.ts: read where a package is built, and not part of it. */
const isToolSettings = (path: string) => /\.config\.[jt]s$/.test(path);

export function isBuiltin(specifier: string): boolean {
  return specifier.startsWith("node:") || builtinModules.includes(specifier);
}

export function packageName(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

export function violation(found: Import, rule: string, fix: string): Violation {
  const type = found.typeOnly ? " (a type)" : "";
  return {
    path: found.from,
    line: found.line,
    found: `imports "${found.specifier}"${type}`,
    rule,
    fix,
  };
}
