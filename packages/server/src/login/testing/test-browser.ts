import type { FetchHandler } from "../../app.ts";

/** Where the test server's pages are. */
export const HOST = "https://sessions.example.com";

/** What a page shows, as far as tests ask. */
export interface ShownPage {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** Where the browser is. */
  readonly url: string;
  /** The page's words without its markup. */
  readonly text: string;
  /** The path, or the whole address of another site, that the answer redirects to. */
  readonly location: string | null;
}

export interface BrowserOptions {
  readonly ip?: string;
  readonly cookies?: "kept" | "blocked";
}

/** A browser without scripts: keeps cookies, follows links and posts forms as one does. */
export interface TestBrowser {
  readonly cookies: Map<string, string>;
  /** Follows redirects within the server; stops at other sites. */
  open(url: string, headers?: Readonly<Record<string, string>>): Promise<ShownPage>;
  /** One answer, redirects not followed. */
  request(url: string, init?: RequestInit): Promise<ShownPage>;
  /** Fills in the first form of the page that has the fields, and posts it. */
  submit(page: ShownPage, fields: Readonly<Record<string, string>>): Promise<ShownPage>;
  /** Follows the first link with these words. */
  follow(page: ShownPage, words: string): Promise<ShownPage>;
}

export function openBrowser(fetch: FetchHandler, options: BrowserOptions = {}): TestBrowser {
  const cookies = new Map<string, string>();

  function keep(headers: Headers): void {
    if (options.cookies === "blocked") return;
    for (const line of headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/;\s*Max-Age=0(;|$)/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
  }

  async function request(url: string, init: RequestInit = {}): Promise<ShownPage> {
    const headers = new Headers({ accept: "text/html,application/xhtml+xml,*/*;q=0.8" });
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
    if (cookies.size > 0) {
      headers.set("cookie", [...cookies].map((pair) => pair.join("=")).join("; "));
    }
    const response = await fetch(new Request(new URL(url, HOST), { ...init, headers }), {
      ip: options.ip ?? null,
    });
    keep(response.headers);
    const html = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      html,
      url: new URL(url, HOST).href,
      text: words(html),
      location: response.headers.get("location"),
    };
  }

  async function landOn(page: ShownPage): Promise<ShownPage> {
    let landed = page;
    for (let hops = 0; landed.location !== null && hops < 5; hops++) {
      const next = new URL(landed.location, landed.url);
      if (next.origin !== HOST) return landed;
      landed = await request(next.href);
    }
    return landed;
  }

  return {
    cookies,
    request,
    open: async (url, headers = {}) => landOn(await request(url, { headers })),
    async submit(page, fields) {
      const form = formsOf(page.html).find((each) =>
        Object.keys(fields).every((name) => each.fields.has(name)),
      );
      if (!form) throw new TypeError(`No form with ${Object.keys(fields)} in: ${page.text}`);
      const values = new URLSearchParams();
      for (const [name, value] of form.fields) {
        const filled = fields[name] ?? (form.buttons.has(name) ? undefined : value);
        if (filled !== undefined) values.set(name, filled);
      }
      const url = new URL(form.action, page.url).href;
      const headers = {
        "content-type": "application/x-www-form-urlencoded",
        "sec-fetch-site": "same-origin",
        origin: HOST,
      };
      return landOn(await request(url, { method: "POST", headers, body: values.toString() }));
    },
    async follow(page, wanted) {
      for (const [, attributes = "", inner = ""] of page.html.matchAll(
        /<a\b([^>]*)>([\s\S]*?)<\/a>/g,
      )) {
        if (words(inner) !== wanted) continue;
        const href = unescapeHtml(/href="([^"]*)"/.exec(attributes)?.[1] ?? "");
        return landOn(await request(new URL(href, page.url).href));
      }
      throw new TypeError(`No link "${wanted}" in: ${page.text}`);
    },
  };
}

interface Form {
  readonly action: string;
  readonly fields: Map<string, string>;
  /** Sent only when they are pressed. */
  readonly buttons: Set<string>;
}

function formsOf(html: string): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(
    ([, head = "", body = ""]) => {
      const fields = new Map<string, string>();
      const buttons = new Set<string>();
      for (const [, tag, attributes = ""] of body.matchAll(/<(input|button)\b([^>]*)>/g)) {
        const name = /\bname="([^"]*)"/.exec(attributes)?.[1];
        if (name === undefined) continue;
        fields.set(name, unescapeHtml(/\bvalue="([^"]*)"/.exec(attributes)?.[1] ?? ""));
        if (tag === "button") buttons.add(name);
      }
      return { action: unescapeHtml(/\baction="([^"]*)"/.exec(head)?.[1] ?? ""), fields, buttons };
    },
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};

const unescapeHtml = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity);

function words(html: string): string {
  const visible = html.replace(/<(style|title)\b[\s\S]*?<\/\1>/g, " ").replace(/<[^>]*>/g, " ");
  return unescapeHtml(visible).replace(/\s+/g, " ").trim();
}
