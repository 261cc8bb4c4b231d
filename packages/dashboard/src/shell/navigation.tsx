import { Text } from "@mantine/core";
import { InboxLink } from "./inbox-link.tsx";
import { NavigationLink } from "./navigation-link.tsx";

/** Every page by what it is for: those of the open app, then the deployment's. */
export function Navigation({ appId }: { appId: string | undefined }) {
  return (
    <>
      {appId !== undefined && <AppPages appId={appId} />}
      <Heading>Deployment</Heading>
      <NavigationLink label="Apps" to="/" activeOptions={{ exact: true }} />
      <NavigationLink label="Domain approvals" to="/domain-approvals" />
      <NavigationLink label="Audit log" to="/audit-log" />
      <NavigationLink label="Administrators" to="/administrators" />
      <NavigationLink label="Management API" to="/api" />
      <InboxLink />
    </>
  );
}

function AppPages({ appId }: { appId: string }) {
  const params = { appId };
  return (
    <>
      <Heading>Configuration</Heading>
      <NavigationLink label="App settings" to="/apps/$appId/settings" params={params} />
      <NavigationLink label="Mails" to="/apps/$appId/mails" params={params} />
      <NavigationLink label="Webhooks" to="/apps/$appId/webhooks" params={params} />
      <Heading>Sessions</Heading>
      <NavigationLink label="Insight" to="/apps/$appId/insight" params={params} />
      <NavigationLink label="Sessions" to="/apps/$appId/sessions" params={params} />
      <Heading>User management</Heading>
      <NavigationLink label="Users" to="/apps/$appId/users" params={params} />
      <NavigationLink label="Authentication" to="/apps/$appId/authentication" params={params} />
      <NavigationLink label="Sign-in providers" to="/apps/$appId/providers" params={params} />
      <Heading>Organizations</Heading>
      <NavigationLink label="Organizations" to="/apps/$appId/organizations" params={params} />
      <NavigationLink label="Roles" to="/apps/$appId/roles" params={params} />
    </>
  );
}

function Heading({ children }: { children: string }) {
  return (
    <Text size="xs" fw={600} c="dimmed" tt="uppercase" mt="md" mb={4} px="sm">
      {children}
    </Text>
  );
}
