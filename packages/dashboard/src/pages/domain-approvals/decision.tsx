import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { useChange } from "../../api/queries.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Takes } from "../../parts/takes.tsx";

/** Approve, or refuse in words that the app is told. */
export function Decision({ domain }: { domain: string }) {
  const approve = useChange("POST /domains/{domain}/approval");
  return (
    <Group gap="xs" wrap="nowrap" justify="flex-end">
      <Confirm
        label="Approve"
        title={`Approve ${domain}?`}
        action="Approve"
        actionColor="indigo"
        work={approve}
        run={(done) => approve.mutate({ params: { domain } }, { onSuccess: done })}
      >
        Cookies are set on it as soon as its DNS records are seen.
      </Confirm>
      <Refuse domain={domain} />
    </Group>
  );
}

function Refuse({ domain }: { domain: string }) {
  const [opened, { open, close }] = useDisclosure();
  const [reason, setReason] = useState("");
  const refuse = useChange("DELETE /domains/{domain}/approval");
  const leave = () => {
    close();
    refuse.reset();
  };
  function submit(event: FormEvent) {
    event.preventDefault();
    refuse.mutate({ params: { domain }, body: { reason } }, { onSuccess: leave });
  }
  return (
    <>
      <Takes call="DELETE /domains/{domain}/approval">
        <Button variant="subtle" color="red" size="xs" onClick={open}>
          Refuse
        </Button>
      </Takes>
      <Modal opened={opened} onClose={leave} title={`Refuse ${domain}?`}>
        <form onSubmit={submit}>
          <Stack>
            <Textarea
              label="Reason"
              description="The app's people read it beside their domain."
              required
              maxLength={500}
              autosize
              minRows={2}
              data-autofocus
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              error={refuse.error?.fields.reason}
            />
            {refuse.error && <Failure error={refuse.error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={leave}>
                Cancel
              </Button>
              <Button type="submit" color="red" loading={refuse.isPending}>
                Refuse
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
