import { Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { useChange } from "../../api/queries.ts";
import { Failure } from "../../parts/failure.tsx";
import { Takes } from "../../parts/takes.tsx";

const HOUR_MS = 3_600_000;
const SINCE = [
  { value: "1", label: "the last hour" },
  { value: "24", label: "the last day" },
  { value: "168", label: "the last week" },
  { value: "720", label: "the last 30 days" },
];

/** After an outage of the receiver. */
export function ResendFailed({
  disabled,
  ...params
}: {
  appId: string;
  webhookId: string;
  disabled: boolean;
}) {
  const [opened, { open, close }] = useDisclosure();
  const [hours, setHours] = useState("24");
  const resend = useChange("POST /apps/{appId}/webhooks/{webhookId}/resend-failed");
  const leave = () => {
    close();
    resend.reset();
  };
  return (
    <>
      <Takes call="POST /apps/{appId}/webhooks/{webhookId}/resend-failed">
        <Button variant="default" size="xs" disabled={disabled} onClick={open}>
          Resend failed
        </Button>
      </Takes>
      <Modal opened={opened} onClose={leave} title="Resend what failed">
        <Stack>
          <Select
            label="Made in"
            data={SINCE}
            allowDeselect={false}
            value={hours}
            onChange={(value) => setHours(value ?? "24")}
          />
          {resend.data && (
            <Text size="sm" role="status">
              {resend.data.count === 0
                ? "Nothing failed in this time."
                : `${resend.data.count} on their way again.`}
            </Text>
          )}
          {resend.error && <Failure error={resend.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={leave}>
              Close
            </Button>
            <Button
              loading={resend.isPending}
              onClick={() =>
                resend.mutate({ params, body: { since: Date.now() - Number(hours) * HOUR_MS } })
              }
            >
              Resend
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
