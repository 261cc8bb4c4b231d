import type { App } from "../apps/app-directory.ts";
import type { PasskeyPage } from "../passkeys/relying-party.ts";
import type { Services } from "../services.ts";

/** A hosted page as passkeys see it; `cookie` is the binding cookie of the browser that it is in. */
export async function hostedPage(
  { domains, settings }: Services,
  app: App,
  cookie: string,
): Promise<PasskeyPage> {
  return {
    app,
    client: null,
    domain: await domains.activeDomainOf(app.id),
    origin: new URL(settings.publicUrl()).origin,
    isHosted: true,
    binding: cookie,
  };
}
