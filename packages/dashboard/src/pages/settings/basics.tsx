import { Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { read } from "../../api/queries.ts";
import { ChoiceField, ColorField, TextField } from "../../form/inputs.tsx";
import { Copyable } from "../../parts/copyable.tsx";
import { Shown } from "../../parts/shown.tsx";
import { AppSettingsForm } from "./app-settings-form.tsx";
import { RotateSecret } from "./rotate-secret.tsx";

/** Name, look, ids and secrets. */
export function Basics() {
  const { appId } = useParams({ from: "/signed-in/apps/$appId" });
  const app = useQuery(read("GET /apps/{appId}", { params: { appId } }));
  return (
    <Stack gap="xl">
      <Shown query={app} what="the app">
        {({ id, clientId, kind }) => (
          <Stack gap="xs" maw={640}>
            <Title order={2} size="h4">
              Ids and secrets
            </Title>
            <Line label="App id">
              <Copyable value={id} label="app id" />
            </Line>
            <Line label="Client id">
              <Copyable value={clientId} label="client id" />
            </Line>
            <Line label="Kind">
              <Text size="sm">{kind}</Text>
            </Line>
            <Group mt="xs">
              <RotateSecret appId={id} kind="app_secret" label="New app secret" />
              <RotateSecret appId={id} kind="api_key" label="New API key" />
            </Group>
          </Stack>
        )}
      </Shown>
      <Stack gap="xs">
        <Title order={2} size="h4">
          How it looks
        </Title>
        <AppSettingsForm>
          {(fields) => (
            <>
              <TextField fields={fields} name="name" label="Name" />
              <TextField
                fields={fields}
                name="legalName"
                label="Legal name"
                description="The company behind the app."
              />
              <TextField
                fields={fields}
                name="logoUrl"
                label="Logo"
                description="The address of an image, shown on the sign-in page."
                placeholder="https://example.com/logo.svg"
              />
              <TextField fields={fields} name="iconUrl" label="Icon" placeholder="https://…" />
              <ColorField
                fields={fields}
                name="accentColor"
                label="Accent colour"
                description="Of buttons and links on the sign-in page."
              />
              <ChoiceField
                fields={fields}
                name="theme"
                label="Theme"
                options={[
                  { value: "light", label: "Light" },
                  { value: "dark", label: "Dark" },
                ]}
              />
              <TextField fields={fields} name="termsUrl" label="Terms" placeholder="https://…" />
              <TextField
                fields={fields}
                name="privacyUrl"
                label="Privacy policy"
                placeholder="https://…"
              />
            </>
          )}
        </AppSettingsForm>
      </Stack>
    </Stack>
  );
}

function Line({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <Group gap="md" wrap="wrap">
      <Text size="sm" w={90} c="dimmed">
        {label}
      </Text>
      {children}
    </Group>
  );
}
