/** Names and values of headers in turn, names in lower case. */
export type HeaderList = readonly string[];

/**
 * A Response of text whose headers stay a plain list for as long as nobody looks at them: on the
 * way to a socket, building and checking the web's own objects costs as much as what they carry.
 */
export class PlainResponse implements Response {
  readonly status: number;
  readonly #text: string;
  readonly #headers: string[];
  #whole: Response | undefined;

  constructor(text: string, status: number, headers: HeaderList) {
    this.#text = text;
    this.status = status;
    this.#headers = [...headers];
  }

  /** The parts to write; null once somebody took it for a Response and may have changed it. */
  static parts(response: Response): { text: string; headers: string[] } | null {
    if (!(#whole in response) || response.#whole) return null;
    return { text: response.#text, headers: response.#headers };
  }

  get #response(): Response {
    if (this.#whole) return this.#whole;
    const headers: [string, string][] = [];
    for (let i = 0; i < this.#headers.length; i += 2) {
      headers.push([this.#headers[i] as string, this.#headers[i + 1] as string]);
    }
    this.#whole = new Response(this.#text, { status: this.status, headers });
    return this.#whole;
  }

  // The types by name, not as they are here: an app's declarations of the web may be others.
  get headers(): Response["headers"] {
    return this.#response.headers;
  }
  get body(): Response["body"] {
    return this.#response.body;
  }
  get bodyUsed(): Response["bodyUsed"] {
    return this.#response.bodyUsed;
  }
  get ok(): Response["ok"] {
    return this.#response.ok;
  }
  get redirected(): Response["redirected"] {
    return this.#response.redirected;
  }
  get statusText(): Response["statusText"] {
    return this.#response.statusText;
  }
  get type(): Response["type"] {
    return this.#response.type;
  }
  get url(): Response["url"] {
    return this.#response.url;
  }
  arrayBuffer(): ReturnType<Response["arrayBuffer"]> {
    return this.#response.arrayBuffer();
  }
  blob(): ReturnType<Response["blob"]> {
    return this.#response.blob();
  }
  bytes(): ReturnType<Response["bytes"]> {
    return this.#response.bytes();
  }
  clone(): ReturnType<Response["clone"]> {
    return this.#response.clone();
  }
  formData(): ReturnType<Response["formData"]> {
    return this.#response.formData();
  }
  json(): ReturnType<Response["json"]> {
    return this.#response.json();
  }
  text(): ReturnType<Response["text"]> {
    return this.#response.text();
  }
}

Object.setPrototypeOf(PlainResponse.prototype, Response.prototype);

/** Adds each header that the response does not have. */
export function addHeaders(response: Response, headers: HeaderList): void {
  const plain = PlainResponse.parts(response)?.headers;
  for (let i = 0; i < headers.length; i += 2) {
    const [name, value] = [headers[i] as string, headers[i + 1] as string];
    if (plain) {
      if (!hasName(plain, name)) plain.push(name, value);
    } else if (!response.headers.has(name)) {
      response.headers.set(name, value);
    }
  }
}

function hasName(list: HeaderList, name: string): boolean {
  for (let i = 0; i < list.length; i += 2) if (list[i] === name) return true;
  return false;
}
