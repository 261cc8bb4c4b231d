import type { AdminApp } from "@latchkey/core/protocol/admin";
import { Button, Fieldset, Group, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import type { Fields } from "../../form/settings-form.tsx";
import { Page } from "../../parts/page.tsx";
import { AppSettingsForm } from "../settings/app-settings-form.tsx";

type Role = AdminApp["settings"]["roles"][number];

/** What membership of an organization can mean in this app. */
export function Roles() {
  return (
    <Page
      title="Roles and permissions"
      lead="What a member of an organization can be. Tokens carry the roles and their permissions."
    >
      <AppSettingsForm>{(fields) => <RoleList fields={fields} />}</AppSettingsForm>
    </Page>
  );
}

function RoleList({ fields }: { fields: Fields }) {
  const roles = fields.value("roles") as readonly Role[];
  const replace = (index: number, role: Role) => fields.set("roles", roles.with(index, role));
  return (
    <Stack>
      {roles.map((role, index) => (
        // Rows have no identity of their own until they are saved.
        // biome-ignore lint/suspicious/noArrayIndexKey: a slug changes while it is typed
        <Fieldset key={index} legend={index === 0 ? "First: what a new member gets" : role.name}>
          <Stack gap="xs">
            <Group align="flex-start" grow preventGrowOverflow={false}>
              <TextInput
                label="Name"
                value={role.name}
                onChange={(event) => replace(index, { ...role, name: event.currentTarget.value })}
                error={fields.error(`roles.${index}.name`)}
              />
              <TextInput
                label="Slug"
                description="As tokens carry it."
                inputWrapperOrder={["label", "input", "description", "error"]}
                value={role.slug}
                onChange={(event) => replace(index, { ...role, slug: event.currentTarget.value })}
                error={fields.error(`roles.${index}.slug`)}
              />
            </Group>
            <TagsInput
              label="Permissions"
              placeholder="notes:write, then Enter"
              value={[...role.permissions]}
              onChange={(permissions) => replace(index, { ...role, permissions })}
              error={fields.error(`roles.${index}.permissions`)}
            />
            {roles.length > 1 && (
              <Group justify="flex-end">
                <Button
                  variant="subtle"
                  color="red"
                  size="xs"
                  aria-label={`Remove the role ${role.name}`}
                  onClick={() =>
                    fields.set(
                      "roles",
                      roles.filter((other) => other !== role),
                    )
                  }
                >
                  Remove
                </Button>
              </Group>
            )}
          </Stack>
        </Fieldset>
      ))}
      {roles.length === 0 && <Text size="sm">There has to be one.</Text>}
      <Group>
        <Button
          variant="default"
          size="xs"
          onClick={() => fields.set("roles", [...roles, { slug: "", name: "", permissions: [] }])}
        >
          Add a role
        </Button>
      </Group>
    </Stack>
  );
}
