import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useLocation, useNavigate, useParams } from "@tanstack/react-router";
import { read } from "../../api/queries.ts";
import { Page } from "../../parts/page.tsx";

const TABS = { basics: "Basics", domains: "Domains", clients: "Clients", advanced: "Advanced" };
type Tab = keyof typeof TABS;

/** Configuration › App settings. Each tab has its address. */
export function Settings() {
  const { appId } = useParams({ from: "/signed-in/apps/$appId/settings" });
  const app = useQuery(read("GET /apps/{appId}", { params: { appId } }));
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const tab = pathname.split("/").at(-1) as Tab;
  return (
    <Page title="App settings" lead={app.data?.name}>
      <Tabs
        value={tab}
        onChange={(next) =>
          navigate({ to: `/apps/$appId/settings/${next as Tab}`, params: { appId } })
        }
      >
        <Tabs.List>
          {Object.entries(TABS).map(([value, label]) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab} pt="lg">
          <Outlet />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
