// This repository's packages from their sources, so that no build has to come before.
export default {
  resolve: { conditions: ["latchkey-source", "module", "browser", "development|production"] },
};
