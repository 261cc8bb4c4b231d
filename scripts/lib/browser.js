import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { findCommand, isExecutable } from "./find-command.js";
import { Problem, say } from "./problem.js";
import { run } from "./processes.js";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const usualPlaces = [
  "/usr/lib/chromium/chromium",
  "/opt/google/chrome/chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  join(homedir(), "Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
];

/**
 * A Chromium for the browser tests: one that is there, else one downloaded by Playwright, else
 * Debian's.
 *
 * @param {string} root
 * @param {string} runtime
 * @returns {Promise<string>} Its path. Throws a Problem when there is none to be had.
 */
export async function findBrowser(root, runtime) {
  const chosen = process.env.LATCHKEY_CHROMIUM;
  if (chosen !== undefined && chosen !== "") {
    if (await starts(chosen)) return chosen;
    throw new Problem(
      `LATCHKEY_CHROMIUM is ${chosen}, and that does not start.`,
      "set it to a Chromium or Chrome, or unset it to have one looked for.",
    );
  }
  const installed = await findInstalled();
  if (installed !== undefined) return installed;

  say("no Chromium is installed: asking Playwright to download one for the browser tests.");
  const downloaded = await downloadWithPlaywright(root, runtime);
  if (downloaded !== undefined) return downloaded;

  if (process.getuid?.() === 0 && findCommand("apt-get") !== undefined) {
    say("Playwright could not: installing Debian's with apt-get.");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const options = { env, quiet: true, limitSeconds: 600 };
    await run("apt-get", ["update"], options);
    const install = ["install", "-y", "--no-install-recommends", "chromium"];
    const { code, output } = await run("apt-get", install, options);
    if (code !== 0) say(`apt-get install chromium failed:\n${output.trim().slice(-1500)}`);
    const found = await findInstalled();
    if (found !== undefined) return found;
  }
  throw new Problem(
    "No Chromium was found, and none could be installed.",
    "install Chromium or Chrome, or set LATCHKEY_CHROMIUM to the path of one.",
  );
}

async function findInstalled() {
  const candidates = [
    ...names.map((name) => findCommand(name)),
    ...usualPlaces.filter(isExecutable),
  ];
  for (const candidate of candidates) {
    if (candidate !== undefined && (await starts(candidate))) return candidate;
  }
  return undefined;
}

/** @param {string} file A file of the right name may be a stub that only tells how to install. */
async function starts(file) {
  if (!isExecutable(file)) return false;
  const { code, output } = await run(file, ["--version"], { quiet: true, limitSeconds: 30 });
  return code === 0 && /chrom/i.test(output);
}

/** @param {string} root @param {string} runtime */
async function downloadWithPlaywright(root, runtime) {
  const fromE2e = createRequire(join(root, "e2e/package.json"));
  const cli = join(dirname(fromE2e.resolve("playwright-core/package.json")), "cli.js");
  const { code } = await run(runtime, [cli, "install", "chromium"], {
    quiet: true,
    limitSeconds: 120,
  });
  if (code !== 0) return undefined;
  const script = `console.log(require("playwright-core").chromium.executablePath())`;
  const { output } = await run(runtime, ["-e", script], { cwd: join(root, "e2e"), quiet: true });
  const file = output.trim();
  return (await starts(file)) ? file : undefined;
}
