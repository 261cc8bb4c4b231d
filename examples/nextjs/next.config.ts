import { join } from "node:path";
import type { NextConfig } from "next";

// Only for this repository, whose packages are installed two folders up.
const root = join(process.cwd(), "../..");

const config: NextConfig = {
  outputFileTracingRoot: root,
  turbopack: { root },
};

export default config;
