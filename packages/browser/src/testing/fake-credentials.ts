import type { PasskeyCredentials } from "../passkeys/index.ts";

export interface FakeCredentials extends PasskeyCredentials {
  /** What was asked of it, oldest first. */
  readonly asked: (CredentialRequestOptions | CredentialCreationOptions)[];
  /** The person picks the passkey that autofill offers. */
  pick(): void;
}

/** An authenticator that the page sees; `refusal` is the name of the error that it ends with. */
export function fakeCredentials(id = "cGFzc2tleQ", refusal?: string): FakeCredentials {
  const asked: FakeCredentials["asked"] = [];
  let pick = () => {};
  const buffer = (text: string) => new TextEncoder().encode(text).buffer;

  async function answer(
    options: CredentialRequestOptions | CredentialCreationOptions,
    response: (clientDataJSON: ArrayBuffer) => object,
  ): Promise<Credential> {
    asked.push(options);
    const { signal, publicKey } = options;
    const mediation = "mediation" in options ? options.mediation : undefined;
    const thrown = (name: string) => Object.assign(new Error(name), { name });
    if (refusal) throw thrown(refusal);
    await new Promise<void>((resolve, reject) => {
      const stop = () => reject(thrown("AbortError"));
      if (signal?.aborted) stop();
      signal?.addEventListener("abort", stop);
      if (mediation === "conditional") pick = resolve;
      else resolve();
    });
    const challenge = publicKey?.challenge as Uint8Array<ArrayBuffer>;
    return { id, type: "public-key", response: response(challenge.slice().buffer) } as Credential;
  }

  return {
    asked,
    pick: () => pick(),
    get: (options) =>
      answer(options, (clientDataJSON) => ({
        clientDataJSON,
        authenticatorData: buffer("data"),
        signature: buffer("signature"),
        userHandle: buffer("user"),
      })),
    create: (options) =>
      answer(options, (clientDataJSON) => ({
        clientDataJSON,
        attestationObject: buffer("attestation"),
        getTransports: () => ["internal"],
      })),
  };
}
