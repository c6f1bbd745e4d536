import { Badge, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Problem } from "../../api/problem.ts";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Panel } from "../../parts/panel.tsx";
import { ProblemAlert } from "../../parts/problem-alert.tsx";
import { useDecide } from "../changes.ts";
import type { SiteApp } from "../queries.ts";
import { type Scope, ScopeText } from "./scope.tsx";

interface PermissionsProps {
  readonly app: SiteApp;
  readonly mayManage: boolean;
}

/** What an app may do on the site. Optional scopes can be withdrawn and allowed again. */
export function Permissions({ app, mayManage }: PermissionsProps): ReactNode {
  const shown = app.scopes.filter(({ status }) => status === "granted" || status === "declined");
  return (
    <Panel
      title="Permissions"
      note="What this app may do on the site. The app does not work without required permissions."
    >
      {shown.length === 0 && <Text size="sm">This app asked for no permissions.</Text>}
      {shown.map((scope) => (
        <Group key={scope.scopeId} justify="space-between" align="start">
          <Stack gap={4} flex={1} miw={200}>
            <Group gap="xs">
              <Badge variant="default">{scope.optional ? "Optional" : "Required"}</Badge>
              {scope.status === "declined" && <Badge color="gray.7">Not allowed</Badge>}
            </Group>
            <ScopeText scope={scope} />
          </Stack>
          {mayManage && scope.optional && <Change app={app} scope={scope} />}
        </Group>
      ))}
    </Panel>
  );
}

function Change({ app, scope }: { app: SiteApp; scope: Scope }): ReactNode {
  const decide = useDecide(app);
  // Errors of the API are in the dialog, which closes when somebody else has decided.
  const changed = decide.error instanceof Problem ? null : decide.error;
  return (
    <Stack gap="xs">
      <Group justify="flex-end">
        {scope.status === "granted" ? (
          <Withdraw key="withdraw" change={decide} scope={scope} />
        ) : (
          <Allow key="allow" change={decide} app={app} scope={scope} />
        )}
      </Group>
      <ProblemAlert error={changed} />
    </Stack>
  );
}

interface DecisionProps {
  readonly change: ReturnType<typeof useDecide>;
  readonly scope: Scope;
}

function Withdraw({ change, scope: { name, scopeId } }: DecisionProps): ReactNode {
  return (
    <ConfirmButton
      label="Withdraw"
      title={`Withdraw ${name}?`}
      text="It applies to existing tokens at once: the app gets an error where it uses this permission. You can allow it again."
      change={change}
      input={{ withdraw: [scopeId] }}
      size="compact-sm"
    />
  );
}

function Allow({ app, change, scope: { name, scopeId } }: DecisionProps & { app: SiteApp }): ReactNode {
  // To allow more is an approval of everything that the app asks for, which is decided above.
  if (app.state !== "installed" || app.scopes.some(({ status }) => status === "added")) return null;
  const granted = app.scopes.filter(({ status }) => status === "granted");
  return (
    <ConfirmButton
      label="Allow"
      title={`Allow ${name}?`}
      text="The app can use this permission at once. You can withdraw it at any time."
      change={change}
      input={{ approve: [...granted.map((one) => one.scopeId), scopeId] }}
      size="compact-sm"
    />
  );
}
