import { Button, Group, Paper, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { read, useChange } from "../api/queries.ts";
import { NumberField, SwitchField, TextField } from "../form/inputs.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Copyable } from "../parts/copyable.tsx";
import { Failure } from "../parts/failure.tsx";
import { Page } from "../parts/page.tsx";
import { Shown } from "../parts/shown.tsx";
import { Takes } from "../parts/takes.tsx";
import { AppSettingsForm } from "./settings/app-settings-form.tsx";

/** Who may sign in, and how. */
export function Authentication() {
  const { appId } = useParams({ from: "/signed-in/apps/$appId/authentication" });
  return (
    <Page title="Authentication" lead="Who may sign in, and how.">
      <Stack gap="xs">
        <Title order={2} size="h4">
          Ways to sign in
        </Title>
        <AppSettingsForm>
          {(fields) => (
            <>
              <SwitchField fields={fields} name="emailAuth" label="A code by mail" />
              <SwitchField
                fields={fields}
                name="passwordAuth"
                label="Password"
                description="On the hosted pages and by the password grant."
              />
              <SwitchField
                fields={fields}
                name="passkeyAuth"
                label="Passkeys"
                description="On the app's pages and the hosted ones. Verify the app's domain first: passkeys belong to it for good."
              />
              <SwitchField
                fields={fields}
                name="passkeysForSignup"
                label="Sign up by passkey alone"
                description="A new user has no address then, and nothing else to come back by."
              />
              <SwitchField
                fields={fields}
                name="accountTransfer"
                label="Let accounts of providers move between users"
                description="Who proves both takes the account over from a user who has nothing else, and who is deleted."
              />
              <SwitchField fields={fields} name="guestAuth" label="Guests" />
              <SwitchField
                fields={fields}
                name="publicClients"
                label="Apps without a server"
                description="PKCE alone, without the API key, gets tokens."
              />
              <SwitchField
                fields={fields}
                name="disablePlusEmails"
                label="Refuse addresses with a plus sign"
              />
              <NumberField
                fields={fields}
                name="maxUsers"
                label="Most users"
                description="A new one beyond this is refused. Empty: no limit."
              />
              <SwitchField
                fields={fields}
                name="requireTerms"
                label="Ask for the terms before going on"
              />
              <SwitchField
                fields={fields}
                name="allowlistEnabled"
                label="Only who is on the allowlist"
              />
              <TextField
                fields={fields}
                name="allowlistTitle"
                label="What others are told: title"
              />
              <TextField
                fields={fields}
                name="allowlistDetail"
                label="What others are told: detail"
              />
            </>
          )}
        </AppSettingsForm>
      </Stack>
      <Allowlist appId={appId} />
      <TestAccounts appId={appId} />
    </Page>
  );
}

function Allowlist({ appId }: { appId: string }) {
  const list = useQuery(read("GET /apps/{appId}/allowlist", { params: { appId } }));
  const add = useChange("POST /apps/{appId}/allowlist");
  const remove = useChange("DELETE /apps/{appId}/allowlist/{value}");
  const [value, setValue] = useState("");
  function submit(event: FormEvent) {
    event.preventDefault();
    add.mutate({ params: { appId }, body: { value } }, { onSuccess: () => setValue("") });
  }
  return (
    <Paper withBorder p="lg" radius="md" maw={640}>
      <Stack>
        <Title order={2} size="h4">
          Allowlist
        </Title>
        <Takes call="POST /apps/{appId}/allowlist">
          <form onSubmit={submit}>
            <Group align="flex-end">
              <TextInput
                label="Address or domain"
                placeholder="ada@example.com or example.com"
                required
                value={value}
                onChange={(event) => setValue(event.currentTarget.value)}
                error={add.error?.fields.value}
                style={{ flex: "1 1 240px" }}
              />
              <Button type="submit" variant="default" loading={add.isPending}>
                Add
              </Button>
            </Group>
          </form>
        </Takes>
        {(add.error ?? remove.error) && <Failure error={(add.error ?? remove.error) as Error} />}
        <Shown query={list} what="the allowlist">
          {({ items }) =>
            items.length === 0 ? (
              <Text size="sm" c="dimmed">
                Nobody is on it.
              </Text>
            ) : (
              <Table>
                <Table.Tbody>
                  {items.map((entry) => (
                    <Table.Tr key={entry.id}>
                      <Table.Td>{entry.value}</Table.Td>
                      <Table.Td ta="right">
                        <Takes call="DELETE /apps/{appId}/allowlist/{value}">
                          <Button
                            variant="subtle"
                            color="red"
                            size="xs"
                            aria-label={`Take ${entry.value} off the list`}
                            onClick={() => remove.mutate({ params: { appId, value: entry.value } })}
                          >
                            Remove
                          </Button>
                        </Takes>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            )
          }
        </Shown>
      </Stack>
    </Paper>
  );
}

function TestAccounts({ appId }: { appId: string }) {
  const list = useQuery(read("GET /apps/{appId}/test-accounts", { params: { appId } }));
  const enable = useChange("POST /apps/{appId}/test-accounts");
  const disable = useChange("DELETE /apps/{appId}/test-accounts");
  return (
    <Paper withBorder p="lg" radius="md" maw={640}>
      <Stack>
        <Title order={2} size="h4">
          Test account
        </Title>
        <Text size="sm" c="dimmed">
          An address with a fixed code, for app reviews and automated tests. A new one takes the
          place of the one before.
        </Text>
        <Shown query={list} what="the test accounts">
          {({ items }) => (
            <Stack gap="xs">
              {items.map(({ id, email, code }) => (
                <Group key={id}>
                  <Copyable value={email} label="address" />
                  <Copyable value={code} label="code" />
                </Group>
              ))}
              {items.length === 0 && <Text size="sm">There is none.</Text>}
              <Group>
                <Takes call="POST /apps/{appId}/test-accounts">
                  <Button
                    variant="default"
                    size="xs"
                    loading={enable.isPending}
                    onClick={() => enable.mutate({ params: { appId } })}
                  >
                    {items.length === 0 ? "Make one" : "Make a new one"}
                  </Button>
                </Takes>
                {items.length > 0 && (
                  <Confirm
                    label="Switch off"
                    title="Switch test accounts off?"
                    action="Switch off"
                    work={disable}
                    run={(done) => disable.mutate({ params: { appId } }, { onSuccess: done })}
                  >
                    Whoever uses it cannot sign in with it any more.
                  </Confirm>
                )}
              </Group>
            </Stack>
          )}
        </Shown>
        {enable.error && <Failure error={enable.error} />}
      </Stack>
    </Paper>
  );
}
