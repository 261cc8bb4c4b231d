import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // Inside this repository the packages are taken from their sources. Leave this line out in an
  // app of your own.
  resolve: { conditions: ["latchkey-source", ...defaultClientConditions] },
});
