/** What of the browser is used: replaced as a whole in tests. */
import { LatchkeyClientError } from "../errors.ts";
import type { EventSource, KeyValueStorage } from "../options.ts";

export interface OAuthPage {
  /** The address of this page. */
  address(): string;
  /** Leaves this page for another. */
  go(url: string): void;
  /** Changes what the address bar shows, and nothing else. */
  showAddress(url: string): void;
  /** Of this tab alone: what another one has begun is its own. Null where the browser keeps none. */
  readonly storage: KeyValueStorage | null;
  /** Opens an empty window. Null where the browser does not let it. */
  open(name: string): OAuthWindow | null;
  /** Where messages of that window arrive. */
  readonly events: EventSource;
  /** The window that opened this one, if it is still there. */
  readonly opener: Pick<Window, "postMessage"> | null;
  /** What this window was called by the one that opened it. */
  readonly name: string;
  close(): void;
}

export interface OAuthWindow {
  readonly closed: boolean;
  go(url: string): void;
  close(): void;
  /** Whether a message was sent by this window. */
  sent(event: MessageEvent): boolean;
}

const FEATURES = "popup,width=480,height=680";

export function browserPage(): OAuthPage {
  return {
    address: () => location.href,
    go: (url) => location.assign(url),
    showAddress: (url) => history.replaceState(history.state, "", url),
    storage: sessionStorageOf(),
    open(name) {
      const popup = window.open("about:blank", name, FEATURES);
      return (
        popup && {
          get closed() {
            return popup.closed;
          },
          go: (url) => popup.location.replace(url),
          close: () => popup.close(),
          sent: (event) => event.source === popup,
        }
      );
    },
    events: window,
    opener: window.opener as Window | null,
    name: window.name,
    close: () => window.close(),
  };
}

function sessionStorageOf(): KeyValueStorage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

/** An address of the web, which the server names: nothing that would run as a script here. */
export function requireWebAddress(url: string): string {
  if (/^https?:\/\//i.test(url)) return url;
  throw new LatchkeyClientError("unavailable", "The server named no address of the provider.");
}
