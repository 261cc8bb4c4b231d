import { Button, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useChange } from "../../api/queries.ts";
import { Failure } from "../../parts/failure.tsx";

export function CreateOrganization({
  appId,
  onDone,
}: {
  appId: string;
  onDone: (organizationId: string) => void;
}) {
  const [name, setName] = useState("");
  const [externalId, setExternalId] = useState("");
  const create = useChange("POST /apps/{appId}/organizations");
  function submit(event: FormEvent) {
    event.preventDefault();
    const body = { name, ...(externalId !== "" && { externalId }) };
    create.mutate({ params: { appId }, body }, { onSuccess: ({ id }) => onDone(id) });
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Name"
          placeholder="Acme"
          required
          maxLength={100}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={create.error?.fields.name}
        />
        <TextInput
          label="External id"
          description="What your own systems call it. Optional."
          maxLength={200}
          value={externalId}
          onChange={(event) => setExternalId(event.currentTarget.value)}
          error={create.error?.fields.externalId}
        />
        {create.error && <Failure error={create.error} />}
        <Button type="submit" loading={create.isPending}>
          Create
        </Button>
      </Stack>
    </form>
  );
}
