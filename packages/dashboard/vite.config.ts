import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";

// What the server answers at /dashboard/. `npm run dev -w @latchkey/dashboard` serves it with hot
// reloading beside a running `npm start`.
export default defineConfig({
  base: "/dashboard/",
  plugins: [react()],
  resolve: { conditions: ["latchkey-source", ...defaultClientConditions] },
  server: { proxy: { "/admin": "http://localhost:4400" } },
  build: { outDir: "../server/assets/dashboard", emptyOutDir: true },
});
