import { Alert, Button, Group, Modal, NumberInput, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { useChange } from "../../api/queries.ts";
import { Copyable } from "../../parts/copyable.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Takes } from "../../parts/takes.tsx";

export function RotateWebhookSecret(params: { appId: string; webhookId: string }) {
  const [opened, { open, close }] = useDisclosure();
  const [hours, setHours] = useState(24);
  const rotate = useChange("POST /apps/{appId}/webhooks/{webhookId}/secret");

  function leave() {
    close();
    rotate.reset();
  }

  return (
    <>
      <Takes call="POST /apps/{appId}/webhooks/{webhookId}/secret">
        <Button variant="default" size="xs" onClick={open}>
          Rotate secret
        </Button>
      </Takes>
      <Modal opened={opened} onClose={leave} title="Rotate the signing secret">
        {rotate.data ? (
          <Stack>
            <Alert color="yellow" title="Copy it now">
              It is shown this once.{" "}
              {hours > 0 && `For ${hours} hours, each request is signed by both.`}
            </Alert>
            <Copyable value={rotate.data.secret} label="secret" />
            <Group justify="flex-end">
              <Button onClick={leave}>I have copied it</Button>
            </Group>
          </Stack>
        ) : (
          <Stack>
            <Text size="sm">
              A new secret is made. For a while each request carries two signatures, one by each, so
              that your server can be moved over without losing any.
            </Text>
            <NumberInput
              label="Hours that the one before signs too"
              description="0 when it was leaked: it ends at once."
              min={0}
              max={168}
              value={hours}
              onChange={(value) => setHours(Number(value))}
              error={rotate.error?.fields.overlapHours}
            />
            {rotate.error && <Failure error={rotate.error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={leave}>
                Cancel
              </Button>
              <Button
                loading={rotate.isPending}
                onClick={() => rotate.mutate({ params, body: { overlapHours: hours } })}
              >
                Make a new one
              </Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </>
  );
}
