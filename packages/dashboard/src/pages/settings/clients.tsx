import type { AdminApp } from "@latchkey/core/protocol/admin";
import { Badge, Button, Group, Modal, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { Answer } from "../../api/client.ts";
import { read, useChange } from "../../api/queries.ts";
import { Copyable } from "../../parts/copyable.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Shown } from "../../parts/shown.tsx";
import { Takes } from "../../parts/takes.tsx";
import { EditClient } from "./edit-client.tsx";

export type AppClient = Answer<"GET /apps/{appId}/clients">["items"][number];

/** App clients: the same app, used from somewhere with rules of its own. */
export function Clients() {
  const { appId } = useParams({ from: "/signed-in/apps/$appId" });
  const app = useQuery(read("GET /apps/{appId}", { params: { appId } }));
  const clients = useQuery(read("GET /apps/{appId}/clients", { params: { appId } }));
  const [opened, { open, close }] = useDisclosure();
  const { client: editing } = useSearch({ from: "/signed-in/apps/$appId/settings/clients" });
  const navigate = useNavigate();
  const setEditing = (client: string | null, isSaved = false) =>
    navigate({
      to: "/apps/$appId/settings/clients",
      params: { appId },
      search: client === null ? {} : { client },
      resetScroll: false,
      ignoreBlocker: isSaved,
    });
  return (
    <Stack>
      <Group justify="space-between" align="flex-start">
        <Text size="sm" c="dimmed" maw={620}>
          A client is a place that the app is used from, such as its mobile app or your own
          localhost. It may have its own origins, session lifetime, and cookies on or off. Its id
          never changes.
        </Text>
        <Takes call="POST /apps/{appId}/clients">
          <Button onClick={open}>Add client</Button>
        </Takes>
      </Group>
      <Modal opened={opened} onClose={close} title="Add an app client">
        <AddClient
          appId={appId}
          onDone={(id) => {
            close();
            setEditing(id);
          }}
        />
      </Modal>
      <Shown query={clients} what="the clients">
        {({ items }) => {
          const chosen = items.find(({ id }) => id === editing);
          return (
            <>
              <Modal
                opened={chosen !== undefined}
                onClose={() => setEditing(null)}
                title={chosen ? `Edit ${chosen.name}` : ""}
                size="lg"
              >
                {chosen && (
                  <EditClient appId={appId} client={chosen} onDone={() => setEditing(null, true)} />
                )}
              </Modal>
              {items.length === 0 ? (
                <Empty title="No clients">
                  The app itself is enough for one website. Add a client for what needs other rules.
                </Empty>
              ) : (
                <ClientTable items={items} app={app.data} edit={(id) => setEditing(id)} />
              )}
            </>
          );
        }}
      </Shown>
    </Stack>
  );
}

function ClientTable({
  items,
  app,
  edit,
}: {
  items: readonly AppClient[];
  app: AdminApp | undefined;
  edit: (id: string) => void;
}) {
  return (
    <Table.ScrollContainer minWidth={620}>
      <Table verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Client id</Table.Th>
            <Table.Th>Cookies</Table.Th>
            <Table.Th>Origins</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((client) => (
            <Table.Tr key={client.id}>
              <Table.Td>{client.name}</Table.Td>
              <Table.Td>
                <Copyable value={client.id} label="client id" />
              </Table.Td>
              <Table.Td>
                <Badge
                  variant="light"
                  color={client.settings.cookies === "disabled" ? "gray" : "teal"}
                >
                  {cookieWords(client, app)}
                </Badge>
              </Table.Td>
              <Table.Td>
                <Text size="sm">
                  {client.settings.allowedOrigins.length === 0
                    ? "the app's"
                    : client.settings.allowedOrigins.join(", ")}
                </Text>
              </Table.Td>
              <Table.Td>
                <Button
                  variant="default"
                  size="xs"
                  onClick={() => edit(client.id)}
                  aria-label={`Edit ${client.name}`}
                >
                  Edit
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function cookieWords({ settings }: AppClient, app: AdminApp | undefined): string {
  if (settings.cookies !== "inherit") return settings.cookies;
  if (!app) return "as the app";
  return app.settings.httpOnlyCookies ? "as the app: on" : "as the app: off";
}

function AddClient({ appId, onDone }: { appId: string; onDone: (id: string) => void }) {
  const [name, setName] = useState("");
  const create = useChange("POST /apps/{appId}/clients");
  function submit(event: FormEvent) {
    event.preventDefault();
    const input = { params: { appId }, body: { name } };
    create.mutate(input, { onSuccess: ({ id }) => onDone(id) });
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Name"
          placeholder="Mobile app"
          required
          maxLength={100}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={create.error?.fields.name}
        />
        {create.error && <Failure error={create.error} />}
        <Button type="submit" loading={create.isPending}>
          Add
        </Button>
      </Stack>
    </form>
  );
}
