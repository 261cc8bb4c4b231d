import { fileURLToPath } from "node:url";

/** The checkout, without a slash at the end. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** The command line that is published as the bin `latchkey`. */
export const latchkeyCommand = `${root}/packages/server/src/cli/main.ts`;
