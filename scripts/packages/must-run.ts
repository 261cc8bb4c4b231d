import { npm, npmProblem } from "../lib/npm.js";
import { Problem } from "../lib/problem.js";
import { run } from "../lib/processes.js";

/** Runs a command whose failure is this check's failure; its output is shown only then. */
export async function mustRun(
  what: string,
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<string> {
  const { code, output, timedOut } = await run(command, args, {
    ...options,
    quiet: true,
    limitSeconds: 300,
  });
  if (code === 0) return output;
  throw new Problem(`${what}: ${timedOut ? "did not end" : `ended with ${code}`}\n${output}`);
}

export async function mustRunNpm(what: string, args: readonly string[], cwd: string) {
  const { code, output } = await npm(args, { cwd, limitSeconds: 300 });
  if (code !== 0) throw npmProblem(output, what);
  return output;
}
