import { Alert, Code, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { components } from "../../api/openapi.d.ts";
import { Json } from "../../parts/json/json.tsx";
import { When } from "../../parts/when.tsx";

type Result = components["schemas"]["ServicePluginTest"];

/** The response of a service plugin, or why there is none. */
export function CallResult({
  result: { durationMs, error, requestId, response },
}: {
  result: Result;
}): ReactNode {
  return (
    <Stack gap="xs" role="status" aria-label="Result of the test call">
      <Text size="sm">
        {error ? "Failed" : "Responded"} after {durationMs.toLocaleString()} ms. Request id:{" "}
        <Code>{requestId}</Code>
      </Text>
      {response && <Json label="Response" value={response} />}
      {error && (
        <Alert color="red" title={error.code}>
          <Text size="sm">{error.message}</Text>
          {error.status !== undefined && <Text size="sm">HTTP status {error.status}</Text>}
          {error.applicationCode !== undefined && (
            <Text size="sm">Error of the app: {error.applicationCode}</Text>
          )}
          {error.retryAt !== undefined && (
            <Text size="sm">
              Next trial: <When at={error.retryAt} />
            </Text>
          )}
        </Alert>
      )}
      {error?.data && <Json label="Data of the error" value={error.data} />}
    </Stack>
  );
}
