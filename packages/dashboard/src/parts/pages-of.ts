import { useState } from "react";

/** Leafing through a list that knows only where it goes on. */
export function usePages(resetOn: string) {
  const [state, setState] = useState<{ readonly of: string; readonly cursors: readonly string[] }>({
    of: resetOn,
    cursors: [],
  });
  const cursors = state.of === resetOn ? state.cursors : [];
  return {
    after: cursors.at(-1),
    isFirst: cursors.length === 0,
    forward: (next: string) => setState({ of: resetOn, cursors: [...cursors, next] }),
    back: () => setState({ of: resetOn, cursors: cursors.slice(0, -1) }),
  };
}

export type Pages = ReturnType<typeof usePages>;
