import { join } from "node:path";
import type { NextConfig } from "next";

// The checkout, whose node_modules this app uses besides its own.
const root = join(process.cwd(), "../..");

const config: NextConfig = {
  outputFileTracingRoot: root,
  turbopack: { root },
  typescript: { ignoreBuildErrors: process.env.SKIP_TYPES === "true" },
};

export default config;
