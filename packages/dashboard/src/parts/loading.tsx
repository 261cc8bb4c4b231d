import { Center, Loader, Stack, Text } from "@mantine/core";
import { useTimeout } from "@mantine/hooks";
import { useState } from "react";

/** A spinner that says what it waits for once that takes over a second. */
export function Loading({ what }: { what: string }) {
  const [slow, setSlow] = useState(false);
  useTimeout(() => setSlow(true), 1000, { autoInvoke: true });
  return (
    <Center py="xl">
      <Stack align="center" gap="xs" role="status" aria-live="polite">
        <Loader size="sm" aria-label={`Loading ${what}`} />
        {slow && <Text size="sm" c="dimmed">{`Loading ${what}…`}</Text>}
      </Stack>
    </Center>
  );
}
