import { Button, Group, Select, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { read, useChange } from "../../api/queries.ts";
import { Failure } from "../../parts/failure.tsx";
import { Takes } from "../../parts/takes.tsx";

export function InviteMember({ params }: { params: { appId: string; organizationId: string } }) {
  const app = useQuery(read("GET /apps/{appId}", { params: { appId: params.appId } }));
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<string | null>(null);
  const invite = useChange("POST /apps/{appId}/organizations/{organizationId}/invitations");
  const roles = app.data?.settings.roles ?? [];
  function submit(event: FormEvent) {
    event.preventDefault();
    const body = { email: email.trim(), ...(role !== null && { role }) };
    invite.mutate({ params, body }, { onSuccess: () => setEmail("") });
  }
  const beside = invite.error?.fields.email;
  return (
    <Takes call="POST /apps/{appId}/organizations/{organizationId}/invitations">
      <form onSubmit={submit}>
        <Stack gap="xs">
          <Group align="flex-end">
            <TextInput
              label="E-mail address"
              type="email"
              required
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
              error={beside}
              style={{ flex: "0 1 300px" }}
            />
            <Select
              label="Role"
              placeholder={roles[0]?.name ?? ""}
              clearable
              w={150}
              data={roles.map(({ slug, name }) => ({ value: slug, label: name }))}
              value={role}
              onChange={setRole}
            />
            <Button type="submit" loading={invite.isPending}>
              Invite
            </Button>
          </Group>
          {invite.error && !beside && <Failure error={invite.error} />}
        </Stack>
      </form>
    </Takes>
  );
}
