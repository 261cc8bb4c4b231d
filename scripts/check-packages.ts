// Checks what would be published: packs the packages, lints the tarballs, installs them into an
// empty folder, and uses them there on every supported Node. `node scripts/check-packages.ts`
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { arePagesBuilt, buildPages } from "./lib/pages.js";
import { root } from "./lib/places.js";
import { runMain } from "./lib/problem.js";
import {
  importEverything,
  installConsumer,
  resolutions,
  typeCheckEverything,
} from "./packages/consumer.ts";
import { lintTarball } from "./packages/lint.ts";
import { supportedNodes } from "./packages/node-versions.ts";
import { buildPackages, packPackages } from "./packages/pack.ts";
import { readPublishedPackages } from "./packages/published.ts";
import { serveDemo } from "./packages/serve.ts";
import { checkDirectives, typeCheckInNext, worksInNextOnly } from "./packages/within-next.ts";

await runMain(async () => {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-packages-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const packages = readPublishedPackages();

  await step("build", () => buildPackages(packages));
  if (!arePagesBuilt(root)) await buildPages(root, process.execPath);
  const tarballs = await step("pack", () => packPackages(packages, folder));
  for (const tarball of tarballs) {
    await step(`publint and attw: ${basename(tarball)}`, () => lintTarball(tarball));
  }
  const consumer = join(folder, "consumer");
  await step("install into an empty folder", () => installConsumer(consumer, tarballs));
  const nodes = await step("get every supported Node", supportedNodes);
  const inNext = packages.filter(worksInNextOnly);
  const inNode = packages.filter((each) => !worksInNextOnly(each));
  await step("directives of Next", async () => checkDirectives(consumer, inNext));
  for (const [index, { version, path }] of nodes.entries()) {
    const data = join(folder, `data-${index}`);
    const resolution = resolutions[index % resolutions.length] ?? "NodeNext";
    await step(`Node ${version}: import every entry point`, () =>
      importEverything(consumer, inNode, path),
    );
    await step(`Node ${version}: use their types (${resolution})`, () =>
      typeCheckEverything(consumer, inNode, path, resolution),
    );
    await step(`Node ${version}: use their types in a Next app`, () =>
      typeCheckInNext(consumer, inNext, path),
    );
    await step(`Node ${version}: run latchkey dev`, () => serveDemo(consumer, path, data));
  }
  return 0;
});

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  process.stdout.write(`${name} … `);
  const result = await work();
  process.stdout.write(`ok, ${((Date.now() - start) / 1000).toFixed(1)} s\n`);
  return result;
}
