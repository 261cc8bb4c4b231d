import { fileURLToPath } from "node:url";

/** The checkout, without a slash at the end. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** What set-up leaves behind lives in node_modules, so that removing that removes everything. */
export const cacheFolder = `${root}/node_modules/.cache/latchkey`;

/** Compiled code of the server, kept between starts. */
export const compileCacheFolder = `${cacheFolder}/compile`;
