import { Stack, Text } from "@mantine/core";
import { Copyable } from "../../parts/copyable.tsx";

/** What is entered at the provider, to the letter. */
export function RedirectUris({ uris }: { uris: readonly string[] }) {
  return (
    <Stack gap={4}>
      <Text size="sm" fw={500}>
        {uris.length === 1
          ? "Redirect URI to register at the provider"
          : "Redirect URIs to register at the provider, each of them"}
      </Text>
      {uris.map((uri) => (
        <Copyable key={uri} value={uri} label="redirect URI" />
      ))}
    </Stack>
  );
}
