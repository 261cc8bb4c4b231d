import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";

// The page that `latchkey dev` serves at /demo/. The condition takes the packages of this
// repository from their sources, so that no build has to come before.
export default defineConfig({
  base: "./",
  plugins: [react()],
  resolve: { conditions: ["latchkey-source", ...defaultClientConditions] },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/dev"].map((path) => [path, process.env.LATCHKEY_URL ?? "http://localhost:4400"]),
    ),
  },
  build: { outDir: "../../packages/server/assets/demo", emptyOutDir: true },
});
