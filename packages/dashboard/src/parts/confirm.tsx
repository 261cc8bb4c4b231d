import { Button, type ButtonProps, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import type { Endpoint } from "../api/client.ts";
import { Failure } from "./failure.tsx";
import { Takes } from "./takes.tsx";

/** As much of a change as this needs. */
interface Work {
  readonly call: Endpoint;
  readonly isPending: boolean;
  readonly error: Error | null;
  reset(): void;
}

/** A button that asks before it does what cannot be taken back. */
export function Confirm({
  label,
  title,
  children,
  action,
  actionColor = "red",
  work,
  run,
  ...button
}: {
  label: string;
  title: string;
  children: ReactNode;
  /** Of the button that does it. */
  action: string;
  /** Red, unless nothing is lost by it. */
  actionColor?: string;
  work: Work;
  run: (done: () => void) => void;
} & ButtonProps) {
  const [opened, { open, close }] = useDisclosure();
  const leave = () => {
    close();
    work.reset();
  };
  return (
    <>
      <Takes call={work.call}>
        <Button variant="default" size="xs" {...button} onClick={open}>
          {label}
        </Button>
      </Takes>
      <Modal opened={opened} onClose={leave} title={title}>
        <Stack>
          <Text size="sm" component="div">
            {children}
          </Text>
          {work.error && <Failure error={work.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={leave}>
              Cancel
            </Button>
            <Button color={actionColor} loading={work.isPending} onClick={() => run(leave)}>
              {action}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
