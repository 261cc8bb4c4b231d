import { buildDemo, isDemoBuilt } from "./demo.js";
import { installDependencies } from "./install.js";
import { checkInstalled, unfinishedPackages } from "./installed.js";
import { root } from "./places.js";
import { findRuntime } from "./runtime.js";
import { takeTurn } from "./turn.js";
import { checkNodeVersion } from "./versions.js";

/**
 * Makes the checkout ready to run: dependencies, then the demo page. Does nothing, quickly, when
 * nothing changed.
 *
 * @param {{ demo: boolean }} options
 * @returns {Promise<string>} The Node to run everything with.
 */
export async function setUp({ demo }) {
  checkNodeVersion(process.version);
  if (!isInstalled()) {
    await takeTurn(root, async () => {
      if (!isInstalled()) await installDependencies(root);
    });
  }
  const runtime = findRuntime(root);
  if (demo && !isDemoBuilt(root)) {
    await takeTurn(root, async () => {
      if (!isDemoBuilt(root)) await buildDemo(root, runtime);
    });
  }
  return runtime;
}

function isInstalled() {
  return checkInstalled(root).installed && unfinishedPackages(root).length === 0;
}
