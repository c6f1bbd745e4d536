import { Alert, Anchor, Code, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { isPortal } from "../api/address.ts";
import { Problem } from "../api/problem.ts";
import { signInPath } from "../api/query-client.ts";

/** Shows why something failed; nothing without an error, and nothing for invalid fields, which their inputs show. */
export function ProblemAlert({ error }: { error: Error | null }): ReactNode {
  if (error === null || (error instanceof Problem && Object.keys(error.fields).length > 0)) return null;
  return (
    <Alert color="red" role="alert" title={error.message}>
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
