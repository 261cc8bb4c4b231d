// This repository's packages from their sources, so that no build has to come before; then Vite's own.
export default {
  resolve: { conditions: ["latchkey-source", "module", "browser", "development|production"] },
};
