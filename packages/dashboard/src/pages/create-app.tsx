import { Alert, Button, Group, Radio, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useChange } from "../api/queries.ts";
import { Copyable } from "../parts/copyable.tsx";
import { Failure } from "../parts/failure.tsx";
import { TextLink } from "../parts/text-link.tsx";

export function CreateApp({ onDone }: { onDone: () => void }) {
  const [name, setName] = useState("");
  const [kind, setKind] = useState<"production" | "development">("production");
  const create = useChange("POST /apps");

  if (create.data) {
    const { app, appSecret, apiKey } = create.data;
    return (
      <Stack>
        <Alert color="yellow" title="Copy the secrets now">
          They are shown this once. Keep them where the app's server reads its environment, never in
          a page or a repository.
        </Alert>
        <Value label="App id" value={app.id} />
        <Value label="App secret" value={appSecret} />
        <Value label="Client id" value={app.clientId} />
        <Value label="API key" value={apiKey} />
        <Group justify="flex-end">
          <TextLink to="/apps/$appId/settings/domains" params={{ appId: app.id }} onClick={onDone}>
            I have copied them: say where the app runs
          </TextLink>
        </Group>
      </Stack>
    );
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate({ body: { name, kind } });
  }

  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Name"
          description="Your users see it in mails and on the sign-in page."
          required
          maxLength={100}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={create.error?.fields.name}
        />
        <Radio.Group
          label="Kind"
          value={kind}
          onChange={(value) => setKind(value === "development" ? value : "production")}
        >
          <Stack mt="xs" gap="xs">
            <Radio
              value="production"
              label="Production"
              description="Strict defaults; cookies on your own domain once it is verified."
            />
            <Radio
              value="development"
              label="Development"
              description="For localhost, previews and staging: the page keeps the session itself."
            />
          </Stack>
        </Radio.Group>
        {create.error && Object.keys(create.error.fields).length === 0 && (
          <Failure error={create.error} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Value({ label, value }: { label: string; value: string }) {
  return (
    <Group justify="space-between" align="flex-start" gap="xs">
      <span>{label}</span>
      <Copyable value={value} label={label} />
    </Group>
  );
}
