/** The headers of a request as Node parsed them, made into the web's own only for who changes or lists them. */
export class QuickHeaders implements Headers {
  readonly #raw: readonly string[];
  #whole: Headers | undefined;

  /** @param raw names and values in turn, as `IncomingMessage.rawHeaders` */
  constructor(raw: readonly string[]) {
    this.#raw = raw;
  }

  get #headers(): Headers {
    if (this.#whole) return this.#whole;
    this.#whole = new Headers();
    for (let i = 0; i < this.#raw.length; i += 2) {
      this.#whole.append(this.#raw[i] as string, this.#raw[i + 1] as string);
    }
    return this.#whole;
  }

  /** Of several lines of one name, their values in one (RFC 9110 section 5.2, RFC 9113 section 8.2.3). */
  get(name: string): string | null {
    if (this.#whole) return this.#whole.get(name);
    const wanted = name.toLowerCase();
    const raw = this.#raw;
    let found: string | null = null;
    for (let i = 0; i < raw.length; i += 2) {
      const each = raw[i] as string;
      // Most names differ in length already.
      if (each.length !== wanted.length || each.toLowerCase() !== wanted) continue;
      const value = raw[i + 1] as string;
      found = found === null ? value : `${found}${wanted === "cookie" ? "; " : ", "}${value}`;
    }
    return found;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }
  append(name: string, value: string): void {
    this.#headers.append(name, value);
  }
  delete(name: string): void {
    this.#headers.delete(name);
  }
  set(name: string, value: string): void {
    this.#headers.set(name, value);
  }
  getSetCookie() {
    return this.#headers.getSetCookie();
  }
  forEach(callback: (value: string, name: string, headers: Headers) => void): void {
    for (const [name, value] of this.#headers) callback(value, name, this);
  }
  entries() {
    return this.#headers.entries();
  }
  keys() {
    return this.#headers.keys();
  }
  values() {
    return this.#headers.values();
  }
  [Symbol.iterator]() {
    return this.#headers[Symbol.iterator]();
  }
}

Object.setPrototypeOf(QuickHeaders.prototype, Headers.prototype);
