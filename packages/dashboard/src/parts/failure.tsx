import { Alert, Button, Code, Group, Stack, Text } from "@mantine/core";
import { ApiError } from "../api/client.ts";

/** What failed, in the API's words, and how to go on. */
export function Failure({ error, retry }: { error: Error; retry?: () => void }) {
  const id = error instanceof ApiError ? error.requestId : null;
  return (
    <Alert color="red" title={titleOf(error)} role="alert">
      <Stack gap="xs">
        <Text size="sm">{error.message}</Text>
        {id && (
          <Text size="xs" c="dimmed">
            Request <Code>{id}</Code>
          </Text>
        )}
        {retry && (
          <Group>
            <Button size="xs" variant="light" color="red" onClick={retry}>
              Try again
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}

function titleOf(error: Error): string {
  if (!(error instanceof ApiError)) return "This page failed";
  if (error.code === "role_required") return "Your role does not allow this";
  if (error.code === "changed_meanwhile") return "Changed by somebody else";
  if (error.status === 0 || error.status >= 500) return "The server could not do it now";
  return "That did not work";
}
