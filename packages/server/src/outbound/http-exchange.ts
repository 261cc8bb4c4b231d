/** One request over HTTP and its answer, as the machine does it. */

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal;
  /** Of the answer's body: what is beyond is not read. */
  readonly maxBytes: number;
  /**
   * Asked of every address that the name resolves to, at the very lookup that the connection uses (no
   * DNS rebinding); one false refuses all. Null: whatever it resolves to.
   */
  readonly mayReach: ((address: string) => boolean) | null;
}

export type HttpAnswer =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly headers: Headers;
      readonly body: Uint8Array<ArrayBuffer>;
      /** Whether there was more of it. */
      readonly isCut: boolean;
    }
  | { readonly kind: "refused" };

/** Over a connection of its own, without following redirects. Throws what the network throws. */
export type HttpExchange = (request: HttpRequest) => Promise<HttpAnswer>;
