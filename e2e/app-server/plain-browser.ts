/** A browser without JavaScript, as far as forms need one: follows redirects, keeps cookies. */

interface Page {
  readonly url: string;
  readonly text: string;
}

export interface PlainBrowser {
  /** Follows redirects on the server's own origin; null when they lead to another one. */
  open(url: string): Promise<Page | { readonly sentTo: URL }>;
  /** Fills in and sends the page's form. */
  submit(page: Page, fields: Record<string, string>): Promise<Page | { readonly sentTo: URL }>;
}

export function plainBrowser(origin: string): PlainBrowser {
  const cookies = new Map<string, string>();

  async function request(url: string, init: RequestInit = {}): ReturnType<PlainBrowser["open"]> {
    const response = await fetch(url, {
      ...init,
      redirect: "manual",
      headers: {
        accept: "text/html",
        cookie: [...cookies].map((pair) => pair.join("=")).join("; "),
        ...init.headers,
      },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = response.headers.get("location");
    if (location !== null) {
      const next = new URL(location, url);
      return next.origin === origin ? request(next.href) : { sentTo: next };
    }
    return { url, text: await response.text() };
  }

  return {
    open: (url) => request(url),
    submit(page, fields) {
      const form = /<form[^>]*method="post"[^>]*>([\s\S]*?)<\/form>/i.exec(page.text);
      if (!form) throw new Error(`No form at ${page.url}: ${page.text}`);
      const action = /action="([^"]*)"/.exec(form[0])?.[1]?.replaceAll("&amp;", "&") ?? page.url;
      const body = new URLSearchParams();
      for (const [input] of (form[1] ?? "").matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
        const name = /name="([^"]*)"/.exec(input)?.[1];
        if (name) body.set(name, /value="([^"]*)"/.exec(input)?.[1] ?? "");
      }
      for (const [name, value] of Object.entries(fields)) body.set(name, value);
      return request(new URL(action, page.url).href, {
        method: "POST",
        body,
        headers: { origin, "sec-fetch-site": "same-origin" },
      });
    },
  };
}

/** Signs in by mailed code; where the browser is sent in the end. */
export async function signInByCode(
  origin: string,
  authorizationUrl: string,
  email: string,
  mailedCode: () => Promise<string>,
): Promise<URL> {
  const browser = plainBrowser(origin);
  const first = await browser.open(authorizationUrl);
  if ("sentTo" in first) return first.sentTo;
  const second = await browser.submit(first, { email });
  if ("sentTo" in second) return second.sentTo;
  const done = await browser.submit(second, { code: await mailedCode() });
  if ("sentTo" in done) return done.sentTo;
  throw new Error(`Not sent on: ${done.text}`);
}
