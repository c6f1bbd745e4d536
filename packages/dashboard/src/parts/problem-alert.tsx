import { Alert, Anchor, Code, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { isPortal } from "../api/address.ts";
import { isConflict, Problem } from "../api/problem.ts";
import { signInPath } from "../api/query-client.ts";

interface ProblemAlertProps {
  readonly error: Error | null;
  /** Shows invalid fields too: no input shows them. */
  readonly withFields?: boolean;
}

/** Shows why something failed; nothing for invalid fields, which their inputs show, and for what `Conflict` shows. */
export function ProblemAlert({ error, withFields = false }: ProblemAlertProps): ReactNode {
  const hasFields = error instanceof Problem && Object.keys(error.fields).length > 0;
  if (error === null || isConflict(error) || (hasFields && !withFields)) return null;
  return (
    <Alert color="red" role="alert" title={error.message}>
      {hasFields &&
        Object.entries(error.fields).map(([field, text]) => (
          <Text key={field} size="sm">
            {field} {text}
          </Text>
        ))}
      {error instanceof Problem && (
        <Text size="sm">
          {error.status === 401 && !isPortal && (
            <>
              <Anchor href={signInPath()} target="_blank">
                Sign in in a new tab
              </Anchor>
              , then try again here.{" "}
            </>
          )}
          <Code>{error.code}</Code> Request id: <Code>{error.requestId}</Code>
        </Text>
      )}
    </Alert>
  );
}
