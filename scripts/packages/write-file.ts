import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Text as it is, anything else as JSON. */
export function writeFile(folder: string, file: string, content: unknown): void {
  const text = typeof content === "string" ? content : `${JSON.stringify(content, null, 2)}\n`;
  writeFileSync(join(folder, file), text);
}
