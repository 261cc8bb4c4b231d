import { Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { read, useChange } from "../../api/queries.ts";
import { LinesField, TextField } from "../../form/inputs.tsx";
import { SettingsForm } from "../../form/settings-form.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { Shown } from "../../parts/shown.tsx";

/** What it is called, and what the tokens of its members claim. */
export function OrganizationSettings() {
  const params = useParams({ from: "/signed-in/apps/$appId/organizations/$organizationId" });
  const path = "/apps/{appId}/organizations/{organizationId}";
  const organization = useQuery(read(`GET ${path}`, { params }));
  const update = useChange(`PATCH ${path}`);
  const remove = useChange(`DELETE ${path}`);
  const navigate = useNavigate();
  return (
    <Stack gap="xl">
      <Shown query={organization} what="the organization">
        {({ name, entitlements, featureFlags }) => (
          <SettingsForm
            call={update.call}
            saved={{ name, entitlements, featureFlags }}
            busy={update.isPending}
            failure={update.error}
            save={(body) => update.mutateAsync({ params, body })}
            savedWords="Saved. Tokens say so from their next refresh on."
          >
            {(fields) => (
              <>
                <TextField fields={fields} name="name" label="Name" />
                <LinesField
                  fields={fields}
                  name="entitlements"
                  label="Entitlements"
                  description="What it has paid for, one a line: its members' tokens carry them."
                  placeholder="reports"
                />
                <LinesField
                  fields={fields}
                  name="featureFlags"
                  label="Feature flags"
                  description="What is switched on for it, one a line."
                  placeholder="new-editor"
                />
              </>
            )}
          </SettingsForm>
        )}
      </Shown>
      <Group>
        <Confirm
          label="Delete this organization"
          title="Delete this organization?"
          action="Delete"
          color="red"
          variant="light"
          work={remove}
          run={(done) =>
            remove.mutate(
              { params },
              {
                onSuccess: () => {
                  done();
                  navigate({ to: "/apps/$appId/organizations", params });
                },
              },
            )
          }
        >
          Its memberships and invitations go with it; its users stay. There is no way back.
        </Confirm>
      </Group>
    </Stack>
  );
}
