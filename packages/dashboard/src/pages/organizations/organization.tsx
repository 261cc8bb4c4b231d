import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { read } from "../../api/queries.ts";
import { Copyable } from "../../parts/copyable.tsx";
import { Page } from "../../parts/page.tsx";
import { PageTabs } from "../../parts/page-tabs.tsx";
import { Shown } from "../../parts/shown.tsx";

const TABS = { members: "Members", invitations: "Invitations", settings: "Settings" } as const;

export function OrganizationPage() {
  const params = useParams({ from: "/signed-in/apps/$appId/organizations/$organizationId" });
  const organization = useQuery(
    read("GET /apps/{appId}/organizations/{organizationId}", { params }),
  );
  const navigate = useNavigate();
  return (
    <Shown query={organization} what="the organization">
      {({ id, name }) => (
        <Page title={name} lead={<Copyable value={id} label="organization id" />}>
          <PageTabs
            tabs={TABS}
            open={(tab) =>
              navigate({ to: `/apps/$appId/organizations/$organizationId/${tab}`, params })
            }
          />
        </Page>
      )}
    </Shown>
  );
}
