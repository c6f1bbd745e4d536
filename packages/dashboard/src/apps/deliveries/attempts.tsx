import { Code, Divider, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Copyable } from "../../parts/copyable.tsx";
import { Panel } from "../../parts/panel.tsx";
import { AttemptSummary } from "./attempt-summary.tsx";
import type { Attempt, DeliveryDetails } from "./queries.ts";

/** The requests of a delivery, newest first. */
export function Attempts({ delivery }: { delivery: DeliveryDetails }): ReactNode {
  const attempts = delivery.log.toReversed();
  return (
    <Panel
      title="Attempts"
      note={attempts.length === 0 ? "Nothing was sent yet." : "The last 100 requests, newest first."}
    >
      {attempts.map((attempt) => (
        <Stack key={attempt.attempt} gap="xs" component="section" aria-label={`Attempt ${attempt.attempt}`}>
          <Divider label={`Attempt ${attempt.attempt}`} labelPosition="left" />
          <AttemptSummary attempt={attempt} />
          <Exchange attempt={attempt} />
        </Stack>
      ))}
    </Panel>
  );
}

function Exchange({
  attempt: { attempt, requestHeaders, response, status },
}: {
  attempt: Attempt;
}): ReactNode {
  const headers = Object.entries(requestHeaders).map(([name, value]) => `${name}: ${value}`);
  return (
    <>
      <div>
        <Text size="sm" fw={600}>
          Request headers
        </Text>
        <Code block className="value">
          {[...headers, "webhook-signature: not stored"].join("\n")}
        </Code>
      </div>
      {response === null || response === "" ? (
        <Text size="sm">{status === null ? "There was no response." : "The response has no body."}</Text>
      ) : (
        <Copyable
          label={`Response of attempt ${attempt}`}
          value={response}
          note="The first 4,096 characters."
        />
      )}
    </>
  );
}
