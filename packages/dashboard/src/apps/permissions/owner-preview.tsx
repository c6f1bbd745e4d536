import { Checkbox, List, Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import type { App } from "../../api/changes.ts";
import { Panel } from "../../parts/panel.tsx";
import type { DescribedScope } from "./queries.ts";

interface OwnerPreviewProps {
  readonly app: App;
  readonly scopes: App["scopes"];
  readonly known: readonly DescribedScope[];
}

type Shown = App["scopes"][number] & Pick<DescribedScope, "name" | "permissions">;

/** What the owner of a site reads before the app is installed. */
export function OwnerPreview({ app, known, scopes }: OwnerPreviewProps): ReactNode {
  const shown = scopes.map((scope): Shown => {
    const { name = scope.scopeId, permissions = [] } =
      known.find(({ scopeId }) => scopeId === scope.scopeId) ?? {};
    return { ...scope, name, permissions };
  });
  const required = shown.filter(({ optional }) => !optional);
  const optional = shown.filter((scope) => scope.optional);
  return (
    <Panel title="What owners will see" note="With what you have changed above, also before you save it.">
      <Paper withBorder p="md" role="group" aria-label="Preview">
        <Stack gap="sm">
          <Title order={3} size="h5">
            What {app.name} may do on the site
          </Title>
          {shown.length === 0 && <Text size="sm">The app asks for no permissions.</Text>}
          {required.length > 0 && (
            <ScopeGroup
              title="The app needs"
              scopes={required}
              row={({ name }) => <Text size="sm">{name}</Text>}
            />
          )}
          {optional.length > 0 && (
            <ScopeGroup
              title="You choose"
              scopes={optional}
              row={({ name }) => <Checkbox defaultChecked label={name} />}
            />
          )}
        </Stack>
      </Paper>
    </Panel>
  );
}

interface ScopeGroupProps {
  readonly title: string;
  readonly scopes: readonly Shown[];
  readonly row: (scope: Shown) => ReactNode;
}

function ScopeGroup({ row, scopes, title }: ScopeGroupProps): ReactNode {
  return (
    <Stack gap="xs">
      <Text fw={600} size="sm">
        {title}
      </Text>
      {scopes.map((scope) => (
        <div key={scope.scopeId}>
          {row(scope)}
          {scope.reason && <Text size="sm">“{scope.reason}”</Text>}
          <Permissions permissions={scope.permissions} />
        </div>
      ))}
    </Stack>
  );
}

function Permissions({ permissions }: Pick<Shown, "permissions">): ReactNode {
  if (permissions.length === 0) return null;
  return (
    <details>
      <Text size="sm" component="summary">
        {permissions.length === 1 ? "1 permission" : `${permissions.length} permissions`}
      </Text>
      <List size="sm">
        {permissions.map((permission) => (
          <List.Item key={permission}>{permission}</List.Item>
        ))}
      </List>
    </details>
  );
}
