import { Badge, Button, Group, Menu, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import type { Answer } from "../../api/client.ts";
import { read } from "../../api/queries.ts";
import { Empty } from "../../parts/empty.tsx";
import { Page } from "../../parts/page.tsx";
import { Shown } from "../../parts/shown.tsx";
import { Takes } from "../../parts/takes.tsx";
import { TextLink } from "../../parts/text-link.tsx";
import { ProviderSwitch } from "./provider-switch.tsx";

type Provider = Answer<"GET /apps/{appId}/providers">["items"][number];

/** Where an app's users sign in beside here. */
export function Providers() {
  const { appId } = useParams({ from: "/signed-in/apps/$appId/providers" });
  const providers = useQuery(read("GET /apps/{appId}/providers", { params: { appId } }));
  return (
    <Page
      title="Sign-in providers"
      lead="Let people sign in with an account that they have elsewhere, or where their organization keeps them."
      actions={<AddMenu appId={appId} />}
    >
      <Shown query={providers} what="the providers">
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No providers yet">
              Add Google, Microsoft, Apple, GitHub or any provider of OpenID Connect. People then
              find a button for it where they sign in.
            </Empty>
          ) : (
            <ProviderTable appId={appId} items={items} />
          )
        }
      </Shown>
    </Page>
  );
}

function AddMenu({ appId }: { appId: string }) {
  const presets = useQuery(read("GET /provider-presets"));
  const navigate = useNavigate();
  return (
    <Takes call="POST /apps/{appId}/providers">
      <Menu position="bottom-end">
        <Menu.Target>
          <Button>Add a provider</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {(presets.data?.items ?? []).map(({ key, name }) => (
            <Menu.Item
              key={key}
              onClick={() =>
                navigate({
                  to: "/apps/$appId/providers/add/$preset",
                  params: { appId, preset: key },
                })
              }
            >
              {key === "oidc" ? "Any OpenID Connect provider" : name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Takes>
  );
}

function ProviderTable({ appId, items }: { appId: string; items: readonly Provider[] }) {
  return (
    <Table.ScrollContainer minWidth={520}>
      <Table verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>For</Table.Th>
            <Table.Th>On</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((provider) => (
            <Table.Tr key={provider.id}>
              <Table.Td>
                <Stack gap={0}>
                  <TextLink
                    to="/apps/$appId/providers/$providerId"
                    params={{ appId, providerId: provider.id }}
                  >
                    {provider.name}
                  </TextLink>
                  <Text size="xs" c="dimmed">
                    {provider.issuer}
                  </Text>
                </Stack>
              </Table.Td>
              <Table.Td>
                {provider.organizationId === null ? (
                  "Everybody"
                ) : (
                  <Group gap={4}>
                    <TextLink
                      to="/apps/$appId/organizations/$organizationId/members"
                      params={{ appId, organizationId: provider.organizationId }}
                    >
                      An organization
                    </TextLink>
                    {provider.domains.map((domain) => (
                      <Badge key={domain} variant="light" color="gray" tt="none">
                        {domain}
                      </Badge>
                    ))}
                  </Group>
                )}
              </Table.Td>
              <Table.Td>
                <ProviderSwitch appId={appId} provider={provider} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
