/** Pages and windows of one browser, as far as a sign-in at a provider uses them. */

import type { OAuthPage, OAuthWindow } from "../oauth/page.ts";
import type { KeyValueStorage } from "../options.ts";

export interface FakeOAuthPage extends OAuthPage {
  /** Where the browser is, after the page went there itself. */
  readonly went: readonly string[];
  /** The newest window that was opened. */
  readonly popup: FakePopup | null;
  /** Comes (back) to an address: a page load of the same tab. */
  load(address: string): FakeOAuthPage;
}

export interface FakePopup {
  readonly window: OAuthWindow;
  readonly went: readonly string[];
  /** What comes to be loaded in it, with its opener. */
  load(address: string, openerOrigin?: string): FakeOAuthPage;
  close(): void;
}

function fakeStorage(): KeyValueStorage {
  const items = new Map<string, string>();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}

export interface FakePageOptions {
  readonly storage?: KeyValueStorage | null;
  readonly blocksPopups?: boolean;
  readonly name?: string;
  readonly opener?: OAuthPage["opener"];
  readonly onClose?: () => void;
}

export function openFakePage(address: string, options: FakePageOptions = {}): FakeOAuthPage {
  const { storage = fakeStorage(), blocksPopups = false } = options;
  const events = new EventTarget();
  const went: string[] = [];
  let shown = address;
  let popup: FakePopup | null = null;
  return {
    went,
    get popup() {
      return popup;
    },
    load: (next) => openFakePage(next, { ...options, storage }),
    address: () => shown,
    showAddress: (url) => {
      shown = url;
    },
    go: (url) => void went.push(url),
    storage,
    events,
    name: options.name ?? "",
    opener: options.opener ?? null,
    close: () => options.onClose?.(),
    open(name) {
      if (blocksPopups) return null;
      popup = openPopup(name, events, new URL(address).origin);
      return popup.window;
    },
  };
}

function openPopup(name: string, events: EventTarget, origin: string): FakePopup {
  const source = {};
  const went: string[] = [];
  let closed = false;
  const close = () => {
    closed = true;
  };
  return {
    went,
    close,
    window: {
      get closed() {
        return closed;
      },
      go: (url) => void went.push(url),
      close,
      sent: (event) => event.source === (source as unknown),
    },
    load(address, openerOrigin = origin) {
      const postMessage = (data: unknown, targetOrigin: string) => {
        // As browsers deliver: to the origin that is asked for, or to nobody.
        if (targetOrigin !== openerOrigin) return;
        const from = new URL(address).origin;
        setTimeout(() =>
          events.dispatchEvent(Object.assign(new Event("message"), { data, origin: from, source })),
        );
      };
      const opener = { postMessage } as unknown as OAuthPage["opener"];
      return openFakePage(address, { name, opener, onClose: close });
    },
  };
}
