import type { Insight } from "@latchkey/core/protocol/admin";
import { Paper, SimpleGrid, Stack, Text } from "@mantine/core";
import { When } from "../../parts/when.tsx";

const whole = new Intl.NumberFormat();

/** How many there are now. */
export function Counts({ counts }: { counts: Insight["counts"] }) {
  if (counts === null) {
    return (
      <Text size="sm" c="dimmed" role="status">
        Users and sessions are being counted for the first time; look again in a moment.
      </Text>
    );
  }
  const all = [
    ["Live sessions", counts.liveSessions],
    ["Users signed in", counts.signedInUsers],
    ["Signed in, last 24 h", counts.signedInLast24h],
    ["Signed in, last 30 d", counts.signedInLast30d],
    ["Users", counts.users],
  ] as const;
  return (
    <Stack gap={6}>
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} component="dl" m={0}>
        {all.map(([label, n]) => (
          <Paper key={label} withBorder p="md" radius="md">
            <Text component="dt" size="xs" c="dimmed">
              {label}
            </Text>
            <Text
              component="dd"
              m={0}
              fz={24}
              fw={700}
              style={{ fontVariantNumeric: "tabular-nums" }}
            >
              {whole.format(n)}
            </Text>
          </Paper>
        ))}
      </SimpleGrid>
      <Text size="xs" c="dimmed">
        Counted <When at={counts.countedAt} />. Large numbers are counted less often.
      </Text>
    </Stack>
  );
}
