import { Badge, Code, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { When } from "../parts/when.tsx";
import type { Found } from "./found.ts";

/** What a token may do, and why it is not valid. */
export function ExplainedToken({ token }: { token: NonNullable<Found["token"]> }): ReactNode {
  const { explanation, grantedScopes, isValid, reason, scopes } = token;
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Badge color={isValid ? "teal.9" : "red.9"}>{isValid ? "Valid" : "Not valid"}</Badge>
        {reason && <Code>{reason}</Code>}
      </Group>
      <Text>{explanation ?? "An API accepts this token now. Anyone who has it can use it."}</Text>
      {token.issuedAt && (
        <Text size="sm">
          Issued <When at={token.issuedAt} />, expires <When at={token.expiresAt} />. For{" "}
          <Code>{token.audience}</Code>
          {token.userId && (
            <>
              , as the user <Code>{token.userId}</Code>
            </>
          )}
          .
        </Text>
      )}
      {scopes.map((scope) => (
        <Group key={scope} gap="xs">
          <Code>{scope}</Code>
          <Text size="sm" c="dimmed">
            {stateOf(scope, { isValid, grantedScopes })}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}

function stateOf(scope: string, now: { isValid: boolean; grantedScopes: readonly string[] }): string {
  if (!now.isValid) return "in the token";
  return now.grantedScopes.includes(scope) ? "granted now" : "in the token, not granted any more: 403";
}
