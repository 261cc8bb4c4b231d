import { Alert, Button, Group, Stack, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { Input } from "../../api/client.ts";
import { useChange } from "../../api/queries.ts";
import { Copyable } from "../../parts/copyable.tsx";
import { Failure } from "../../parts/failure.tsx";
import { type EventType, EventTypes } from "./event-types.tsx";

type Events = Input<"POST /apps/{appId}/webhooks">["body"]["events"];

export function CreateWebhook({
  appId,
  eventTypes,
  onDone,
}: {
  appId: string;
  eventTypes: readonly EventType[];
  onDone: () => void;
}) {
  const create = useChange("POST /apps/{appId}/webhooks");
  const [url, setUrl] = useState("");
  const [description, setDescription] = useState("");
  const [events, setEvents] = useState<readonly string[] | null>([]);
  const { error, data } = create;

  function submit(event: FormEvent) {
    event.preventDefault();
    const body = { url, description, events: [...(events ?? [])] as Events };
    create.mutate({ params: { appId }, body });
  }

  if (data) {
    return (
      <Stack>
        <Alert color="yellow" title="Copy the signing secret now">
          It is shown this once. Your server verifies by it that a request came from here.
        </Alert>
        <Copyable value={data.secret} label="secret" />
        <Group justify="flex-end">
          <Button
            onClick={onDone}
            renderRoot={(props) => (
              <Link
                {...props}
                to="/apps/$appId/webhooks/$webhookId"
                params={{ appId, webhookId: data.webhook.id }}
              />
            )}
          >
            I have copied it
          </Button>
        </Group>
      </Stack>
    );
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Address"
          placeholder="https://api.example.com/hooks/latchkey"
          description="A server of yours that takes POST requests."
          required
          data-autofocus
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          error={error?.fields.url}
        />
        <TextInput
          label="Description"
          description="What it is for. Optional."
          maxLength={200}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          error={error?.fields.description}
        />
        <EventTypes
          types={eventTypes}
          value={events}
          onChange={setEvents}
          error={error?.fields.events}
        />
        {error && Object.keys(error.fields).length === 0 && <Failure error={error} />}
        <Button type="submit" loading={create.isPending} disabled={events === null}>
          Add
        </Button>
      </Stack>
    </form>
  );
}
