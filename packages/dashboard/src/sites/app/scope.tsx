import { Code, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { SiteApp } from "../queries.ts";

/** A scope that an app requests. */
export type Scope = SiteApp["scopes"][number];

/** A scope in words: its name, the reason of the developer, and what it permits. */
export function ScopeText({ scope: { name, permissions, reason, scopeId } }: { scope: Scope }): ReactNode {
  return (
    <Stack gap={2}>
      <Text size="sm" fw={600}>
        {name}
      </Text>
      {reason !== null && (
        <Text size="sm" className="value">
          The developer says: {reason}
        </Text>
      )}
      <details className="permissions">
        <summary>What it permits</summary>
        <Code>{scopeId}</Code>
        <ul>
          {permissions.map(({ description, permissionId }) => (
            <li key={permissionId}>
              {description} <Code>{permissionId}</Code>
            </li>
          ))}
        </ul>
      </details>
    </Stack>
  );
}
