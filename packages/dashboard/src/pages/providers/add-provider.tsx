import { Anchor, Button, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { Answer } from "../../api/client.ts";
import { read, useChange } from "../../api/queries.ts";
import { Failure } from "../../parts/failure.tsx";
import { Page } from "../../parts/page.tsx";
import { Shown } from "../../parts/shown.tsx";
import { OrganizationSelect } from "./organization-select.tsx";
import { helpOf } from "./preset-help.ts";
import { RedirectUris } from "./redirect-uris.tsx";

type Preset = Answer<"GET /provider-presets">["items"][number];

export function AddProvider() {
  const { appId, preset: key } = useParams({
    from: "/signed-in/apps/$appId/providers/add/$preset",
  });
  const presets = useQuery(read("GET /provider-presets"));
  const providers = useQuery(read("GET /apps/{appId}/providers", { params: { appId } }));
  return (
    <Shown query={presets} what="the presets">
      {({ items }) => {
        const preset = items.find((each) => each.key === key);
        if (!preset) return <Page title="No such provider">This server has no preset {key}.</Page>;
        const { steps, console } = helpOf(key);
        const isShared = preset.issuer === "known";
        return (
          <Page title={isShared ? `Sign in with ${preset.name}` : "Any OpenID Connect provider"}>
            <Stack maw={640}>
              <Text size="sm">
                {steps}{" "}
                {console && (
                  <Anchor
                    href={console.href}
                    target="_blank"
                    rel="noreferrer"
                    size="sm"
                    underline="always"
                  >
                    Open {console.label}
                  </Anchor>
                )}
              </Text>
              {isShared && providers.data && <RedirectUris uris={providers.data.redirectUris} />}
              <AddForm appId={appId} preset={preset} />
            </Stack>
          </Page>
        );
      }}
    </Shown>
  );
}

function AddForm({ appId, preset }: { appId: string; preset: Preset }) {
  const navigate = useNavigate();
  const add = useChange("POST /apps/{appId}/providers");
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [organizationId, setOrganizationId] = useState<string | null>(null);
  const help = helpOf(preset.key);
  const isAny = preset.issuer === "asked";
  const errors = add.error?.fields ?? {};
  const given = (name: string) => values[name]?.trim() || undefined;
  const field = (name: string) => ({
    value: values[name] ?? "",
    error: errors[name],
    spellCheck: false,
    onChange: (event: { currentTarget: { value: string } }) =>
      setValues({ ...values, [name]: event.currentTarget.value }),
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    const options = preset.options.flatMap(({ key }) => {
      const value = given(`options.${key}`);
      return value === undefined ? [] : [[key, value] as const];
    });
    const domains = given("domains")?.split(/[\s,]+/);
    const body = {
      preset: preset.key,
      clientId: values.clientId ?? "",
      clientSecret: given("clientSecret"),
      slug: given("slug"),
      issuer: given("issuer"),
      name: given("name"),
      options: Object.fromEntries(options),
      organizationId,
      ...(organizationId !== null && domains && { domains }),
    };
    add.mutate(
      { params: { appId }, body },
      {
        onSuccess: ({ id }) =>
          navigate({ to: "/apps/$appId/providers/$providerId", params: { appId, providerId: id } }),
      },
    );
  }

  return (
    <form onSubmit={submit}>
      <Stack>
        {isAny && (
          <>
            <TextInput
              label="Issuer"
              description="The provider's address, without /.well-known/openid-configuration."
              placeholder="https://id.example.com"
              required
              {...field("issuer")}
            />
            <TextInput
              label="Short name"
              description="In addresses and in the SDKs, as custom:<short name>. It never changes."
              placeholder="acme"
              required
              {...field("slug")}
            />
          </>
        )}
        <TextInput
          label="Name on the button"
          placeholder={isAny ? "Acme" : preset.name}
          required={isAny}
          {...field("name")}
        />
        <TextInput label={help.clientId} required autoComplete="off" {...field("clientId")} />
        <Textarea
          label={help.secret}
          description="Kept encrypted, and never shown again."
          required={preset.secret !== "optional"}
          autoComplete="off"
          autosize
          minRows={preset.secret === "private_key" ? 5 : 1}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
          {...field("clientSecret")}
        />
        {preset.options.map(({ key, label, help: words, fallback }) => (
          <TextInput
            key={key}
            label={label}
            description={words}
            placeholder={fallback ?? ""}
            required={fallback === null}
            {...field(`options.${key}`)}
          />
        ))}
        <OrganizationSelect
          appId={appId}
          value={organizationId}
          error={errors.organizationId}
          onChange={setOrganizationId}
        />
        {organizationId !== null && (
          <TextInput
            label="Its domains"
            description="Addresses there are sent to this provider, and sign in no other way. Commas between."
            placeholder="acme.com"
            {...field("domains")}
          />
        )}
        {add.error && <Failure error={add.error} />}
        <Group>
          <Button type="submit" loading={add.isPending}>
            Add
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
