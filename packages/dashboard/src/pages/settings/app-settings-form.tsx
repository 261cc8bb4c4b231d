/** A form over some settings of the app in the address. */
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { read, useChange } from "../../api/queries.ts";
import { type Fields, SettingsForm } from "../../form/settings-form.tsx";
import { Shown } from "../../parts/shown.tsx";

export function AppSettingsForm({ children }: { children: (fields: Fields) => ReactNode }) {
  const { appId } = useParams({ from: "/signed-in/apps/$appId" });
  const app = useQuery(read("GET /apps/{appId}", { params: { appId } }));
  const update = useChange("PATCH /apps/{appId}");
  return (
    <Shown query={app} what="the settings">
      {({ name, settings, version }) => (
        <SettingsForm
          call={update.call}
          saved={{ name, ...settings }}
          busy={update.isPending}
          failure={update.error}
          save={({ name: newName, ...changed }) =>
            update.mutateAsync({
              params: { appId },
              body: {
                version,
                ...(newName !== undefined && { name: String(newName) }),
                settings: changed as Record<string, never>,
              },
            })
          }
        >
          {children}
        </SettingsForm>
      )}
    </Shown>
  );
}
