import { Badge, Button, Checkbox, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { useDecide } from "../changes.ts";
import type { SiteApp } from "../queries.ts";
import { type Scope, ScopeText } from "./scope.tsx";

const note =
  "The app asks for other permissions than it has. Until an owner approves, it keeps those that it has.";

/** What an app may do now, beside what it may do when an owner approves. */
export function Proposal({ app, mayManage }: { app: SiteApp; mayManage: boolean }): ReactNode {
  const decide = useDecide(app);
  const [declined, setDeclined] = useState<readonly string[]>([]);
  const of = (...wanted: Scope["status"][]) => app.scopes.filter(({ status }) => wanted.includes(status));
  const isChosen = ({ optional, scopeId }: Scope) => !optional || !declined.includes(scopeId);
  const approved = [...of("granted"), ...of("added").filter(isChosen)].map(({ scopeId }) => scopeId);
  const toggle = (scopeId: string) =>
    setDeclined(
      declined.includes(scopeId) ? declined.filter((id) => id !== scopeId) : [...declined, scopeId],
    );
  return (
    <Panel title="New permissions" note={note}>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl">
        <Column title="Now" scopes={of("granted", "dropped")} />
        <Column title="After the approval" scopes={of("added", "granted")}>
          {(scope) => (
            <Group gap="xs" mb={4}>
              {scope.status === "added" && <Badge color="blue.9">New</Badge>}
              {scope.status === "added" && scope.optional && mayManage && (
                <Checkbox
                  label={`Allow ${scope.name}`}
                  checked={isChosen(scope)}
                  onChange={() => toggle(scope.scopeId)}
                />
              )}
            </Group>
          )}
        </Column>
      </SimpleGrid>
      <ProblemAlert error={decide.error} />
      {mayManage ? (
        <Group>
          <Button
            loading={decide.isPending}
            onClick={() => decide.run({ approve: approved }).catch(() => {})}
          >
            Approve
          </Button>
        </Group>
      ) : (
        <Text size="sm">An owner of the site decides about this.</Text>
      )}
    </Panel>
  );
}

function Column(props: {
  readonly title: string;
  readonly scopes: readonly Scope[];
  readonly children?: (scope: Scope) => ReactNode;
}): ReactNode {
  const { children, scopes, title } = props;
  return (
    <Stack component="section" aria-label={title}>
      <Title order={3} size="h5">
        {title}
      </Title>
      {scopes.length === 0 && <Text size="sm">No permissions</Text>}
      {scopes.map((scope) => (
        <div key={scope.scopeId}>
          {children?.(scope)}
          <ScopeText scope={scope} />
          {scope.status === "dropped" && (
            <Text size="sm" c="dimmed">
              The app no longer asks for it, and loses it with the approval.
            </Text>
          )}
        </div>
      ))}
    </Stack>
  );
}
