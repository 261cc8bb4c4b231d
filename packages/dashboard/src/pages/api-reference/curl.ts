import type { ApiOperation } from "./document.ts";

/** The call as one types it in a terminal, with the key in a variable. */
export function curlOf({ method, path, requestBody }: ApiOperation, url: string): string {
  return [
    `curl ${method === "GET" ? "" : `-X ${method} `}'${url}${path}'`,
    `-H "Authorization: Bearer $LATCHKEY_ADMIN_KEY"`,
    ...(requestBody ? [`-H 'Content-Type: application/json' -d '{ … }'`] : []),
  ].join(" ");
}
