import { Stack, Switch } from "@mantine/core";
import type { Answer } from "../../api/client.ts";
import { useChange } from "../../api/queries.ts";
import { Failure } from "../../parts/failure.tsx";
import { Takes } from "../../parts/takes.tsx";

export function ProviderSwitch({
  appId,
  provider: { id, name, enabled, version },
}: {
  appId: string;
  provider: Answer<"GET /apps/{appId}/providers">["items"][number];
}) {
  const change = useChange("PATCH /apps/{appId}/providers/{providerId}");
  return (
    <Stack gap="xs">
      <Takes call="PATCH /apps/{appId}/providers/{providerId}">
        <Switch
          aria-label={`Sign in with ${name}`}
          checked={enabled}
          disabled={change.isPending}
          onChange={(event) =>
            change.mutate({
              params: { appId, providerId: id },
              body: { version, enabled: event.currentTarget.checked },
            })
          }
        />
      </Takes>
      {change.error && <Failure error={change.error} />}
    </Stack>
  );
}
