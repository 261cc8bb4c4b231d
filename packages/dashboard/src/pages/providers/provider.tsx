import { Divider, Group, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { read, useChange } from "../../api/queries.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Copyable } from "../../parts/copyable.tsx";
import { Page } from "../../parts/page.tsx";
import { Shown } from "../../parts/shown.tsx";
import { EditProvider } from "./edit-provider.tsx";
import { ProviderSwitch } from "./provider-switch.tsx";
import { ProviderTest } from "./provider-test.tsx";
import { RedirectUris } from "./redirect-uris.tsx";

export function Provider() {
  const params = useParams({ from: "/signed-in/apps/$appId/providers/$providerId" });
  const { appId } = params;
  const path = "/apps/{appId}/providers/{providerId}";
  const provider = useQuery(read(`GET ${path}`, { params }));
  const presets = useQuery(read("GET /provider-presets"));
  const remove = useChange(`DELETE ${path}`);
  const navigate = useNavigate();
  return (
    <Shown query={provider} what="the provider">
      {(shown) => (
        <Page
          title={shown.name}
          lead={
            <>
              {shown.issuer}
              <Copyable value={shown.id} label="connection id" />
            </>
          }
          actions={<ProviderSwitch appId={appId} provider={shown} />}
        >
          <Stack maw={640} gap="lg">
            <RedirectUris uris={shown.redirectUris} />
            <ProviderTest params={params} />
            <Divider />
            <Title order={2} size="h4">
              Configuration
            </Title>
            <Shown query={presets} what="the presets">
              {({ items }) => (
                <EditProvider
                  key={shown.id}
                  params={params}
                  provider={shown}
                  options={items.find(({ key }) => key === shown.preset)?.options ?? []}
                />
              )}
            </Shown>
            <Divider />
            <Group>
              <Confirm
                label="Remove this provider"
                title={`Remove ${shown.name}?`}
                action="Remove"
                color="red"
                variant="light"
                work={remove}
                run={(done) =>
                  remove.mutate(
                    { params },
                    {
                      onSuccess: () => {
                        done();
                        navigate({ to: "/apps/$appId/providers", params: { appId } });
                      },
                    },
                  )
                }
              >
                Its users stay, but who signs in no other way cannot sign in any more. To pause it,
                switch it off instead.
              </Confirm>
            </Group>
          </Stack>
        </Page>
      )}
    </Shown>
  );
}
