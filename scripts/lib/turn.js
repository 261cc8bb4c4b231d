import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { say } from "./problem.js";

/**
 * Runs `work` while no other process of this checkout does: two installs at once, or two builds
 * into one folder, would ruin each other.
 *
 * @template T
 * @param {string} root
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function takeTurn(root, work) {
  const file = join(root, ".cache", "set-up.pid");
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  while (!claim(file)) {
    const owner = readOwner(file);
    if (owner === "gone") {
      rmSync(file, { force: true });
      continue;
    }
    if (!told) say(`waiting for another set-up of this checkout (${owner}).`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const release = () => rmSync(file, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}

/** @param {string} file */
function claim(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** @param {string} file */
function readOwner(file) {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    if (pid > 0) return isRunning(pid) ? `process ${pid}` : "gone";
    // Empty for the moment between its creation and the first byte.
    return Date.now() - statSync(file).mtimeMs < 5000 ? "just begun" : "gone";
  } catch {
    return "gone";
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
