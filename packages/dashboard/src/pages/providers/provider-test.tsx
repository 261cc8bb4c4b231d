import { Alert, Badge, Button, Group, List, Stack, Text } from "@mantine/core";
import { useChange } from "../../api/queries.ts";
import { Failure } from "../../parts/failure.tsx";
import { Takes } from "../../parts/takes.tsx";

const COLORS = { good: "teal", warning: "yellow", wrong: "red", unknown: "gray" } as const;
const WORDS = { good: "good", warning: "look", wrong: "wrong", unknown: "not known" } as const;

/** Asks the provider, and says what it found. */
export function ProviderTest({ params }: { params: { appId: string; providerId: string } }) {
  const test = useChange("POST /apps/{appId}/providers/{providerId}/test");
  return (
    <Stack gap="sm">
      <Group>
        <Takes call="POST /apps/{appId}/providers/{providerId}/test">
          <Button
            variant="default"
            loading={test.isPending}
            onClick={() => test.mutate({ params })}
          >
            Test it
          </Button>
        </Takes>
        <Text size="sm" c="dimmed">
          Asks the provider with what is saved here. Nobody is signed in.
        </Text>
      </Group>
      {test.error && <Failure error={test.error} />}
      {test.data && (
        <Alert
          color={test.data.works ? "teal" : "red"}
          title={test.data.works ? "Nothing is wrong" : "It does not work yet"}
          role="status"
        >
          <List listStyleType="none" spacing="xs" size="sm">
            {test.data.findings.map(({ check, result, text }) => (
              <List.Item key={check}>
                <Badge size="sm" variant="light" color={COLORS[result]} mr="xs">
                  {WORDS[result]}
                </Badge>
                {text}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
    </Stack>
  );
}
