import { Tabs } from "@mantine/core";
import { Outlet, useLocation } from "@tanstack/react-router";

/** Tabs that each have an address, the last part of the path; the open one is shown below. */
export function PageTabs<Tab extends string>({
  tabs,
  open,
}: {
  tabs: Readonly<Record<Tab, string>>;
  open: (tab: Tab) => void;
}) {
  const { pathname } = useLocation();
  const current = pathname.split("/").at(-1) as Tab;
  return (
    <Tabs value={current} onChange={(next) => open(next as Tab)}>
      <Tabs.List style={{ flexWrap: "nowrap", overflowX: "auto", overflowY: "hidden" }}>
        {Object.entries(tabs).map(([value, label]) => (
          <Tabs.Tab key={value} value={value} px="sm">
            {label as string}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={current} pt="lg">
        <Outlet />
      </Tabs.Panel>
    </Tabs>
  );
}
