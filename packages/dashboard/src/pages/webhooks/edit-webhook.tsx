import type { AdminWebhook } from "@latchkey/core/protocol/admin";
import { Button, Group, Modal, Stack, Switch, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Input } from "../../api/client.ts";
import { read, useChange } from "../../api/queries.ts";
import { Failure } from "../../parts/failure.tsx";
import { Takes } from "../../parts/takes.tsx";
import { EventTypes } from "./event-types.tsx";

type Events = Input<"PATCH /apps/{appId}/webhooks/{webhookId}">["body"]["events"];

export function EditWebhook({ webhook, appId }: { webhook: AdminWebhook; appId: string }) {
  const [opened, { open, close }] = useDisclosure();
  const all = useQuery(read("GET /apps/{appId}/webhooks", { params: { appId } }));
  const change = useChange("PATCH /apps/{appId}/webhooks/{webhookId}");
  const [url, setUrl] = useState(webhook.url);
  const [description, setDescription] = useState(webhook.description);
  const [events, setEvents] = useState<readonly string[] | null>(webhook.events);
  const [enabled, setEnabled] = useState(webhook.enabled);
  const { error } = change;

  function submit(event: FormEvent) {
    event.preventDefault();
    const { version } = webhook;
    const body = {
      version,
      url,
      description,
      events: [...(events ?? [])] as Events,
      ...(enabled !== webhook.enabled && { enabled }),
    };
    change.mutate({ params: { appId, webhookId: webhook.id }, body }, { onSuccess: close });
  }

  return (
    <>
      <Takes call="PATCH /apps/{appId}/webhooks/{webhookId}">
        <Button variant="default" size="xs" onClick={open}>
          Edit
        </Button>
      </Takes>
      <Modal opened={opened} onClose={close} title="Edit the endpoint" size="lg">
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label="Address"
              required
              value={url}
              onChange={(event) => setUrl(event.currentTarget.value)}
              error={error?.fields.url}
            />
            <TextInput
              label="Description"
              maxLength={200}
              value={description}
              onChange={(event) => setDescription(event.currentTarget.value)}
              error={error?.fields.description}
            />
            <EventTypes
              types={all.data?.eventTypes ?? []}
              value={events}
              onChange={setEvents}
              error={error?.fields.events}
            />
            <Switch
              label="On"
              description="Turned off, what waits is given up, and nothing new is kept for it."
              checked={enabled}
              onChange={(event) => setEnabled(event.currentTarget.checked)}
            />
            {error && Object.keys(error.fields).length === 0 && <Failure error={error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" loading={change.isPending} disabled={events === null}>
                Save
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
