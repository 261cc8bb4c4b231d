/** To stderr, so that what a program reads stays what it is. */
export function warn(warnings: readonly string[]): void {
  for (const warning of warnings) process.stderr.write(`Warning: ${warning}\n`);
}
