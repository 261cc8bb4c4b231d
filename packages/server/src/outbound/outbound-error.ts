/** Why nothing came back from elsewhere. Never shown to who signs in: it tells of our network. */
export class OutboundError extends Error {
  override readonly name = "OutboundError";
  readonly reason: "refused" | "timeout" | "too_large" | "network";

  constructor(reason: OutboundError["reason"], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}
