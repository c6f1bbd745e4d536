import { Tabs } from "@mantine/core";
import { Outlet } from "@tanstack/react-router";
import type { ReactNode } from "react";

interface PageTabsProps {
  /** The open one. */
  readonly tab: string;
  /** Part of the path and label of each. */
  readonly tabs: readonly (readonly [page: string, label: string])[];
  readonly open: (page: string | null) => unknown;
}

/** The tabs of an object, above the page that is open. */
export function PageTabs({ open, tab, tabs }: PageTabsProps): ReactNode {
  return (
    <Tabs value={tab} onChange={open} keepMounted={false}>
      <Tabs.List className="tabs">
        {tabs.map(([page, label]) => (
          <Tabs.Tab key={page} value={page}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={tab} pt="md">
        <Outlet />
      </Tabs.Panel>
    </Tabs>
  );
}
