import { renderToString } from "react-dom/server";
import { describe, expect, it } from "vitest";
import type { User } from "../interfaces.ts";
import {
  AuthKitProvider,
  Impersonation,
  useAccessToken,
  useAuth,
  useRecentAuth,
  useTokenClaims,
} from "./index.ts";

const user = { id: "user_01", email: "ada@example.com" } as User;
const signedIn = { user, sessionId: "session_0", role: "admin" };

function Shown() {
  const { user, loading, role } = useAuth();
  const token = useAccessToken();
  const claims = useTokenClaims();
  const recent = useRecentAuth({ maxAge: 60 });
  return JSON.stringify({ email: user?.email, loading, role, token, claims, recent });
}

const shown = (html: string) =>
  JSON.parse(html.replaceAll("&quot;", '"').replaceAll("<!-- -->", ""));

describe("rendered on a server", () => {
  it("the hooks say what the page was given, and that the token is still to come", () => {
    const html = renderToString(
      <AuthKitProvider initialAuth={signedIn}>
        <Shown />
      </AuthKitProvider>,
    );
    expect(shown(html)).toMatchObject({
      email: "ada@example.com",
      loading: false,
      role: "admin",
      token: { loading: true, error: null },
      claims: {},
      recent: { loading: true },
    });
  });

  it.each([
    ["is told nothing", undefined, true],
    ["is told that nobody is signed in", { user: null }, false],
    ["is told that nothing is known", { user: null, unavailable: true }, true],
  ] as const)("a page that %s is loading: %s", (_, initialAuth, loading) => {
    const html = renderToString(
      <AuthKitProvider initialAuth={initialAuth}>
        <Shown />
      </AuthKitProvider>,
    );
    expect(shown(html)).toMatchObject({ loading, token: { loading: false } });
  });

  it("hooks outside of a provider say what is missing", () => {
    expect(() => renderToString(<Shown />)).toThrow(/below an <AuthKitProvider>/);
  });
});

describe("the impersonation bar", () => {
  const render = (initialAuth: object, side?: "top") =>
    renderToString(
      <AuthKitProvider initialAuth={initialAuth as typeof signedIn}>
        <Impersonation {...(side && { side })} className="mine" />
      </AuthKitProvider>,
    );

  it("is not there in a session of one's own", () => {
    expect(render(signedIn)).toBe("");
  });

  it("names whom an operator acts as, and takes its looks from the page", () => {
    const impersonator = { email: "op@example.com", reason: null };
    const html = render({ ...signedIn, impersonator });
    expect(html).toContain("You are impersonating <b>ada@example.com</b>");
    for (const name of ["size", "background-color", "color", "border-color", "border-width"]) {
      expect(html).toContain(`var(--workos-impersonation-${name},`);
    }
    expect(html).toContain("bottom:clamp");
    expect(html).toContain('class="mine"');
    expect(render({ ...signedIn, impersonator }, "top")).toContain("top:clamp");
  });
});
