/** Every page by its address: each tab and each row has one. */
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { session } from "./api/queries.ts";
import { readSessionFilter } from "./pages/app-sessions/session-filter.ts";
import { readAuditFilter } from "./pages/audit-filter.ts";
import { readRange } from "./pages/insight/insight-range.ts";
import { NotFound } from "./pages/not-found.tsx";
import { SignIn } from "./pages/sign-in.tsx";
import { readUserFilter } from "./pages/users-filter/user-filter.ts";
import { Welcome } from "./pages/welcome.tsx";
import { Failure } from "./parts/failure.tsx";
import { Loading } from "./parts/loading.tsx";
import { Shell } from "./shell/shell.tsx";

const root = createRootRouteWithContext<{ readonly client: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
});

const welcome = createRoute({ getParentRoute: () => root, path: "/welcome", component: Welcome });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  component: SignIn,
  validateSearch: (search): { readonly to?: string } =>
    // A path of the dashboard, never another site.
    typeof search.to === "string" && /^\/(?![/\\])/.test(search.to) ? { to: search.to } : {},
});

/** Everything that takes an administrator. */
const shell = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const actor = await context.client.ensureQueryData(session);
    if (actor === null) throw redirect({ to: "/sign-in", search: { to: location.href } });
  },
});

const home = createRoute({
  getParentRoute: () => shell,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/apps.tsx"), "Apps"),
});

const app = createRoute({ getParentRoute: () => shell, path: "/apps/$appId", component: Outlet });

const appHome = createRoute({
  getParentRoute: () => app,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/apps/$appId/settings/basics", params });
  },
});

const settings = createRoute({
  getParentRoute: () => app,
  path: "/settings",
  component: lazyRouteComponent(() => import("./pages/settings/settings.tsx"), "Settings"),
});

const basics = createRoute({
  getParentRoute: () => settings,
  path: "/basics",
  component: lazyRouteComponent(() => import("./pages/settings/basics.tsx"), "Basics"),
});

const advanced = createRoute({
  getParentRoute: () => settings,
  path: "/advanced",
  component: lazyRouteComponent(() => import("./pages/settings/advanced.tsx"), "Advanced"),
});

const clients = createRoute({
  getParentRoute: () => settings,
  path: "/clients",
  validateSearch: (search): { readonly client?: string } =>
    typeof search.client === "string" ? { client: search.client } : {},
  component: lazyRouteComponent(() => import("./pages/settings/clients.tsx"), "Clients"),
});

const domains = createRoute({
  getParentRoute: () => settings,
  path: "/domains",
  component: lazyRouteComponent(() => import("./pages/settings/domains.tsx"), "Domains"),
});

const users = createRoute({
  getParentRoute: () => app,
  path: "/users",
  validateSearch: readUserFilter,
  component: lazyRouteComponent(() => import("./pages/users.tsx"), "Users"),
});

const insight = createRoute({
  getParentRoute: () => app,
  path: "/insight",
  validateSearch: readRange,
  component: lazyRouteComponent(() => import("./pages/insight/insight.tsx"), "Insight"),
});

const sessions = createRoute({
  getParentRoute: () => app,
  path: "/sessions",
  validateSearch: readSessionFilter,
  component: lazyRouteComponent(
    () => import("./pages/app-sessions/app-sessions.tsx"),
    "AppSessions",
  ),
});

const userImport = createRoute({
  getParentRoute: () => app,
  path: "/users/import",
  component: lazyRouteComponent(() => import("./pages/user-import/user-import.tsx"), "UserImport"),
});

const user = createRoute({
  getParentRoute: () => app,
  path: "/users/$userId",
  component: lazyRouteComponent(() => import("./pages/user.tsx"), "UserPage"),
});

const sessionPage = createRoute({
  getParentRoute: () => app,
  path: "/sessions/$sessionId",
  component: lazyRouteComponent(() => import("./pages/session.tsx"), "SessionPage"),
});

const authentication = createRoute({
  getParentRoute: () => app,
  path: "/authentication",
  component: lazyRouteComponent(() => import("./pages/authentication.tsx"), "Authentication"),
});

const providers = createRoute({
  getParentRoute: () => app,
  path: "/providers",
  component: lazyRouteComponent(() => import("./pages/providers/providers.tsx"), "Providers"),
});

const addProvider = createRoute({
  getParentRoute: () => app,
  path: "/providers/add/$preset",
  component: lazyRouteComponent(() => import("./pages/providers/add-provider.tsx"), "AddProvider"),
});

const provider = createRoute({
  getParentRoute: () => app,
  path: "/providers/$providerId",
  component: lazyRouteComponent(() => import("./pages/providers/provider.tsx"), "Provider"),
});

const organizations = createRoute({
  getParentRoute: () => app,
  path: "/organizations",
  component: lazyRouteComponent(
    () => import("./pages/organizations/organizations.tsx"),
    "Organizations",
  ),
});

const organization = createRoute({
  getParentRoute: () => app,
  path: "/organizations/$organizationId",
  component: lazyRouteComponent(
    () => import("./pages/organizations/organization.tsx"),
    "OrganizationPage",
  ),
});

const members = createRoute({
  getParentRoute: () => organization,
  path: "/members",
  component: lazyRouteComponent(() => import("./pages/organizations/members.tsx"), "Members"),
});

const organizationInvitations = createRoute({
  getParentRoute: () => organization,
  path: "/invitations",
  component: lazyRouteComponent(
    () => import("./pages/organizations/organization-invitations.tsx"),
    "OrganizationInvitations",
  ),
});

const organizationSettings = createRoute({
  getParentRoute: () => organization,
  path: "/settings",
  component: lazyRouteComponent(
    () => import("./pages/organizations/organization-settings.tsx"),
    "OrganizationSettings",
  ),
});

const roles = createRoute({
  getParentRoute: () => app,
  path: "/roles",
  component: lazyRouteComponent(() => import("./pages/organizations/roles.tsx"), "Roles"),
});

const webhooks = createRoute({
  getParentRoute: () => app,
  path: "/webhooks",
  component: lazyRouteComponent(() => import("./pages/webhooks/webhooks.tsx"), "Webhooks"),
});

const webhook = createRoute({
  getParentRoute: () => app,
  path: "/webhooks/$webhookId",
  component: lazyRouteComponent(() => import("./pages/webhooks/webhook.tsx"), "Webhook"),
});

const webhookDelivery = createRoute({
  getParentRoute: () => app,
  path: "/webhooks/$webhookId/$deliveryId",
  component: lazyRouteComponent(() => import("./pages/webhooks/delivery.tsx"), "Delivery"),
});

const mails = createRoute({
  getParentRoute: () => app,
  path: "/mails",
  validateSearch: (search): { readonly kind?: string } =>
    typeof search.kind === "string" ? { kind: search.kind } : {},
  component: lazyRouteComponent(() => import("./pages/mails/mails.tsx"), "Mails"),
});

const domainApprovals = createRoute({
  getParentRoute: () => shell,
  path: "/domain-approvals",
  component: lazyRouteComponent(
    () => import("./pages/domain-approvals/domain-approvals.tsx"),
    "DomainApprovals",
  ),
});

const api = createRoute({
  getParentRoute: () => shell,
  path: "/api",
  validateSearch: (search): { readonly operation?: string } =>
    typeof search.operation === "string" ? { operation: search.operation } : {},
  component: lazyRouteComponent(
    () => import("./pages/api-reference/api-reference.tsx"),
    "ApiReference",
  ),
});

const audit = createRoute({
  getParentRoute: () => shell,
  path: "/audit-log",
  validateSearch: readAuditFilter,
  component: lazyRouteComponent(() => import("./pages/audit-log.tsx"), "AuditLog"),
});

const admins = createRoute({
  getParentRoute: () => shell,
  path: "/administrators",
  component: lazyRouteComponent(() => import("./pages/administrators.tsx"), "Administrators"),
});

const tree = root.addChildren([
  welcome,
  signIn,
  shell.addChildren([
    home,
    app.addChildren([
      appHome,
      settings.addChildren([basics, domains, clients, advanced]),
      users,
      userImport,
      user,
      insight,
      sessions,
      sessionPage,
      authentication,
      providers,
      addProvider,
      provider,
      organizations,
      organization.addChildren([members, organizationInvitations, organizationSettings]),
      roles,
      webhooks,
      webhook,
      webhookDelivery,
      mails,
    ]),
    domainApprovals,
    api,
    audit,
    admins,
  ]),
]);

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: "/dashboard",
    context: { client },
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultPendingComponent: () => <Loading what="the page" />,
    defaultNotFoundComponent: NotFound,
    defaultErrorComponent: ({ error, reset }) => (
      <Failure error={error instanceof Error ? error : new Error(String(error))} retry={reset} />
    ),
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
