import { installDependencies } from "./install.js";
import { checkInstalled, unfinishedPackages } from "./installed.js";
import { arePagesBuilt, buildPages } from "./pages.js";
import { root } from "./places.js";
import { findRuntime } from "./runtime.js";
import { takeTurn } from "./turn.js";
import { checkNodeVersion } from "./versions.js";

/**
 * Makes the checkout ready to run: dependencies, then the pages that the server ships. Does nothing, quickly, when
 * nothing changed.
 *
 * @param {{ pages: boolean }} options
 * @returns {Promise<string>} The Node to run everything with.
 */
export async function setUp({ pages }) {
  checkNodeVersion(process.version);
  if (!isInstalled()) {
    await takeTurn(root, async () => {
      if (!isInstalled()) await installDependencies(root);
    });
  }
  const runtime = findRuntime(root);
  if (pages && !arePagesBuilt(root)) {
    await takeTurn(root, async () => {
      if (!arePagesBuilt(root)) await buildPages(root, runtime);
    });
  }
  return runtime;
}

function isInstalled() {
  return checkInstalled(root).installed && unfinishedPackages(root).length === 0;
}
