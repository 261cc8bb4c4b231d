import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../lib/places.js";
import { mustRunNpm } from "./must-run.ts";

/** The oldest line that `engines` of the packages allows. */
const oldest = "22.23.3";

export interface NodeVersion {
  readonly version: string;
  /** Its binary. */
  readonly path: string;
}

/** Each supported Node line. The one that runs this is the newest. */
export async function supportedNodes(): Promise<NodeVersion[]> {
  const folder = join(cacheFolder, `node-${oldest}`);
  const node = join(folder, "node_modules/node/bin/node");
  if (!existsSync(node)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), `{ "private": true }\n`);
    const args = ["install", `node@${oldest}`, "--ignore-scripts=false"];
    await mustRunNpm(`npm install node@${oldest}`, args, folder);
  }
  return [
    { version: `v${oldest}`, path: node },
    { version: process.version, path: process.execPath },
  ];
}
