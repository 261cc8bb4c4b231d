/** A browser's cookies at an app, which follows no redirect by itself. */

export interface Visit {
  readonly status: number;
  readonly text: string;
  readonly location: string;
  readonly headers: Headers;
}

export interface VisitInit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SiteVisitor {
  readonly cookies: Map<string, string>;
  /** `init` goes over what it sends by itself. */
  visit(url: string, init?: VisitInit): Promise<Visit>;
  /** With the same cookies now, and apart from then on. */
  copy(): SiteVisitor;
}

export function siteVisitor(cookies = new Map<string, string>()): SiteVisitor {
  return {
    cookies,
    async visit(url, { method = "GET", headers: more = {} } = {}) {
      const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
      const answer = await fetch(url, {
        method,
        redirect: "manual",
        headers: { accept: "text/html", cookie, ...more },
      });
      for (const line of answer.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (/max-age=0/i.test(line)) cookies.delete(name);
        else cookies.set(name, value);
      }
      const { status, headers } = answer;
      const text = await answer.text();
      return { status, text, location: headers.get("location") ?? "", headers };
    },
    copy: () => siteVisitor(new Map(cookies)),
  };
}
