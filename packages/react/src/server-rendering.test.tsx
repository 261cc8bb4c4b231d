import {
  createLatchkeyClient,
  type LatchkeyClient,
  type LatchkeySnapshot,
} from "@latchkey/browser";
import { renderToString } from "react-dom/server";
import { describe, expect, it } from "vitest";
import {
  LatchkeyProvider,
  RefreshPage,
  SignIn,
  type SignInProps,
  useLatchkey,
  useUser,
} from "./index.ts";

const APP = { appId: "cm0000000000000000000demo", serverUrl: "http://localhost:4400" };

/** A client whose session is already known, as it is after the first render in a browser. */
function clientWith(snapshot: Partial<LatchkeySnapshot>): LatchkeyClient {
  const client = createLatchkeyClient(APP);
  const known = { ...client.getServerSnapshot(), ready: true, ...snapshot };
  return { ...client, getSnapshot: () => known, getServerSnapshot: () => known };
}

const form = (snapshot: Partial<LatchkeySnapshot>, props: SignInProps = {}) =>
  renderToString(
    <LatchkeyProvider client={clientWith(snapshot)}>
      <SignIn {...props} />
    </LatchkeyProvider>,
  );

describe("rendering on a server", () => {
  it("shows the loading state to everybody, without touching window or network", () => {
    function Page() {
      const { status, ready, signedIn } = useLatchkey();
      return <p>{JSON.stringify({ status, ready, signedIn, user: useUser() })}</p>;
    }
    const html = renderToString(
      <LatchkeyProvider {...APP}>
        <Page />
      </LatchkeyProvider>,
    );
    expect(html.replaceAll("&quot;", '"')).toContain(
      '{"status":"loading","ready":false,"signedIn":false,"user":null}',
    );
  });

  it("shows a refresh page that waits for the browser", () => {
    const html = renderToString(
      <LatchkeyProvider {...APP}>
        <RefreshPage signInPage="/sign-in" />
      </LatchkeyProvider>,
    );
    expect(html).toContain('role="status"');
    expect(html).not.toContain("Try again");
  });

  it("does not throw when a build forgot its variables", () => {
    const missing = undefined as unknown as string;
    const html = renderToString(
      <LatchkeyProvider appId={missing} serverUrl={missing}>
        <SignIn />
      </LatchkeyProvider>,
    );
    expect(html).toContain('aria-busy="true"');
  });

  it("names the fix where the provider is missing", () => {
    const Lost = () => <p>{useLatchkey().status}</p>;
    expect(() => renderToString(<Lost />)).toThrow(/<LatchkeyProvider>/);
  });
});

describe("the sign-in form", () => {
  it("shows no field while it is unknown whether somebody is signed in", () => {
    const html = form({ status: "loading", ready: false });
    expect(html).not.toContain("<input");
    expect(html).toContain('aria-busy="true"');
  });

  it("is nothing when somebody is", () => {
    expect(form({ status: "signed_in" })).toBe("");
  });

  it("asks for the address in a labelled field that browsers and managers can fill", () => {
    const html = form({ status: "signed_out" });
    const [, id] = /<label for="([^"]+)">E-mail address<\/label>/.exec(html) ?? [];
    const [input = ""] = /<input[^>]*>/.exec(html) ?? [];
    expect(input).toContain(`id="${id}"`);
    expect(input).toContain('name="email"');
    expect(input).toContain('type="email"');
    expect(input).toMatch(/autoComplete="email"/i);
    expect(input).toContain('data-testid="sign-in-email"');
    expect(html).toMatch(/<section[^>]*aria-labelledby="([^"]+)"[\s\S]*<h2 id="\1">/);
  });

  it("never puts an address into a URL, should its script not run", () => {
    expect(form({ status: "signed_out" })).toMatch(/<form[^>]* method="post"/);
  });

  it("offers guests only where the page asks for it and the app allows it", () => {
    const app = { guest_auth: true } as LatchkeySnapshot["app"];
    expect(form({ status: "signed_out", app }, { guest: true })).toContain("Continue as a guest");
    expect(form({ status: "signed_out", app })).not.toContain("guest");
    expect(form({ status: "signed_out" }, { guest: true })).not.toContain("guest");
  });

  it("offers no passkey before the browser is known to have them", () => {
    const app = {
      passkey_auth: true,
      passkeys_for_signup_enabled: true,
    } as LatchkeySnapshot["app"];
    const html = form({ status: "signed_out", app });
    expect(html).not.toMatch(/passkey|webauthn/);
  });

  it("says what is wrong instead of a form that cannot work", () => {
    const html = form({ status: "error" });
    expect(html).not.toContain("<form");
    expect(html).toContain("cannot be reached");
  });

  it("takes a class, words and a nonce, and leaves its styles out on request", () => {
    const html = form(
      { status: "signed_out" },
      { className: "mine", nonce: "n0", texts: { title: "Willkommen" } },
    );
    expect(html).toContain('class="latchkey-sign-in mine"');
    expect(html).toContain("Willkommen");
    expect(html).toContain('<style nonce="n0">');
    expect(form({ status: "signed_out" }, { unstyled: true })).not.toContain("<style");
  });
});
