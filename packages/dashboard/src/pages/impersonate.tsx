import { Anchor, Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { useChange } from "../api/queries.ts";
import { Failure } from "../parts/failure.tsx";
import { Takes } from "../parts/takes.tsx";

/** Acting in a user's place: with a reason, for an hour, and never unseen. */
export function Impersonate({ params }: { params: { appId: string; userId: string } }) {
  const [opened, { open, close }] = useDisclosure();
  const [reason, setReason] = useState("");
  const begin = useChange("POST /apps/{appId}/users/{userId}/impersonation");
  const leave = () => {
    close();
    begin.reset();
    setReason("");
  };
  function submit(event: FormEvent) {
    event.preventDefault();
    begin.mutate({ params, body: { reason } });
  }
  return (
    <>
      <Takes call="POST /apps/{appId}/users/{userId}/impersonation">
        <Button variant="default" size="xs" onClick={open}>
          Impersonate
        </Button>
      </Takes>
      <Modal opened={opened} onClose={leave} title="Act in this user's place">
        {begin.data ? (
          <Stack>
            <Text size="sm">
              Open this in a private window. It works once, within ten minutes; the session ends
              after an hour, and the app shows your address.
            </Text>
            <Anchor
              href={begin.data.url}
              target="_blank"
              rel="noreferrer"
              style={{ overflowWrap: "anywhere" }}
            >
              {begin.data.url}
            </Anchor>
          </Stack>
        ) : (
          <form onSubmit={submit}>
            <Stack>
              <Textarea
                label="Reason"
                description="The audit log and the session's trail keep it, with your address."
                required
                maxLength={500}
                data-autofocus
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
                error={begin.error?.fields.reason}
              />
              {begin.error && <Failure error={begin.error} />}
              <Group justify="flex-end">
                <Button variant="default" onClick={leave}>
                  Cancel
                </Button>
                <Button type="submit" loading={begin.isPending}>
                  Make the link
                </Button>
              </Group>
            </Stack>
          </form>
        )}
      </Modal>
    </>
  );
}
