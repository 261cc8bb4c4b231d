import { fork } from "node:child_process";
import { once } from "node:events";

/** Runs one of the programs of this folder in a process of its own: a message in, a message out. */
export async function inChild<Input extends object, Result>(
  program: URL,
  input: Input,
): Promise<Result> {
  const child = fork(program);
  const failed = once(child, "exit").then(([code]) => {
    throw new Error(`${program} ended with ${code}`);
  });
  failed.catch(() => undefined);
  try {
    child.send(input);
    const [result] = (await Promise.race([once(child, "message"), failed])) as [Result];
    return result;
  } finally {
    child.kill();
  }
}

/** The other side: answers the first message that comes. */
export function answerParent<Input, Result>(answer: (input: Input) => Promise<Result>): void {
  process.once("message", async (input) => {
    process.send?.(await answer(input as Input));
  });
  process.once("disconnect", () => process.exit());
}
