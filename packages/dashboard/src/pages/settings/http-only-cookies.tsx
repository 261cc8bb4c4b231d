import { Alert, Button, Group, Paper, Stack, Switch, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { read, useChange } from "../../api/queries.ts";
import { Failure } from "../../parts/failure.tsx";
import { Shown } from "../../parts/shown.tsx";
import { Takes } from "../../parts/takes.tsx";
import { DomainPanel } from "./domain-panel.tsx";

/** The walk from "off" to cookies on the app's own domain. */
export function HttpOnlyCookies() {
  const { appId } = useParams({ from: "/signed-in/apps/$appId" });
  const app = useQuery(read("GET /apps/{appId}", { params: { appId } }));
  const own = useQuery(read("GET /apps/{appId}/domain", { params: { appId } }));
  const update = useChange("PATCH /apps/{appId}");

  return (
    <Shown query={app} what="the app">
      {({ settings, version, kind, warnings }) => {
        const change = (settingsChange: Record<string, string | boolean>) =>
          update.mutate({ params: { appId }, body: { version, settings: settingsChange } });
        return (
          <Paper withBorder p="lg" radius="md" maw={860}>
            <Stack>
              <Group justify="space-between" align="flex-start">
                <Stack gap={2} maw={560}>
                  <Title order={2} size="h4">
                    HttpOnly cookies
                  </Title>
                  <Text size="sm" c="dimmed">
                    The session is kept in cookies that this server sets on your own domain and that
                    no script can read. Once the domain is verified, this app works only there.
                  </Text>
                </Stack>
                <Takes call="PATCH /apps/{appId}">
                  <Switch
                    label={settings.httpOnlyCookies ? "On" : "Off"}
                    aria-label="HttpOnly cookies"
                    size="md"
                    checked={settings.httpOnlyCookies}
                    disabled={update.isPending}
                    onChange={(event) => change({ httpOnlyCookies: event.currentTarget.checked })}
                  />
                </Takes>
              </Group>
              {update.error && <Failure error={update.error} />}
              {kind === "development" && settings.httpOnlyCookies && (
                <Alert color="yellow" title="This is a development app">
                  Its cookies are set by the page itself, on any domain. A domain belongs to a
                  production app.
                </Alert>
              )}
              {settings.httpOnlyCookies && kind === "production" && (
                <Shown query={own} what="the domain">
                  {({ domain }) =>
                    domain === null ? (
                      <ClaimDomain appId={appId} />
                    ) : (
                      <>
                        {domain.state === "active" &&
                          warnings.map((warning) => (
                            <Alert key={warning} color="yellow" title="Worth a look">
                              {warning}
                            </Alert>
                          ))}
                        <DomainPanel appId={appId} domain={domain} />
                      </>
                    )
                  }
                </Shown>
              )}
              {settings.httpOnlyCookies && (
                <Takes call="PATCH /apps/{appId}">
                  <Switch
                    label="Set SameSite to Lax"
                    description="Cookies then come along when somebody follows a link from another site. Only safe where nothing is changed by a GET request: another site could lure your users into it."
                    checked={settings.sameSite === "lax"}
                    disabled={update.isPending}
                    onChange={(event) =>
                      change({ sameSite: event.currentTarget.checked ? "lax" : "strict" })
                    }
                  />
                </Takes>
              )}
            </Stack>
          </Paper>
        );
      }}
    </Shown>
  );
}

function ClaimDomain({ appId }: { appId: string }) {
  const [domain, setDomain] = useState("");
  const claim = useChange("POST /apps/{appId}/domain");
  function submit(event: FormEvent) {
    event.preventDefault();
    claim.mutate({ params: { appId }, body: { domain } });
  }
  const beside = claim.error?.fields.domain;
  return (
    <Takes call="POST /apps/{appId}/domain">
      <form onSubmit={submit}>
        <Stack gap="xs">
          <Group align="flex-end">
            <TextInput
              label="App domain"
              description="The root of your app's domain: no protocol, no www."
              placeholder="example.com"
              name="domain"
              required
              autoCapitalize="none"
              spellCheck={false}
              value={domain}
              onChange={(event) => setDomain(event.currentTarget.value)}
              error={beside}
              style={{ flex: "1 1 260px" }}
            />
            <Button type="submit" loading={claim.isPending} mb={beside ? 24 : 0}>
              Add domain
            </Button>
          </Group>
          {claim.error && !beside && <Failure error={claim.error} />}
        </Stack>
      </form>
    </Takes>
  );
}
