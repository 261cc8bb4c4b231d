/** A person with a browser at a provider: keeps cookies, follows redirects, fills in the forms. */
export interface Person {
  /**
   * Goes to `url`, signs in and consents, or declines; answers where the provider sends the browser,
   * without going there.
   */
  goTo(
    url: string,
    choice?: { readonly login?: string; readonly declines?: boolean },
  ): Promise<URL>;
}

export function openPerson(): Person {
  const cookies = new Map<string, string>();

  async function load(url: URL, form?: URLSearchParams): Promise<Response> {
    const response = await fetch(url, {
      redirect: "manual",
      method: form ? "POST" : "GET",
      headers: { cookie: [...cookies].map((pair) => pair.join("=")).join("; ") },
      ...(form && { body: form }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return response;
  }

  return {
    async goTo(start, { login = "ada", declines = false } = {}) {
      const { origin } = new URL(start);
      let url = new URL(start);
      let form: URLSearchParams | undefined;
      for (let step = 0; step < 20; step++) {
        if (url.origin !== origin) return url;
        const response = await load(url, form);
        form = undefined;
        const location = response.headers.get("location");
        if (location !== null) {
          url = new URL(location, url);
          continue;
        }
        const page = await response.text();
        const prompt = /name="prompt" value="([a-z]+)"/.exec(page)?.[1];
        if (prompt === undefined) throw new TypeError(`No form at ${url}: ${page.slice(0, 500)}`);
        if (declines) {
          url = new URL(`${url.pathname}/abort`, url);
          continue;
        }
        form = new URLSearchParams({ prompt, login, password: "any" });
      }
      throw new TypeError(`No way back from ${start}`);
    },
  };
}
