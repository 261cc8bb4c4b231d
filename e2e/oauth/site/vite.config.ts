import { defaultClientConditions, defineConfig } from "vite";

// This repository's packages from their sources, so that no build has to come before.
export default defineConfig({
  resolve: { conditions: ["latchkey-source", ...defaultClientConditions] },
});
