import { Stack, Title } from "@mantine/core";
import { LinesField } from "../../form/inputs.tsx";
import { AppSettingsForm } from "./app-settings-form.tsx";
import { HttpOnlyCookies } from "./http-only-cookies.tsx";

/** Where pages may call from, and the domain that cookies are set on. */
export function Domains() {
  return (
    <Stack gap="xl">
      <Stack gap="xs">
        <Title order={2} size="h4">
          Allowed origins
        </Title>
        <AppSettingsForm>
          {(fields) => (
            <LinesField
              fields={fields}
              name="allowedOrigins"
              label="Origins whose pages may call"
              description="One a line, with protocol and without path. A whole leftmost label may be a wildcard (https://*.example.com); localhost has its port. Empty: no page may."
              placeholder={"https://app.example.com\nhttp://localhost:3000"}
            />
          )}
        </AppSettingsForm>
      </Stack>
      <HttpOnlyCookies />
    </Stack>
  );
}
