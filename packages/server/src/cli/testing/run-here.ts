import { vi } from "vitest";
import { run } from "../run.ts";
import type { Env, Finished } from "./latchkey.ts";

/** Runs a command line in this process: quick, for what needs no process of its own. */
export async function runHere(args: readonly string[], env: Env, node?: string): Promise<Finished> {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("LATCHKEY_") || name === "PORT") vi.stubEnv(name, undefined);
  }
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((stream) =>
    vi.spyOn(process[stream], "write").mockImplementation((chunk) => {
      written[stream] += chunk;
      return true;
    }),
  );
  try {
    return { code: await run(args, node), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
  }
}
