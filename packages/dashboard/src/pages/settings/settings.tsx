import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { read } from "../../api/queries.ts";
import { Page } from "../../parts/page.tsx";
import { PageTabs } from "../../parts/page-tabs.tsx";

const TABS = {
  basics: "Basics",
  domains: "Domains",
  clients: "Clients",
  advanced: "Advanced",
} as const;

/** Configuration › App settings. */
export function Settings() {
  const { appId } = useParams({ from: "/signed-in/apps/$appId/settings" });
  const app = useQuery(read("GET /apps/{appId}", { params: { appId } }));
  const navigate = useNavigate();
  return (
    <Page title="App settings" lead={app.data?.name}>
      <PageTabs
        tabs={TABS}
        open={(tab) => navigate({ to: `/apps/$appId/settings/${tab}`, params: { appId } })}
      />
    </Page>
  );
}
