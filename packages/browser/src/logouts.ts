import type { Context } from "./context.ts";
import { asClientError } from "./errors.ts";
import type { EndedSession } from "./record.ts";

/** Ends on the server what was ended here: at sign-out, and after failures at the next chance. */
export interface Logouts {
  /** Never rejects: what fails stays owed. */
  flush(): Promise<void>;
  /** Whether some end still has to be told. */
  owed(): boolean;
}

export function createLogouts(context: Context): Logouts {
  const { store } = context;

  async function end(session: EndedSession): Promise<void> {
    const { refreshToken, apiToken } = session;
    try {
      await context.wait(
        context.call("/sessions/logout", {
          body: { refresh_token: refreshToken },
          bearer: apiToken,
          keepalive: true,
        }),
      );
    } catch (error) {
      const { transient, code } = asClientError(error);
      // A refusal in the protocol's own words (already over, unknown) settles it.
      if (transient || code === "unavailable") return;
    }
    store.update((record) => ({
      ...record,
      ended: record.ended.filter((other) => other.apiToken !== apiToken),
    }));
  }

  return {
    owed: () => store.read().ended.length > 0,
    async flush() {
      await Promise.all(store.read().ended.map(end));
    },
  };
}
