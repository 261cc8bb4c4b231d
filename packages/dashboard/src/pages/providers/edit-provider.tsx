import { Select, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Answer } from "../../api/client.ts";
import { read, useChange } from "../../api/queries.ts";
import { LinesField, SwitchField, TextField } from "../../form/inputs.tsx";
import { type Fields, SettingsForm } from "../../form/settings-form.tsx";
import { helpOf } from "./preset-help.ts";

type Shown = Answer<"GET /apps/{appId}/providers/{providerId}">;
type Options = Answer<"GET /provider-presets">["items"][number]["options"];

const OPTION = "options.";

export function EditProvider({
  params,
  provider,
  options,
}: {
  params: { appId: string; providerId: string };
  provider: Shown;
  options: Options;
}) {
  const change = useChange("PATCH /apps/{appId}/providers/{providerId}");
  const { preset, version, organizationId } = provider;
  const help = helpOf(preset);
  const own = Object.entries(provider.options).map(([key, value]) => [`${OPTION}${key}`, value]);

  function save(changed: Readonly<Record<string, unknown>>) {
    const isOption = ([name]: [string, unknown]) => name.startsWith(OPTION);
    const entries = Object.entries(changed);
    const given = entries
      .filter(isOption)
      .map(([name, value]) => [name.slice(OPTION.length), value ?? ""]);
    const body = {
      version,
      ...Object.fromEntries(entries.filter((entry) => !isOption(entry))),
      ...(given.length > 0 && { options: { ...provider.options, ...Object.fromEntries(given) } }),
    };
    return change.mutateAsync({ params, body });
  }

  return (
    <SettingsForm
      call={change.call}
      saved={{ ...provider, ...Object.fromEntries(own), clientSecret: undefined }}
      busy={change.isPending}
      failure={change.error}
      save={save}
    >
      {(fields) => (
        <>
          <TextField fields={fields} name="name" label="Name on the button" />
          <TextField fields={fields} name="clientId" label={help.clientId} />
          <SecretField
            fields={fields}
            label={help.secret}
            hasSecret={provider.hasSecret}
            rows={preset === "apple" ? 5 : 1}
          />
          {options.map(({ key, label, help: words }) => (
            <TextField
              key={key}
              fields={fields}
              name={`${OPTION}${key}`}
              label={label}
              description={words}
            />
          ))}
          <LinesField
            fields={fields}
            name="scopes"
            label="More scopes"
            description="Asked for in addition to those that say who somebody is, one a line."
          />
          {organizationId === null ? (
            <SwitchField
              fields={fields}
              name="mergeByEmail"
              label="Join accounts by address"
              description="Who signs in here with an address that the provider vouches for gets the account that has it. Switch it on only for a provider that you trust with every account."
            />
          ) : (
            <>
              <LinesField
                fields={fields}
                name="domains"
                label="Domains of the organization"
                description="Addresses there are sent to this provider, and sign in no other way. One a line."
                placeholder="acme.com"
              />
              <RoleField fields={fields} appId={params.appId} />
              <SwitchField
                fields={fields}
                name="mergeByEmail"
                label="Join accounts by address"
                description="Who signs in here with an address at one of its domains gets the account that has it."
              />
            </>
          )}
          <SwitchField
            fields={fields}
            name="returnTokens"
            label="Hand the provider's tokens to the app"
            description="Only where the app calls the provider's own API."
          />
        </>
      )}
    </SettingsForm>
  );
}

function SecretField({
  fields,
  label,
  hasSecret,
  rows,
}: {
  fields: Fields;
  label: string;
  hasSecret: boolean;
  rows: number;
}) {
  return (
    <Textarea
      label={label}
      description={hasSecret ? "There is one. Type another to replace it." : "There is none."}
      autoComplete="off"
      spellCheck={false}
      autosize
      minRows={rows}
      value={(fields.value("clientSecret") as string | undefined) ?? ""}
      onChange={(event) => fields.set("clientSecret", event.currentTarget.value || undefined)}
      error={fields.error("clientSecret")}
    />
  );
}

/** Whether signing in makes a member, and what of. */
function RoleField({ fields, appId }: { fields: Fields; appId: string }) {
  const app = useQuery(read("GET /apps/{appId}", { params: { appId } }));
  return (
    <Select
      label="Make new people members"
      description="With this role, when they first sign in. Empty: only who is a member already gets in."
      placeholder="No"
      clearable
      data={(app.data?.settings.roles ?? []).map(({ slug, name }) => ({
        value: slug,
        label: name,
      }))}
      value={fields.value("joinRole") as string | null}
      onChange={(role) => fields.set("joinRole", role)}
      error={fields.error("joinRole")}
    />
  );
}
