import { Button, Text } from "@mantine/core";
import type { Input } from "../../api/client.ts";
import { useChange } from "../../api/queries.ts";
import { Takes } from "../../parts/takes.tsx";

type Words = Input<"POST /apps/{appId}/mail-templates/{kind}/test">["body"];

/** To whoever is signed in. */
export function SendTest({ words, ...params }: { appId: string; kind: string; words: Words }) {
  const send = useChange("POST /apps/{appId}/mail-templates/{kind}/test");
  return (
    <>
      <Takes call="POST /apps/{appId}/mail-templates/{kind}/test">
        <Button
          variant="default"
          loading={send.isPending}
          onClick={() => send.mutate({ params, body: words })}
        >
          Send me a test
        </Button>
      </Takes>
      {send.data && (
        <Text size="sm" role="status">
          On its way to {send.data.to}.
        </Text>
      )}
      {send.error && (
        <Text size="sm" c="red" role="alert">
          {send.error.message}
        </Text>
      )}
    </>
  );
}
