import { Stack, Title } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import {
  ChoiceField,
  LinesField,
  NumberField,
  SwitchField,
  TextField,
} from "../../form/inputs.tsx";
import { AppSettingsForm } from "./app-settings-form.tsx";
import { SigningKeys } from "./signing-keys.tsx";

/** Where people may be sent back to, and how long things last. */
export function Advanced() {
  const { appId } = useParams({ from: "/signed-in/apps/$appId" });
  return (
    <Stack gap="xl">
      <ReturnsAndLifetimes />
      <SigningKeys appId={appId} />
    </Stack>
  );
}

function ReturnsAndLifetimes() {
  return (
    <AppSettingsForm>
      {(fields) => (
        <Stack>
          <Title order={2} size="h4">
            Addresses to return to
          </Title>
          <LinesField
            fields={fields}
            name="redirectUris"
            label="Redirect URIs"
            description="Where the hosted sign-in may send people, one a line, compared byte for byte."
            placeholder="https://app.example.com/callback"
          />
          <LinesField
            fields={fields}
            name="logoutUris"
            label="Logout URIs"
            description="Where signing out may lead, one a line. The first is the default."
            placeholder="https://app.example.com/"
          />
          <LinesField
            fields={fields}
            name="oauthRedirectUrls"
            label="OAuth redirect URLs"
            description="Pages of the app that a sign-in at a provider may return to, one a line, without query. Empty: any page of an allowed origin."
            placeholder="https://app.example.com/signed-in"
          />
          <Title order={2} size="h4" mt="md">
            Sessions of the browser protocol
          </Title>
          <NumberField
            fields={fields}
            name="sessionLifetime"
            label="Session lifetime"
            description="Never extended. 30 days are 2,592,000 seconds."
            suffix=" s"
          />
          <NumberField
            fields={fields}
            name="idleLifetime"
            label="Idle lifetime"
            description="A session that is not used for this long is over. Empty: the session lifetime."
            suffix=" s"
          />
          <NumberField
            fields={fields}
            name="accessTokenTtl"
            label="Access token lifetime"
            description="Empty: an hour, unless the deployment says otherwise."
            suffix=" s"
          />
          <SwitchField
            fields={fields}
            name="identityToken"
            label="Identity token"
            description="Sends a token with the user's accounts and metadata along."
          />
          <TextField
            fields={fields}
            name="cookiePrefix"
            label="Cookie names begin with"
            description="acme makes them acme-token, acme-session and so on. Tell your servers and pages the same. The vendors' SDKs know privy alone; sessions in cookies of an earlier name go on."
          />
          <Title order={2} size="h4" mt="md">
            Sessions of the app-server protocol
          </Title>
          <NumberField
            fields={fields}
            name="appServerSessionLifetime"
            label="Session lifetime"
            suffix=" s"
          />
          <NumberField
            fields={fields}
            name="appServerAccessTokenTtl"
            label="Access token lifetime"
            description="Empty: 15 minutes, unless the deployment says otherwise."
            suffix=" s"
          />
          <Title order={2} size="h4" mt="md">
            Refreshing
          </Title>
          <NumberField
            fields={fields}
            name="refreshWindow"
            label="Replay window"
            description="How long a repeated refresh gets the same answer, up to 600. Empty: the deployment's."
            suffix=" s"
          />
          <ChoiceField
            fields={fields}
            name="lateReplay"
            label="A refresh token that comes back late"
            options={[
              { value: "forgive_once", label: "is forgiven once: answers get lost" },
              { value: "off", label: "ends the session" },
            ]}
          />
        </Stack>
      )}
    </AppSettingsForm>
  );
}
