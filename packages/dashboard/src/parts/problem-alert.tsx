import { Alert, Anchor, Code, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { isConflict, Problem } from "../api/problem.ts";
import { signInPath } from "../api/query-client.ts";

/** Shows why something failed; nothing for invalid fields, which their inputs show, and for what `Conflict` shows. */
export function ProblemAlert({ error }: { error: Error | null }): ReactNode {
  if (error === null || isConflict(error)) return null;
  if (error instanceof Problem && Object.keys(error.fields).length > 0) return null;
  return (
    <Alert color="red" role="alert" title={error.message}>
      {error instanceof Problem && (
        <Text size="sm">
          {error.status === 401 && (
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
