/** The keys that tokens are signed and derived with. No answer holds a private one. */
import * as z from "zod";
import type { Operation } from "./operation.ts";
import { time } from "./shapes.ts";

const TAG = "Keys";

const adminSigningKey = z.object({
  kid: z.string(),
  protocol: z.enum(["browser", "app_server"]),
  state: z.enum(["next", "current", "retired"]),
  createdAt: time,
  activeAt: time.describe("From when it signs"),
  retiredAt: time.nullable().describe("Until when it is published"),
});

export const keyOperations = {
  listSigningKeys: {
    method: "GET",
    path: "/apps/{appId}/signing-keys",
    tag: TAG,
    summary: "The keys that sign an app's tokens.",
    role: "viewer",
    answer: z.object({ items: z.array(adminSigningKey) }),
  },
  rotateSigningKeys: {
    method: "POST",
    path: "/apps/{appId}/signing-keys",
    tag: TAG,
    summary:
      "Make new keys. They sign in two hours, when every cache has seen them; nobody is signed out.",
    role: "editor",
    body: z.object({
      leaked: z
        .boolean()
        .default(false)
        .describe("New keys sign at once and the old ones are withdrawn; users refresh and go on"),
    }),
    answer: z.object({ items: z.array(adminSigningKey) }),
  },
} as const satisfies Record<string, Operation>;
