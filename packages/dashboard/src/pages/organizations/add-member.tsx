import { Button, Group, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useChange } from "../../api/queries.ts";
import { Failure } from "../../parts/failure.tsx";
import { Takes } from "../../parts/takes.tsx";

export function AddMember({ params }: { params: { appId: string; organizationId: string } }) {
  const [userId, setUserId] = useState("");
  const add = useChange("POST /apps/{appId}/organizations/{organizationId}/members");
  function submit(event: FormEvent) {
    event.preventDefault();
    add.mutate({ params, body: { userId: userId.trim() } }, { onSuccess: () => setUserId("") });
  }
  const beside = add.error?.fields.userId;
  return (
    <Takes call="POST /apps/{appId}/organizations/{organizationId}/members">
      <form onSubmit={submit}>
        <Stack gap="xs">
          <Group align="flex-end">
            <TextInput
              label="User id"
              placeholder="did:privy:… or user_…"
              required
              spellCheck={false}
              value={userId}
              onChange={(event) => setUserId(event.currentTarget.value)}
              error={beside}
              style={{ flex: "0 1 360px" }}
            />
            <Button type="submit" variant="default" loading={add.isPending}>
              Add member
            </Button>
          </Group>
          {add.error && !beside && <Failure error={add.error} />}
        </Stack>
      </form>
    </Takes>
  );
}
