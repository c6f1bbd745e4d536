import { Stack, Tabs, Text, Title } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { meQuery } from "../api/queries.ts";
import { operatorTabs } from "./operator-tabs.ts";

/** The frame of the pages for operators. The API refuses their calls to everybody else. */
export function OperatorPages(): ReactNode {
  const { data: me } = useSuspenseQuery(meQuery);
  const navigate = useNavigate();
  // /operator/<tab>/…
  const tab = useRouterState({ select: ({ location }) => location.pathname.split("/")[2] || "health" });
  return (
    <Stack>
      <Title order={2}>Operator</Title>
      {me.account?.isOperator ? (
        <Tabs value={tab} onChange={(page) => navigate({ to: `/operator/${page}` })} keepMounted={false}>
          <Tabs.List className="tabs">
            {Object.entries(operatorTabs).map(([page, label]) => (
              <Tabs.Tab key={page} value={page}>
                {label}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value={tab} pt="md">
            <Outlet />
          </Tabs.Panel>
        </Tabs>
      ) : (
        <Text>These pages are for operators. An operator can give your account this flag.</Text>
      )}
    </Stack>
  );
}
