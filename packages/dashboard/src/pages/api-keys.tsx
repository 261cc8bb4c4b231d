import {
  Alert,
  Button,
  Group,
  NumberInput,
  Select,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { read, useChange } from "../api/queries.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Copyable } from "../parts/copyable.tsx";
import { Failure } from "../parts/failure.tsx";
import { Shown } from "../parts/shown.tsx";
import { Takes } from "../parts/takes.tsx";
import { When } from "../parts/when.tsx";
import { ROLE_OPTIONS, type Role, toRole } from "./roles.ts";

export function ApiKeys() {
  const keys = useQuery(read("GET /admin-api-keys"));
  const create = useChange("POST /admin-api-keys");
  const revoke = useChange("DELETE /admin-api-keys/{apiKeyId}");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [days, setDays] = useState<number | null>(90);

  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate({ body: { name, role, days } }, { onSuccess: () => setName("") });
  }

  return (
    <Stack gap="sm">
      <Title order={2} size="h4">
        Keys for scripts
      </Title>
      <Text size="sm" c="dimmed">
        Whatever this dashboard does, a script can do by the management API (/admin/v1) with a key.
      </Text>
      <Takes call="POST /admin-api-keys">
        <form onSubmit={submit}>
          <Group align="flex-end">
            <TextInput
              label="Name"
              placeholder="deploy"
              required
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={create.error?.fields.name}
            />
            <Select
              label="Role"
              data={ROLE_OPTIONS}
              value={role}
              allowDeselect={false}
              w={120}
              onChange={(next) => setRole(toRole(next))}
            />
            <NumberInput
              label="Good for days"
              placeholder="for ever"
              min={1}
              max={3650}
              w={130}
              value={days ?? ""}
              onChange={(value) => setDays(value === "" ? null : Number(value))}
              error={create.error?.fields.days}
            />
            <Button type="submit" variant="default" loading={create.isPending}>
              Make a key
            </Button>
          </Group>
        </form>
      </Takes>
      {create.error && Object.keys(create.error.fields).length === 0 && (
        <Failure error={create.error} />
      )}
      {create.data && (
        <Alert color="yellow" title="Copy the key now">
          <Stack gap="xs">
            <Text size="sm">It is shown this once.</Text>
            <Copyable value={create.data.secret} label="key" />
          </Stack>
        </Alert>
      )}
      <Shown query={keys} what="the keys">
        {({ items }) =>
          items.length === 0 ? null : (
            <Table.ScrollContainer minWidth={520}>
              <Table verticalSpacing="sm">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Name</Table.Th>
                    <Table.Th>Role</Table.Th>
                    <Table.Th>Used</Table.Th>
                    <Table.Th>Ends</Table.Th>
                    <Table.Th />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((key) => (
                    <Table.Tr key={key.id}>
                      <Table.Td>{key.name}</Table.Td>
                      <Table.Td>{key.role}</Table.Td>
                      <Table.Td>
                        {key.lastUsedAt === null ? "never" : <When at={key.lastUsedAt} />}
                      </Table.Td>
                      <Table.Td>
                        {key.expiresAt === null ? "never" : <When at={key.expiresAt} />}
                      </Table.Td>
                      <Table.Td ta="right">
                        <Confirm
                          label="Revoke"
                          title={`Revoke ${key.name}?`}
                          action="Revoke"
                          work={revoke}
                          run={(done) =>
                            revoke.mutate({ params: { apiKeyId: key.id } }, { onSuccess: done })
                          }
                        >
                          Scripts that use it are refused at once.
                        </Confirm>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Shown>
    </Stack>
  );
}
