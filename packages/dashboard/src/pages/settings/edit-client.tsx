import { Divider, Stack } from "@mantine/core";
import { useChange } from "../../api/queries.ts";
import { ChoiceField, LinesField, NumberField, TextField } from "../../form/inputs.tsx";
import { SettingsForm } from "../../form/settings-form.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import type { AppClient } from "./clients.tsx";

interface Props {
  readonly appId: string;
  readonly client: AppClient;
  onDone(): void;
}

export function EditClient({ appId, client, onDone }: Props) {
  const update = useChange("PATCH /apps/{appId}/clients/{clientId}");
  const remove = useChange("DELETE /apps/{appId}/clients/{clientId}");
  const params = { appId, clientId: client.id };
  return (
    <Stack>
      <SettingsForm
        call={update.call}
        saved={{ name: client.name, ...client.settings }}
        busy={update.isPending}
        failure={update.error}
        save={async ({ name, ...changed }) => {
          await update.mutateAsync({
            params,
            body: {
              version: client.version,
              ...(name !== undefined && { name: String(name) }),
              settings: changed as Record<string, never>,
            },
          });
          onDone();
        }}
      >
        {(fields) => (
          <>
            <TextField fields={fields} name="name" label="Name" />
            <ChoiceField
              fields={fields}
              name="cookies"
              label="HttpOnly cookies"
              description="Enabled needs the app's domain; without one no cookie is set."
              options={[
                { value: "inherit", label: "As the app" },
                { value: "enabled", label: "Enabled" },
                { value: "disabled", label: "Disabled" },
              ]}
            />
            <LinesField
              fields={fields}
              name="allowedOrigins"
              label="Allowed origins"
              description="One a line, in place of the app's. Empty: the app's."
              placeholder="http://localhost:3000"
            />
            <NumberField
              fields={fields}
              name="sessionLifetime"
              label="Session lifetime"
              description="Empty: the app's."
              suffix=" s"
            />
            <LinesField
              fields={fields}
              name="nativeAppIds"
              label="Native app identifiers"
              description="Of mobile apps that use this client, one a line. It has no cookies then."
              placeholder="com.example.app"
            />
          </>
        )}
      </SettingsForm>
      <Divider />
      <Confirm
        label="Delete this client"
        title={`Delete ${client.name}?`}
        action="Delete"
        color="red"
        work={remove}
        run={(done) =>
          remove.mutate(
            { params },
            {
              onSuccess: () => {
                done();
                onDone();
              },
            },
          )
        }
      >
        Whatever names its id is refused from then on.
      </Confirm>
    </Stack>
  );
}
