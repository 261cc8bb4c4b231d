/** What `latchkey dev` adds: credentials, inbox, a provider for trying out and the demo page. No other command mounts it. */
import { LatchkeyError } from "@latchkey/core/errors";
import { Hono } from "hono";
import { inviteAdmin } from "../admin/invitations.ts";
import type { RequestEnv } from "../http/context.ts";
import { assetFolder } from "../node/asset-folder.ts";
import type { Services } from "../services.ts";
import { impersonateRoutes } from "./impersonate.ts";
import type { Inbox } from "./inbox.ts";
import { mailPage } from "./mail-page.ts";
import { PAGE_POLICY } from "./page-policy.ts";
import type { DevCredentials } from "./seeded-app.ts";
import { TEST_PROVIDER_PATH, testProviderRoutes } from "./test-provider.ts";

const demo = assetFolder("demo");

export function devRoutes(
  services: Services,
  credentials: DevCredentials,
  inbox: Inbox,
): Hono<RequestEnv> {
  const routes = new Hono<RequestEnv>();

  routes.use("/dev/*", async (context, next) => {
    const forwarded = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"].some(
      (name) => context.req.header(name) !== undefined,
    );
    // An app at 127.0.0.1 is another site than localhost: its visitors come to this form, and no further.
    const isForm =
      context.req.method === "GET" && context.req.path === `${TEST_PROVIDER_PATH}/authorize`;
    const isElsewhere = context.req.header("sec-fetch-site") === "cross-site" && !isForm;
    if (forwarded || isElsewhere) {
      throw new LatchkeyError(
        "forbidden",
        403,
        "Development's own pages are for this machine: no proxy and no other site may fetch them.",
      );
    }
    context.header("cache-control", "no-store");
    await next();
  });

  routes.get("/dev/credentials", (context) =>
    context.json({
      ...credentials,
      impersonate_url: `${services.settings.publicUrl()}/dev/impersonate`,
    }),
  );
  routes.route("/", impersonateRoutes(services));
  routes.route("/", testProviderRoutes(services.settings.publicUrl, services.now));
  // Whoever reaches this page is at this machine; the link makes them an owner, once.
  routes.get("/dev/admin", async (context) => {
    const { url } = await inviteAdmin(services, { email: null, role: "owner", by: "operator" });
    if (prefersHtml(context.req.header("accept"))) return context.redirect(url, 302);
    return context.json({ url });
  });

  routes.get("/dev/mail", (context) => {
    const to = context.req.query("to") || null;
    const mails = inbox.list(to);
    if (prefersHtml(context.req.header("accept"))) {
      return context.html(mailPage(mails, to), 200, { "content-security-policy": PAGE_POLICY });
    }
    return context.json(
      mails.map(({ to, subject, text, code, sentAt }) => ({
        to,
        subject,
        text,
        code,
        sent_at: sentAt,
      })),
    );
  });

  routes.get("/", (context) => context.redirect("/demo/", 302));
  // Browsers ask for it on every page that names no icon.
  routes.get("/favicon.ico", (context) => context.body(null, 204));
  routes.get("/demo", (context) => context.redirect("/demo/", 302));
  routes.get("/demo/*", async (context) => {
    const path = context.req.path.slice("/demo/".length);
    const asset = await demo(path === "" ? "index.html" : path);
    if (!asset) {
      throw new LatchkeyError(
        "not_found",
        404,
        path === ""
          ? "The demo page is not built yet. npm start builds it; from a checkout: npm run build."
          : "The demo has no such file.",
      );
    }
    return context.body(asset.body, 200, {
      "content-type": asset.type,
      "cache-control": path.startsWith("assets/")
        ? "public, max-age=31536000, immutable"
        : "no-cache",
      "content-security-policy": PAGE_POLICY,
      "x-content-type-options": "nosniff",
    });
  });

  return routes;
}

/** Whether the page comes before JSON in Accept, as when a person opens the address. */
function prefersHtml(accept = ""): boolean {
  const html = accept.indexOf("text/html");
  const json = accept.indexOf("application/json");
  return html >= 0 && (json < 0 || html < json);
}
