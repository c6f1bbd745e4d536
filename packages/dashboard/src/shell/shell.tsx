import { Anchor, AppShell, Burger, Container, Group, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { meQuery } from "../api/queries.ts";
import { FindButton } from "../find/find-button.tsx";
import { ProblemAlert } from "../parts/problem-alert.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { Navigation } from "./navigation.tsx";

/** The frame of every page: banner, navigation, account. */
export function Shell(): ReactNode {
  const [opened, { close, toggle }] = useDisclosure();
  const { data: me, error } = useQuery(meQuery);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the navigation closes when the page changes
  useEffect(close, [path, close]);
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 200, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding="md"
    >
      <AppShell.Header px={{ base: "xs", sm: "md" }}>
        <Group h="100%" gap={4} justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label="Navigation"
              aria-expanded={opened}
            />
            <Title order={1} size="h4">
              Latchkey
            </Title>
          </Group>
          <Group gap={4} wrap="nowrap">
            {me && <FindButton />}
            {me?.account && <AccountMenu name={me.account.name} />}
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        <Navigation
          isDeveloper={me?.account?.isDeveloper ?? false}
          isOperator={me?.account?.isOperator ?? false}
        />
      </AppShell.Navbar>
      <AppShell.Main>
        <Anchor href="#content" className="skip">
          Skip to the content
        </Anchor>
        <ConnectionBanner />
        <Container size="lg" px={0} id="content" tabIndex={-1}>
          <ProblemAlert error={error} />
          {me && <Outlet />}
        </Container>
      </AppShell.Main>
    </AppShell>
  );
}
