import { Alert, Button, Group, Select, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { read, useChange } from "../api/queries.ts";
import { Copyable } from "../parts/copyable.tsx";
import { Failure } from "../parts/failure.tsx";
import { Shown } from "../parts/shown.tsx";
import { Takes } from "../parts/takes.tsx";
import { When } from "../parts/when.tsx";
import { ROLE_OPTIONS, type Role, toRole } from "./roles.ts";

export function Invitations() {
  const open = useQuery(read("GET /admin-invitations"));
  const invite = useChange("POST /admin-invitations");
  const revoke = useChange("DELETE /admin-invitations/{invitationId}");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("editor");

  function submit(event: FormEvent) {
    event.preventDefault();
    invite.mutate({ body: { email, role } }, { onSuccess: () => setEmail("") });
  }

  return (
    <Stack gap="sm">
      <Title order={2} size="h4">
        Invite somebody
      </Title>
      <Takes call="POST /admin-invitations">
        <form onSubmit={submit}>
          <Group align="flex-end">
            <TextInput
              label="E-mail address"
              type="email"
              required
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
              error={invite.error?.fields.email}
              style={{ flex: "0 1 300px" }}
            />
            <Select
              label="Role"
              data={ROLE_OPTIONS}
              value={role}
              allowDeselect={false}
              w={120}
              onChange={(next) => setRole(toRole(next))}
            />
            <Button type="submit" loading={invite.isPending}>
              Invite
            </Button>
          </Group>
        </form>
      </Takes>
      {invite.error && Object.keys(invite.error.fields).length === 0 && (
        <Failure error={invite.error} />
      )}
      {invite.data && (
        <Alert color="yellow" title="Send them this link">
          <Stack gap="xs">
            <Text size="sm">It is shown this once, works once, and ends in three days.</Text>
            <Copyable value={invite.data.url} label="link" />
          </Stack>
        </Alert>
      )}
      <Shown query={open} what="open invitations">
        {({ items }) =>
          items.length === 0 ? null : (
            <Table>
              <Table.Tbody>
                {items.map((invitation) => (
                  <Table.Tr key={invitation.id}>
                    <Table.Td>{invitation.email ?? "whoever has the link"}</Table.Td>
                    <Table.Td>{invitation.role}</Table.Td>
                    <Table.Td>
                      ends <When at={invitation.expiresAt} />
                    </Table.Td>
                    <Table.Td ta="right">
                      <Takes call="DELETE /admin-invitations/{invitationId}">
                        <Button
                          variant="subtle"
                          color="red"
                          size="xs"
                          aria-label={`Withdraw the invitation of ${invitation.email ?? "whoever has the link"}`}
                          onClick={() => revoke.mutate({ params: { invitationId: invitation.id } })}
                        >
                          Withdraw
                        </Button>
                      </Takes>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )
        }
      </Shown>
    </Stack>
  );
}
