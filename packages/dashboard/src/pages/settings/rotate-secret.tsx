import { Alert, Button, Group, Modal, NumberInput, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { useChange } from "../../api/queries.ts";
import { Copyable } from "../../parts/copyable.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Takes } from "../../parts/takes.tsx";

interface Props {
  readonly appId: string;
  readonly kind: "app_secret" | "api_key";
  readonly label: string;
}

export function RotateSecret({ appId, kind, label }: Props) {
  const [opened, { open, close }] = useDisclosure();
  const [hours, setHours] = useState(24);
  const rotate = useChange("POST /apps/{appId}/secrets");

  function leave() {
    close();
    rotate.reset();
  }

  return (
    <>
      <Takes call="POST /apps/{appId}/secrets">
        <Button variant="default" size="xs" onClick={open}>
          {label}
        </Button>
      </Takes>
      <Modal opened={opened} onClose={leave} title={label}>
        {rotate.data ? (
          <Stack>
            <Alert color="yellow" title="Copy it now">
              It is shown this once. The one before stays good for {hours} hours more.
            </Alert>
            <Copyable value={rotate.data.secret} label="secret" />
            <Group justify="flex-end">
              <Button onClick={leave}>I have copied it</Button>
            </Group>
          </Stack>
        ) : (
          <Stack>
            <Text size="sm">
              A new one is made. The one in use stays good for a while, so that servers can be moved
              over without an interruption.
            </Text>
            <NumberInput
              label="Hours that the one before stays good"
              description="0 when it was leaked: it ends at once."
              min={0}
              max={2160}
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
                onClick={() =>
                  rotate.mutate({ params: { appId }, body: { kind, overlapHours: hours } })
                }
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
